"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """What every record has."""

    name = "labnotebook.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check that no table with user data goes without its history, and who writes it."""
        from labnotebook.records import actors, checks  # noqa: F401  (registers itself)

        post_migrate.connect(actors.make_anew, sender=self)
