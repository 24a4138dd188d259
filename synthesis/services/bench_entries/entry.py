"""The shape of a bench entry, as a client sends it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labnotebook.records.refusals import Refusal
from synthesis.models import BenchEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the client sent it, checked for shape."""

    id: uuid.UUID
    kind: str
    target: str
    value: Any
    reason: str
    at: datetime
    old: str | None  # what the client saw in the field, when it says so

    @property
    def text(self) -> str:
        """The value as typed text."""
        value = self.value.get("text", "") if isinstance(self.value, Mapping) else self.value
        return "" if value is None or isinstance(value, bool) else str(value).strip()


def read_entry(raw: Any) -> Entry:
    """Check the shape of one entry; refuses in words, naming the field."""
    if not isinstance(raw, Mapping):
        raise Refusal("An entry is an object with id, kind, target, value and at.")
    unknown = sorted(set(raw) - {"id", "kind", "target", "value", "at", "reason", "old"})
    if unknown:
        raise Refusal(f"Unknown field {unknown[0]!r} in an entry.", field=str(unknown[0])[:60])
    try:
        identity = uuid.UUID(str(raw.get("id", "")))
    except ValueError:
        raise Refusal(
            "Give each entry an id of your own: a random UUID, made when it was typed.", field="id"
        ) from None
    kind = raw.get("kind")
    if kind not in BenchEvent.Kind.values:
        raise Refusal(
            f"Unknown kind {str(kind)[:40]!r}. Known: {', '.join(BenchEvent.Kind.values)}.",
            field="kind",
        )
    target, reason, old = (
        _text(raw, name, most) for name, most in (("target", 120), ("reason", 300), ("old", 300))
    )
    _check_value(raw.get("value"))
    return Entry(
        identity, kind, target or "", raw.get("value"), reason or "", _time(raw.get("at")), old
    )


def _check_value(value: Any, depth: int = 0) -> None:
    """Take a text, a number or a small flat object; nothing that the database cannot keep."""
    if value is None or isinstance(value, bool | int | float):
        return
    if isinstance(value, str) and len(value) <= 4000 and "\x00" not in value:
        return
    if isinstance(value, Mapping) and depth == 0 and len(value) <= 10:
        for name, inner in value.items():
            _check_value(str(name), 1)
            _check_value(inner, 1)
        return
    raise Refusal(
        "A value is a text of at most 4000 characters, a number, or a flat object of those.",
        field="value",
    )


def _text(raw: Mapping[str, Any], name: str, most: int) -> str | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise Refusal(f"{name} is a text of at most {most} characters.", field=name)
    return value.strip()


def _time(value: Any) -> datetime:
    """Read the client's clock; without one, it was now."""
    if value in (None, ""):
        return timezone.now()
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
        if moment is not None and timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        # A tablet's clock may be wrong by a day; it cannot have recorded what is still to come.
        near = moment is not None and -3660 < (moment - timezone.now()).total_seconds() / 86400 < 1
    except (ValueError, OverflowError):
        near = False
    if not near:
        raise Refusal(
            "at is a time such as 2026-11-22T14:32:10+01:00, and not in the future.", field="at"
        )
    return moment
