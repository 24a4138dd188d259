"""Webhooks and their deliveries."""

from labnotebook.webhooks.models.webhook import Delivery, Webhook

__all__ = ["Delivery", "Webhook"]
