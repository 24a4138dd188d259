"""Every text of a lab replaced by something hostile: the columns and keys that hold what people write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Field, JSONField, Model, TextField

# What a person writes, by the ends of the names of columns and of keys in JSON. Others name records or rules.
WRITTEN = (
    "name", "title", "description", "note", "reason", "text", "label", "place", "supplier", "hazards", "source", "optics",
    "response", "conditions", "instrument", "sentence", "origin", "colour", "because", "why", "browser", "said", "failure",
    "error", "number", "message", "warning", "verdict", "doi", "citation", "assumption", "unknown",
)  # fmt: skip
# Columns and keys of such a name that name records or rules all the same.
NAMES = {
    "thickness_source",
    "auth.Permission.name",
    "records.Revision.table_name",
    "records.Signature.table_name",
    "synthesis.StepParameter.name",
    "synthesis.StepRunParameter.name",
    "devices.Pixel.label",
    "analysis.Forecast.model_name",
    "analysis.HistoryNumber.name",
}
ROOMS = ("auth", "records", "synthesis", "devices", "analysis", "talk", "webhooks")


def is_written(name: str) -> bool:
    return name.endswith(WRITTEN) and name not in NAMES


def columns_of(model: type[Model]) -> Iterator[Field[Any, Any]]:
    """Yield the columns of a table that hold text of people, alone or within JSON."""
    for column in model._meta.concrete_fields:
        is_text = isinstance(column, CharField | TextField) and str(column) not in NAMES
        if isinstance(column, JSONField) or (
            is_text and not column.choices and not column.unique and is_written(column.name)
        ):
            yield column


def replaced(value: Any, hostile: Iterator[str]) -> Any:
    """Return JSON with every text under a key that holds what people wrote replaced."""
    if isinstance(value, dict):
        return {
            key: next(hostile)
            if isinstance(item, str) and is_written(key)
            else replaced(item, hostile)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [replaced(item, hostile) for item in value]
    return value


def write_hostile_text(corpus: Sequence[str]) -> None:
    """Write a corpus into every text of every row, past every rule but those of the tables, as somebody did long ago."""
    hostile = cycle(corpus)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in apps.get_models():
            columns = list(columns_of(model)) if model._meta.app_label in ROOMS else []
            for row in model._base_manager.all() if columns else ():
                for column in columns:
                    value = getattr(row, column.attname)
                    is_json = isinstance(column, JSONField)
                    new = (
                        replaced(value, hostile) if is_json else next(hostile)[: column.max_length]
                    )
                    # Refused is what is none of what people wrote, such as a reason of what did not happen.
                    with suppress(IntegrityError), transaction.atomic():
                        model._base_manager.filter(pk=row.pk).update(**{column.name: new})
