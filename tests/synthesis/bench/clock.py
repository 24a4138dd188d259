"""Bench entries with times of their own, counted from one moment."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from synthesis.models import Batch
from synthesis.services.bench import Taken, record_events
from tests.factories import entry


class Clock:
    """Says entries at times in seconds from now (negative: before)."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def moment(self, seconds: float) -> datetime.datetime:
        """Return the time so many seconds from now."""
        return self.now + datetime.timedelta(seconds=seconds)

    def __call__(self, seconds: float, kind: str, target: str = "", value: Any = None, **more: Any):
        """Return one entry."""
        return entry(kind, target, value, at=self.moment(seconds).isoformat(), **more)


def tell(by: Any, batch: Batch, *entries: dict[str, Any]) -> Taken:
    """Record entries in one list, and read the batch again."""
    taken = record_events(by=by, batch=batch, events=list(entries))
    batch.refresh_from_db()
    return taken


def remarks(taken: Taken) -> str:
    """Return everything that was remarked."""
    return " ".join(one["message"] for one in taken.remarks)


def noticed(batch: Batch, kind: str = "") -> list[Any]:
    """Return the deviations that hold."""
    rows = batch.deviations.filter(withdrawn_at=None)
    return list(rows.filter(kind=kind) if kind else rows)
