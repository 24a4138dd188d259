"""When each step of a flask was done, drawn: its temperature and its steps along one time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.timeline import TimedStep, timeline
from synthesis.chemistry.operations import shipped_operations
from synthesis.models import Batch, Condition
from synthesis.views.batch_log import Step
from synthesis.views.step_words import air_unit

TEMPERATURE = "temperature_c"
RAMPS = ("heat", "cool")  # the set point is where they end
MARKED = ("inject", "quench")
VACUUM = "vacuum"


def timeline_of(batch: Batch, steps: Sequence[Step]) -> Figure | None:
    """Draw the steps that have both times; None when fewer than two have."""
    timed = sorted(
        (step for step in steps if step.run.started_at and step.run.finished_at),
        key=lambda step: step.run.started_at,
    )
    if len(timed) < 2:
        return None
    atmospheres = {step["key"]: step.get("atmosphere", "") for step in batch.plan["steps"]}
    start = timed[0].run.started_at
    drawn = [_timed(step, start, atmospheres.get(step.run.key, "")) for step in timed]
    told = "; ".join(f"{one.number} {one.words} {one.start_min:.0f} min" for one in drawn)
    sentence = _("Temperature and steps of %(code)s from its start: %(steps)s.")
    return timeline(drawn, sentence % {"code": batch.code, "steps": told})


class Air(NamedTuple):
    """One quantity of the air around the flask, as it was read and when."""

    name: str
    readings: list[tuple[str, datetime | None]]


def air_of(rows: Sequence[Mapping[str, Any]]) -> list[Air]:
    """Return what was read of the air, by quantity, each reading with its time."""
    found: dict[str, list[tuple[str, datetime | None]]] = {}
    for row in sorted(rows, key=lambda one: one["at"]):
        text = row["text"]
        said = f"{text}\u202f{air_unit(row['name'], text)}".rstrip("\u202f")
        found.setdefault(row["name"], []).append((said, parse_datetime(row["at"])))
    return [Air(str(Condition.Name(name).label), readings) for name, readings in found.items()]


def _timed(step: Step, start: datetime, atmosphere: str) -> TimedStep:
    run = step.run
    asked, measured = _temperature(step)
    operation = shipped_operations().get(run.operation)
    word = operation.label if operation else run.operation.replace("_", " ")
    marked = run.operation in MARKED
    return TimedStep(
        number=run.position,
        words=word,
        start_min=_minutes(start, run.started_at),
        end_min=_minutes(start, max(run.finished_at, run.started_at)),
        asked_c=asked,
        measured_c=measured,
        ramps=run.operation in RAMPS,
        event=str(run.position) if marked else "",
        vacuum=_(VACUUM) if atmosphere == VACUUM else "",
    )


def _temperature(step: Step) -> tuple[float | None, float | None]:
    number = next((one for one in step.numbers if one.name == TEMPERATURE), None)
    if number is None:
        return None, None
    return _float(number.asked), _float(number.measured)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _minutes(start: datetime, moment: datetime) -> float:
    return (moment - start).total_seconds() / 60
