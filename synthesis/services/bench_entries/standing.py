"""What stands in a field of the bench: the newest entry by its own time, whenever it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from synthesis.models import Batch, BenchEvent

Kind = BenchEvent.Kind
AMOUNT = (Kind.WEIGHING, Kind.LOT, Kind.SKIP, Kind.WITHDRAW)
STEP = (Kind.STEP_START, Kind.STEP_FINISH, Kind.SKIP, Kind.WITHDRAW)
NUMBER = (Kind.PARAMETER, Kind.WITHDRAW)


def entries_of(batch: Batch, target: str, kinds: Iterable[str]) -> list[BenchEvent]:
    """Return the entries of one field that count, the oldest by its own time first.

    A withdrawal that names one entry takes that one out; one that names none empties the field.
    """
    rows = batch.events.that_count().filter(target=target, kind__in=kinds)
    return list(rows.select_related("by").order_by("at", "received_at", "pk"))


def shown(value: Any) -> str:
    """Return an event's value as a person would write it."""
    if isinstance(value, dict):
        # Of a file, the digest and the size are for machines.
        parts = [value.get("name"), value.get("note")] if "sha256" in value else value.values()
        return ", ".join(str(part) for part in parts if part not in (None, ""))
    return "" if value is None else str(value)


def older_remark(event: BenchEvent, entries: Iterable[BenchEvent]) -> list[str]:
    """Say that an entry came late: a newer one of the same kind stands; nothing when it is the newest."""
    newer = [
        one
        for one in entries
        if one.kind in (event.kind, Kind.WITHDRAW)
        and not one.portion
        and (one.at, one.received_at) > (event.at, event.received_at)
    ]
    if not newer:
        return []
    last = newer[-1]
    was = "was taken back" if last.kind == Kind.WITHDRAW else f"“{shown(last.value)}” stands"
    return [
        f"This entry of {_clock(event)} is older than what was recorded at {_clock(last)}: that {was}."
        " Both are kept in the log."
    ]


def _clock(event: BenchEvent) -> str:
    return f"{timezone.localtime(event.at):%-d %b %H:%M:%S}"
