"""Set webhooks, and deliver to them."""
