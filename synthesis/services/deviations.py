"""Notice where the bench left the plan. A correction withdraws what no longer holds.

What is noticed follows from the record as it stands, whatever the order in which the entries came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from synthesis.chemistry.operations import Operations, step_number
from synthesis.chemistry.tolerances import of_amount
from synthesis.models import Addition, Batch, BenchEvent, Deviation, Recipe, StepRun
from synthesis.services.operations import lab_operations
from synthesis.services.sources import BOTTLES
from synthesis.services.substitutions import substitution
from synthesis.services.unplanned import STAGE

Kind = Deviation.Kind
SHOWN_UNIT = {"mg": "mg", "ml": "mL"}
MOST_NAMED = 4  # steps in one sentence
OBSERVE = "observe"  # a look may come earlier or be left out without harm


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that was not done as planned, as the record stands."""

    target: str
    kind: str
    severity: str
    sentence: str
    step: StepRun | None = None
    slip: str = ""  # words for a slipped decimal point

    @property
    def key(self) -> tuple[str, str]:
        """What it is about: one deviation of a kind in a field."""
        return self.target, self.kind

    @property
    def remark(self) -> str:
        """What the chemist is told at once."""
        if self.slip:
            return f"{self.slip} Check the decimal point; if it is right, it stays recorded as a deviation."
        return f"{self.sentence}. It is recorded as a deviation."


def refresh(batch: Batch, events: Sequence[BenchEvent]) -> list[tuple[BenchEvent, str]]:
    """Bring the deviations in line with the record; return what is new, each with its entry."""
    noticed = {one.key: one for one in notice(batch)}
    for row in Deviation.objects.filter(batch=batch, automatic=True, withdrawn_at=None):
        same = noticed.get((row.target, row.kind))
        if same is not None and (row.sentence, row.severity) == (
            same.sentence[:300],
            same.severity,
        ):
            del noticed[same.key]
        else:
            withdraw(row)
    new = []
    for one in noticed.values():
        event = _event_of(one, events)
        Deviation.objects.create(
            batch=batch,
            step_run=one.step,
            event=event,
            target=one.target,
            kind=one.kind,
            severity=one.severity,
            automatic=True,
            sentence=one.sentence[:300],
            reason=event.reason,
            at=event.at,
        )
        new.append((event, one.remark))
    return new


def _event_of(one: Noticed, events: Sequence[BenchEvent]) -> BenchEvent:
    """Return the entry that a deviation follows from: the last one in its field, else the last."""
    key = one.target.partition(".")[0]
    for wanted in ({one.target}, {one.target, key}):
        found = [event for event in events if event.target in wanted]
        if found:
            return found[-1]
    return events[-1]


def withdraw(row: Deviation) -> None:
    """What follows from a corrected value no longer holds, and stays on record."""
    row.set_fields(withdrawn_at=timezone.now())


def notice(batch: Batch) -> Iterator[Noticed]:
    """Yield everything in the record of a batch that is not as planned."""
    additions = list(batch.additions.select_related(*BOTTLES))
    steps = list(batch.step_runs.select_related("repeat_of").prefetch_related("parameters"))
    for addition in additions:
        yield from _of_addition(batch, addition)
    operations = lab_operations()
    free = _is_free(batch)
    for step in steps:
        yield from _of_step(step, free=free)
    yield from _of_order([step for step in steps if step.stage != STAGE], operations)


# --- reagents


def _of_addition(batch: Batch, addition: Addition) -> Iterator[Noticed]:
    swapped = substitution(batch, addition)
    if swapped is not None:
        sentence = f"{addition.name}: {swapped.sentence.rstrip('.')}"
        yield Noticed(f"{addition.key}.lot", Kind.SUBSTITUTION, "minor", sentence)
    if addition.skipped_reason:
        if addition.planned_value and not addition.stays_empty:
            yield Noticed(addition.key, Kind.SKIPPED, "major", f"{addition.name} was left out")
        return
    if addition.weighed_value is None:
        return
    if addition.planned_value is None:
        if addition.stage == STAGE and not _is_free(batch):
            sentence = f"{addition.name}: {addition.weighed_text}, which the recipe does not have"
            yield Noticed(addition.key, Kind.ADDED, "minor", sentence)
        return
    yield from _of_amount(addition, swapped.weigh_mg if swapped else addition.planned_value)


def _of_amount(addition: Addition, wanted: Decimal) -> Iterator[Noticed]:
    """Compare an amount with the planned one; of another hydrate, with the mass of the same amount."""
    tolerance, weighed = of_amount(wanted, addition.unit), addition.weighed_value
    severity = tolerance.severity(weighed)
    if not severity or addition.said_as_planned:
        return
    unit = SHOWN_UNIT[addition.unit]
    percent = f" ({weighed / wanted - 1:+.1%})" if wanted else ""
    planned = f"{_shown(wanted)} {unit}"
    would = "would be as planned" if wanted != addition.planned_value else "was planned"
    sentence = f"{addition.name}: {addition.weighed_text} where {planned} {would}{percent}"
    times = tolerance.slip(weighed)
    slip = (
        f"{addition.name} {addition.weighed_text} is {times} the plan ({planned})." if times else ""
    )
    yield Noticed(addition.key, Kind.AMOUNT, severity, sentence, slip=slip)


def _is_free(batch: Batch) -> bool:
    """Whether nothing was planned to differ from."""
    return batch.recipe_version.recipe.kind == Recipe.Kind.EXPERIMENT


# --- steps


def _of_step(step: StepRun, *, free: bool) -> Iterator[Noticed]:
    words = step.text.rstrip(".")
    if step.skipped_reason and not step.stays_empty:
        severity = "minor" if step.operation == OBSERVE else "major"
        yield Noticed(step.key, Kind.SKIPPED, severity, f"{words}: left out", step)
    begun = step.started_at or step.finished_at
    if begun and step.repeat_of is not None:
        yield Noticed(step.key, Kind.REPEATED, "minor", f"{words}: done once more", step)
    elif begun and step.stage == STAGE and not free:
        sentence = f"{words}: a step which the recipe does not have"
        yield Noticed(step.key, Kind.ADDED, "minor", sentence, step)
    for row in step.parameters.all():
        yield from _of_number(step, row)


def _of_number(step: StepRun, row: Any) -> Iterator[Noticed]:
    number = step_number(row.name)
    planned, actual = row.planned_value, row.actual_value
    if planned is None or actual is None or number is None:
        return
    tolerance = row.tolerance
    if tolerance is None or row.origin == row.Origin.AS_PLANNED:
        return
    severity = tolerance.severity(actual)
    if not severity:
        return
    unit = number.unit
    sentence = (
        f"{step.text.rstrip('.')}: {_shown(actual)} {unit} where {_shown(planned)} {unit} was planned"
        f" ({(actual - planned).normalize():+f} {unit})"
    )
    times = tolerance.slip(actual)
    slip = (
        f"{step.text.rstrip('.')}: {row.actual_text} is {times} the plan ({_shown(planned)} {unit})."
        if times
        else ""
    )
    target = f"{step.key}.{row.name}"
    yield Noticed(target, number.measure.deviation, severity, sentence, step, slip)


def _of_order(steps: Iterable[StepRun], operations: Operations) -> Iterator[Noticed]:
    """Find steps that were begun before one that the recipe has earlier."""
    begun = [
        (step, step.started_at or step.finished_at)
        for step in steps
        if step.repeat_of_id is None and (step.started_at or step.finished_at)
    ]
    for index, (step, moment) in enumerate(begun):
        late = [
            earlier.text.rstrip(".")
            for earlier, its_moment in begun[:index]
            if moment < its_moment and OBSERVE not in (earlier.operation, step.operation)
        ]
        if late:
            more = len(late) - MOST_NAMED
            named = "; ".join(late[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
            sentence = f"{step.text.rstrip('.')}: done before {named}"
            yield Noticed(step.key, Kind.ORDER, "major", sentence, step)


def _shown(value: Decimal | None) -> str:
    """Return a number without the zeros that only the column has."""
    if value is None:
        return "—"
    return f"{round(value, 2).normalize():f}"
