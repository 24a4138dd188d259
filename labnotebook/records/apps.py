"""App configuration."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """What every record has."""

    name = "labnotebook.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check that no table with user data goes without its history."""
        from labnotebook.records import checks  # noqa: F401  (registers itself)
