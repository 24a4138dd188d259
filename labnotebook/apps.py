"""Register the wiring as an app, so that its commands, templates and static files are found."""

from django.apps import AppConfig


class LabnotebookConfig(AppConfig):
    """The house itself; its records live in ``labnotebook.records``."""

    default = True
    name = "labnotebook"
    label = "labnotebook"
    verbose_name = "Laboratory notebook"

    def ready(self) -> None:
        """Create the Celery app, so that every ``shared_task`` of this process uses it."""
        from labnotebook import celery  # noqa: F401  (importing it is the point)
