"""App configuration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Webhooks of projects, and what was delivered to them."""

    name = "labnotebook.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what happens, and make the handler of deliveries known."""
        from labnotebook.webhooks.services import delivering  # noqa: F401  (importing registers)
