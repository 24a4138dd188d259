"""What each revision of a row changed, field by field, for rows that have no words of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labnotebook.records.models import Revision

HIDDEN = {
    "id",
    "created_at",
    "version",
    "plan_sha256",
    "content_sha256",
    # Computed from what stands beside them, and too large to read here.
    "composition",
    "source_facts",
    "reading",
    "result",
    "provenance",
}
LONGEST = 120


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One revision in words."""

    at: datetime
    actor: str
    reason: str
    what: str  # "batch", "addition", ...
    subject: str  # what of it: a key, a label
    operation: str
    fields: tuple[FieldChange, ...]
    number: int
    table: str
    record: str


def _models() -> dict[str, type[models.Model]]:
    return {m._meta.db_table: m for m in apps.get_models()}


def changes_in(oldest_first: Iterable[Revision]) -> list[Change]:
    """Return what each revision changed, in their order; those that say nothing to a reader are left out."""
    known = _models()
    names = {table: str(model._meta.verbose_name) for table, model in known.items()}
    words = _Words(known)
    before: dict[tuple[str, str], dict[str, Any]] = {}
    told = []
    for revision in oldest_first:
        key = (revision.table_name, revision.record_id)
        row = revision.row
        old = before.get(key, {})
        told.append(
            Change(
                at=revision.at,
                actor=revision.actor,
                reason=revision.reason,
                what=names.get(revision.table_name, revision.table_name),
                subject=str(
                    row.get("code")
                    or row.get("name")
                    or row.get("key")
                    or row.get("label")
                    or row.get("material_name")
                    or row.get("quantity")
                    or row.get("technique")
                    or row.get("method")
                    or ""
                ),
                operation=revision.operation,
                fields=tuple(_differences(old, row, words, revision.table_name))
                if revision.operation != "delete"
                else (),
                number=revision.number,
                table=revision.table_name,
                record=revision.record_id,
            )
        )
        before[key] = row
    # What changed only in computed or hidden columns says nothing to a reader.
    return [c for c in told if c.fields or c.operation != "update"]


class _Words:
    """Say what a foreign key points at, looked up once."""

    def __init__(self, known: dict[str, type[models.Model]]) -> None:
        self.known = known
        self.found: dict[tuple[type[models.Model], Any], str] = {}

    def name_of(self, table: str, column: str) -> str:
        """Return what a form calls a column."""
        field = self._field(table, column)
        return column.replace("_", " ") if field is None else str(field.verbose_name)

    def _field(self, table: str, column: str) -> models.Field[Any, Any] | None:
        fields = self.known[table]._meta.concrete_fields if table in self.known else ()
        return next((field for field in fields if field.column == column), None)

    def of(self, table: str, column: str, value: Any) -> str:
        """Return a column's value as a person would name it."""
        field = self._field(table, column)
        if value is None or field is None or not field.is_relation:
            words = dict(field.flatchoices) if field is not None and field.choices else {}
            return _short(words.get(value, value) if words else value)
        key = (field.related_model, value)
        if key not in self.found:
            row = field.related_model._default_manager.filter(pk=value).first()
            self.found[key] = str(row) if row is not None else str(value)
        return self.found[key]


def _differences(
    old: dict[str, Any], new: dict[str, Any], words: _Words, table: str
) -> Iterable[FieldChange]:
    for name, value in new.items():
        if name in HIDDEN or old.get(name) == value:
            continue
        if not old and (value in (None, "", [], {}) or name.endswith("_id")):
            continue  # a new row: what is empty, and where it belongs, says nothing
        yield FieldChange(
            words.name_of(table, name),
            words.of(table, name, old.get(name)),
            words.of(table, name, value),
        )


def _short(value: Any) -> str:
    """Return a column's value for a reader: local times, numbers without the machine's last digits."""
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, dict | list):
        return f"{len(value)} entries"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    if len(text) >= 19 and text[4:5] == "-" and text[10:11] == "T":
        moment = parse_datetime(text)
        if moment is not None and moment.tzinfo:
            return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
