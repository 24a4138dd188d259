"""Tell a record's history as who changed what from what to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from labnotebook.records.models import Revision

HIDDEN = {"id", "version", "plan_sha256", "content_sha256"}
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
    hash: str


def changes_of(*records: models.Model, limit: int = 500) -> list[Change]:
    """Return what happened to these rows, newest first."""
    revisions = list(Revision.objects.of(*records).order_by("-seq")[:limit])
    return list(_told(revisions))


def _told(newest_first: list[Revision]) -> Iterable[Change]:
    names = {m._meta.db_table: str(m._meta.verbose_name) for m in apps.get_models()}
    before: dict[tuple[str, str], dict[str, Any]] = {}
    told = []
    for revision in reversed(newest_first):
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
                    row.get("code") or row.get("name") or row.get("key") or row.get("label") or ""
                ),
                operation=revision.operation,
                fields=tuple(_differences(old, row)) if revision.operation != "delete" else (),
                number=revision.number,
                hash=revision.hash,
            )
        )
        before[key] = row
    return reversed(told)


def _differences(old: dict[str, Any], new: dict[str, Any]) -> Iterable[FieldChange]:
    for name, value in new.items():
        if name in HIDDEN or old.get(name) == value or (not old and value in (None, "", [], {})):
            continue
        yield FieldChange(
            name.removesuffix("_id").replace("_", " "), _short(old.get(name)), _short(value)
        )


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, dict | list):
        return f"{len(value)} entries"
    text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
