"""System check: a table with user data and no history trigger is an error."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.core.checks import Error, register

from labnotebook.records import history


def models_without_history() -> Iterable[type]:
    """Return our models that neither keep a history nor say why they need none."""
    for label in history.OUR_APPS:
        if apps.is_installed(label) or label in {c.label for c in apps.get_app_configs()}:
            for model in apps.get_app_config(label).get_models():
                table = model._meta.db_table
                if table not in history.kept_tables() and table not in history.UNTRACKED:
                    yield model


@register()
def every_table_keeps_its_history(app_configs=None, **kwargs) -> list[Error]:
    """Fail when a model has neither a history nor a reason in `history.UNTRACKED`."""
    return [
        Error(
            f"{model._meta.label} has no history.",
            hint="Derive it from Record and add track(...) to a migration, or give the reason"
            " in labnotebook.records.history.UNTRACKED.",
            id="records.E001",
        )
        for model in models_without_history()
    ]
