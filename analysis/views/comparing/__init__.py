"""What the page that puts batches side by side asks of each, and what it draws of all."""
