"""Register the wiring as an app, so that its commands, templates and static files are found."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class LabnotebookConfig(AppConfig):
    """The house itself; its records live in ``labnotebook.records``."""

    default = True
    name = "labnotebook"
    label = "labnotebook"
    verbose_name = "Laboratory notebook"

    def ready(self) -> None:
        """Create the Celery app, so that every ``shared_task`` of this process uses it."""
        from labnotebook import celery  # noqa: F401  (importing it is the point)


class CollectedStaticFilesConfig(StaticFilesConfig):
    """Django's static files, without the extensions of htmx that we do not use.

    Their comments contain example imports that the storage for hashed names takes for real ones.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
