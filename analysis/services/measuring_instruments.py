"""The lab's instruments of measurement, and what their calibration says of a measurement."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from analysis.models import Calibration, Measurement, MeasuringInstrument
from analysis.technique import Scale
from analysis.techniques.registry import TECHNIQUES
from labnotebook.records.codes import next_code
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor, require_lab_editor
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import PreconditionRequired, Refusal, StaleWrite, WrongState

CODE_PREFIX = "MI"
WHY = "Say why; the reason stays in its history."
LEAST_SAID = 4  # characters: a shorter name is in many heads by chance
# What may be said of an instrument when it is entered, and corrected later.
FIELDS = ("name", "techniques", "serial_number", "place", "optics", "response", "note")


def scales_of(techniques: Sequence[str]) -> dict[str, Scale]:
    """Return the scales that these techniques read figures off, by name."""
    known = [TECHNIQUES[name] for name in techniques if name in TECHNIQUES]
    return {scale.name: scale for technique in known for scale in technique.scales}


def add_instrument(*, by: Any, **said: Any) -> MeasuringInstrument:
    """Enter an instrument of the lab."""
    require_lab_editor(by)
    with recorded(by, "instrument entered"):
        kept = {name: said[name] for name in FIELDS if said.get(name) is not None}
        instrument = MeasuringInstrument(code=next_code(CODE_PREFIX), created_by=by, **kept)
        _check(instrument)
        instrument.save()
    return instrument


def correct_instrument(
    *, by: Any, instrument: MeasuringInstrument, version: int | None, reason: str, **said: Any
) -> MeasuringInstrument:
    """Change what is said of an instrument, with a reason; runs that were made keep what they counted with."""
    require_lab_editor(by)
    reason = check_reason(reason, WHY, field="reason")
    with recorded(by, reason):
        instrument = instrument.lock(version=version)
        for name in FIELDS:
            if name in said:
                setattr(instrument, name, said[name])
        _check(instrument)
        instrument.save()
        instrument.refresh_from_db()
    return instrument


def retire_instrument(
    *, by: Any, instrument: MeasuringInstrument, reason: str, version: int | None = None
) -> MeasuringInstrument:
    """Take an instrument out of use, with a reason; what it measured keeps naming it."""
    require_lab_editor(by)
    reason = check_reason(reason, WHY, field="reason")
    with recorded(by, reason):
        instrument = instrument.lock(version=version)
        if instrument.retired_at is not None:
            raise WrongState(
                f"{instrument.code} was retired on {timezone.localtime(instrument.retired_at):%-d %b %Y} already:"
                f" {instrument.retired_reason}."
            )
        instrument.set_fields(retired_at=timezone.now(), retired_reason=reason[:300])
    return instrument


def calibrate(
    *,
    by: Any,
    instrument: MeasuringInstrument,
    scale: str,
    u: float,
    valid_from_date: date,
    note: str = "",
    reason: str = "",
    seen: Collection[str] = (),
) -> Calibration:
    """Write down how well a scale is known from a day on.

    Measurements of that day and later count with it when they are analysed next. What stands for the scale and day
    already is corrected only with a ``reason``, and when its etag is among those ``seen``; the same again changes
    nothing.
    """
    require_lab_editor(by)
    known = scales_of(instrument.techniques)
    if scale not in known:
        able = ", ".join(known) or "none"
        raise Refusal(
            f"{instrument.code} has no scale {scale[:40]!r}. Of its techniques there are: {able}.",
            field="scale",
        )
    if not (math.isfinite(u) and u > 0):
        raise Refusal("No scale is exact: give a standard uncertainty above 0.", field="u")
    if valid_from_date > timezone.localdate():
        raise Refusal(
            f"{valid_from_date:%-d %b %Y} is still to come. Say from which day on it was found so.",
            field="valid_from_date",
        )
    said = {"u": u, "note": note.strip()}
    with recorded(by, reason.strip() or note.strip() or "calibrated"):
        instrument.lock()
        row = instrument.calibrations.filter(scale=scale, valid_from_date=valid_from_date).first()
        if row is not None:
            if said != {name: getattr(row, name) for name in said}:
                _check_correction(row, known[scale], reason, seen)
                row.set_fields(**said)
            return row
        return Calibration.objects.create(
            instrument=instrument,
            scale=scale,
            valid_from_date=valid_from_date,
            created_by=by,
            **said,
        )


def _check_correction(row: Calibration, scale: Scale, reason: str, seen: Collection[str]) -> None:
    """Refuse to change what stands without a reason, or without having seen it."""
    against = f" ({row.note})" if row.note else ""
    stands = f"± {row.u:g} {scale.unit}{against} stands for {scale.title.lower()} from {row.valid_from_date:%-d %b %Y} on."
    if not reason.strip():
        raise WrongState(
            f"{stands} Take another day for another calibration; to correct this one, say why.",
            field="reason",
            current=row,
        )
    if not seen:
        raise PreconditionRequired(
            f"{stands} To correct it, say that you saw it: send its etag in the header If-Match.",
            field="reason",
            current=row,
        )
    if row.etag not in seen:
        raise StaleWrite(
            f"Somebody changed this since you read it: {stands} Look at both, then send your change again.",
            field="reason",
            current=row,
        )


def pick_instrument(code: str, technique: str) -> MeasuringInstrument | None:
    """Return the instrument that is named for a technique, None for an empty code."""
    if not code:
        return None
    found = MeasuringInstrument.objects.filter(code=code).first()
    if found is None:
        raise Refusal(f"There is no instrument {code[:40]}.", field="measured_with")
    if technique not in found.techniques:
        able = ", ".join(found.techniques)
        raise Refusal(
            f"{found.code} ({found.name}) measures {able}, not {technique}. Name another, or say on its page that it"
            " does.",
            field="measured_with",
        )
    if found.retired_at is not None:
        raise Refusal(
            f"{found.code} ({found.name}) is retired: {found.retired_reason}. Name another.",
            field="measured_with",
        )
    return found


def name_instrument(
    *,
    by: Any,
    measurement: Measurement,
    code: str,
    seen: str | None = None,
    version: int | None = None,
) -> None:
    """Say with which instrument a file was measured, or with none that is entered; its next run counts with it.

    ``seen`` is the code that stood there when somebody chose (empty for none), ``version`` that of the
    measurement then; what was named by somebody else meanwhile is not overwritten.
    """
    require_editor(by, measurement.project)
    with recorded(by, "instrument named"):
        current = measurement.lock(version=version)
        now = current.measured_with.code if current.measured_with else ""
        if code == now:
            return
        if seen is not None and seen != now:
            raise StaleWrite(
                f"Somebody changed with what this was measured: it says {now or 'none'} now, it said"
                f" {seen[:40] or 'none'} when you chose {code[:40] or 'none'}. Choose again, then send it.",
                field="measured_with",
                current=current,
            )
        current.set_fields(measured_with=pick_instrument(code, current.technique))


def calibrations_of(measurement: Measurement) -> dict[str, dict[str, Any]]:
    """Return what holds of the scales on the day of a measurement, by scale: u, by, valid_from_date.

    The day is that of the measurement, or of its upload where nobody said when it was made.
    """
    instrument = measurement.measured_with
    if instrument is None:
        return {}
    return holding(instrument, measurement, instrument.calibrations.order_by("valid_from_date"))


def holding(
    instrument: MeasuringInstrument, measurement: Measurement, rows: Iterable[Calibration]
) -> dict[str, dict[str, Any]]:
    """Return what holds of the calibrations of an instrument, earliest first, on the day of a measurement."""
    moment = measurement.performed_at or measurement.created_at
    day = timezone.localtime(moment).date()
    newest = {row.scale: row for row in rows if row.valid_from_date <= day}
    return {
        name: {
            "u": row.u,
            "by": instrument.code,
            "valid_from_date": row.valid_from_date.isoformat(),
        }
        for name, row in newest.items()
    }


def named_in_head(
    instruments: Sequence[MeasuringInstrument], metadata: Mapping[str, Any]
) -> MeasuringInstrument | None:
    """Return the one instrument whose name or serial number the head of a file says; to be asked about."""
    head = str(dict(metadata)).casefold()
    found = [
        one
        for one in instruments
        if any(
            len(words) >= LEAST_SAID and words.casefold() in head
            for words in (one.name, one.serial_number)
        )
    ]
    return found[0] if len(found) == 1 else None


def _check(instrument: MeasuringInstrument) -> None:
    unknown = [name for name in instrument.techniques if name not in TECHNIQUES]
    if unknown:
        raise Refusal(
            f"{unknown[0][:40]!r} is no technique known here: {', '.join(TECHNIQUES)}.",
            field="techniques",
        )
    if not instrument.techniques:
        raise Refusal("Say at least one technique that it measures.", field="techniques")
    instrument.techniques = sorted(set(instrument.techniques))
    instrument.full_clean()
