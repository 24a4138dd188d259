"""App configuration."""

from django.apps import AppConfig


class TalkConfig(AppConfig):
    """Comments and tasks beside the records."""

    name = "labnotebook.talk"
    label = "talk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the handler of this room's mails known, and what every page counts."""
        from labnotebook.records.views.current import BESIDE
        from labnotebook.talk.services import notices

        BESIDE["unread_notices"] = notices.unread_in_project
