"""Readings that a sensor posts: entries of every batch that is under way beside it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.models import SENSOR, Batch
from synthesis.services.bench import Taken, record_events

MOST_READINGS = 500
APART = timedelta(seconds=30)  # closer readings of one quantity tell nothing more of a flask
# Of the ids of entries, which are made of the reading and the batch: posted twice, recorded once.
READINGS = uuid.UUID("5d6f3f3e-3d0c-4c1e-9d0b-2a6f6f1f7a11")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: which quantity of the air, as the sensor says it, and when."""

    name: str
    value: str
    at: datetime | None = None
    sensor: str = ""

    def entry(self, batch: Batch, at: datetime) -> dict[str, Any]:
        """Return the bench entry that it is for a batch."""
        said = f"{batch.code} {self.sensor} {self.name} {at.isoformat()} {self.value}"
        return {
            "id": str(uuid.uuid5(READINGS, said)),
            "kind": "condition",
            "target": self.name,
            "value": {"text": self.value, SENSOR: self.sensor or "sensor"},
            "at": at.isoformat(),
        }


def record_readings(
    *, by: Any, project: Project, readings: Sequence[Reading], batch: Batch | None = None
) -> dict[str, Taken]:
    """Record each reading on the batches that were under way at its time; answers by batch code.

    Those are the running ones of the project, or the one that is named. A reading without a batch is
    not kept: the air of an empty hood is nobody's record.
    """
    require_editor(by, project)
    if len(readings) > MOST_READINGS:
        raise Refusal(f"Send at most {MOST_READINGS} readings at once; the rest can follow.")
    if batch is not None and batch.state != Batch.State.RUNNING:
        raise WrongState(f"{batch.code} is not under way, so no reading of the air belongs to it.")
    now = timezone.now()
    answers = {}
    for one in [batch] if batch is not None else _under_way(project):
        kept = list(_kept(one))
        entries = []
        for reading in readings:
            at = reading.at or now
            if one.started_at is None or at < one.started_at:
                continue
            entry = reading.entry(one, at)
            close = (reading.name, at, entry["id"])
            if any(_is_too_close(close, other) for other in kept):
                continue
            kept.append(close)
            entries.append(entry)
        answers[one.code] = record_events(by=by, batch=one, events=entries) if entries else Taken()
    return answers


def _under_way(project: Project) -> QuerySet[Batch]:
    return Batch.objects.filter(project=project, state=Batch.State.RUNNING).order_by("pk")


def _kept(batch: Batch) -> list[tuple[str, datetime, str]]:
    """Return what the sensors said of a batch so far."""
    rows = batch.conditions.by_sensors()
    return [(name, at, str(event)) for name, at, event in rows.values_list("name", "at", "event")]


def _is_too_close(one: tuple[str, datetime, str], other: tuple[str, datetime, str]) -> bool:
    """Whether a reading of the same quantity stands within half a minute; itself is no other one."""
    return one[0] == other[0] and one[2] != other[2] and abs(one[1] - other[1]) < APART
