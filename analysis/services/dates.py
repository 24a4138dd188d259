"""When something was measured: as a person says, else as the head of its file says; nobody's guess."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from analysis.models import Measurement
from analysis.readers.moments import moment_in
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal

FASTEST_CLOCK = timedelta(days=1)  # of an instrument; one that says a later day says none


def moment_of(measurement: Measurement, metadata: Mapping[str, Any]) -> datetime | None:
    """Return when it was measured, None where neither a person nor the file's head says it for sure.

    A head without a zone has the lab's clock. The day of the upload is never the day of a measurement.
    """
    if measurement.performed_at is not None:
        return measurement.performed_at
    said = moment_in(metadata)
    if said is None:
        return None
    moment = said if said.tzinfo else timezone.make_aware(said)
    return moment if moment <= measurement.created_at + FASTEST_CLOCK else None


def begin_of(day: date | None) -> datetime | None:
    """Return a day that a person says, as the moment that stands for it; refuses one to come."""
    if day is None:
        return None
    if day > timezone.localdate():
        raise Refusal(
            f"{day} is still to come. Say the day of the measurement, or leave it empty.",
            field="measured_on",
        )
    return timezone.make_aware(datetime.combine(day, time.min))


def say_when(
    *, by: Any, measurement: Measurement, day: date | None, version: int | None = None
) -> None:
    """Say on which day something was measured, or with None that nobody knows it any more."""
    require_editor(by, measurement.project)
    moment = begin_of(day)
    with recorded(by, "date of measurement said"):
        measurement.lock(version=version).set_fields(performed_at=moment)
