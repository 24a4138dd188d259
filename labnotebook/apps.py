"""Register the wiring as an app, so that its commands, templates and static files are found."""

from django.apps import AppConfig


class LabnotebookConfig(AppConfig):
    """The house itself; its records live in ``labnotebook.records``."""

    default = True
    name = "labnotebook"
    label = "labnotebook"
    verbose_name = "Laboratory notebook"

    def ready(self) -> None:
        """Create the Celery app, so that every ``shared_task`` of this process uses it; have the relay take backups."""
        from labnotebook import celery  # noqa: F401  (importing it is the point)
        from labnotebook.records.services.periodic import BESIDE

        BESIDE.append(_back_up_when_due)


def _back_up_when_due() -> None:
    """Take the scheduled backup; what takes it is imported where it is taken."""
    from labnotebook.backup.scheduled import back_up_when_due

    back_up_when_due()
