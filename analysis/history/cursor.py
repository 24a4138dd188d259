"""Cursors of the history: where a page starts, as an opaque text that belongs to one ordering."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from labnotebook.records.refusals import Refusal

COMPACT = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts: the sort keys of the row beside it, and the way to go from there."""

    keys: tuple[Any, ...]
    backwards: bool


def write_cursor(ordering: str, keys: Sequence[Any], *, backwards: bool) -> str:
    """Return the opaque place after (or before) the row with these sort keys."""
    plain = [key.isoformat() if isinstance(key, datetime) else key for key in keys]
    text = COMPACT.encode([ordering, int(backwards), plain])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, ordering: str, types: Sequence[str]) -> Place:
    """Return the place that a cursor means; refuse one of another order, or no cursor at all.

    ``types`` are the SQL types of the sort keys.
    """
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        sorted_by, backwards, keys = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _not_a_cursor() from None
    if sorted_by != ordering:
        raise Refusal(
            "This cursor belongs to another ordering. Start again without the cursor.",
            field="cursor",
        )
    if not isinstance(keys, list) or len(keys) != len(types) or backwards not in (0, 1):
        raise _not_a_cursor()
    return Place(tuple(map(_read_key, keys, types)), bool(backwards))


def _read_key(key: Any, kind: str) -> Any:
    number = isinstance(key, int | float) and not isinstance(key, bool)
    if kind == "float8" and number:
        try:
            return float(key)
        except OverflowError:
            raise _not_a_cursor() from None
    if kind == "bigint" and number and isinstance(key, int) and abs(key) < 2**63:
        return key
    if kind == "boolean" and isinstance(key, bool):
        return key
    if kind == "text" and isinstance(key, str) and "\x00" not in key and _is_unicode(key):
        return key
    if kind == "timestamptz" and isinstance(key, str):
        try:
            moment = datetime.fromisoformat(key)
        except ValueError:
            raise _not_a_cursor() from None
        if timezone.is_aware(moment) and 1 < moment.year < 9999:
            return moment
    raise _not_a_cursor()


def _is_unicode(text: str) -> bool:
    """Whether text can be sent at all; JSON can spell half characters."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _not_a_cursor() -> Refusal:
    return Refusal(
        "This is not a cursor of ours; take it from next or previous as it is.", field="cursor"
    )
