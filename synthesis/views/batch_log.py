"""What the bench said about a batch: its steps, and every entry as it came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject

from labnotebook.records.visits import Visit, visits_of
from synthesis.chemistry.typed import names_a_unit
from synthesis.models import Batch, BenchEvent, Observation, StepRun
from synthesis.services.bench import shown
from synthesis.views.batch_lines import Line
from synthesis.views.step_words import place_of, set_point, unit_of, word_of

NO_TEXT = {BenchEvent.Kind.STEP_START, BenchEvent.Kind.STEP_FINISH, BenchEvent.Kind.SKIP}


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a step: set point, and what it really was."""

    name: str
    word: str
    unit: str
    planned: str
    actual: str  # as typed
    asked: Any = None  # the set point itself, in the unit it is kept in
    measured: Any = None  # what it was, in the same unit
    origin: str = ""  # typed, clock or as_planned

    @property
    def shown_unit(self) -> str:
        """The unit to write behind what was typed; none when it was typed with one."""
        return "" if names_a_unit(self.actual) else self.unit


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one flask with its numbers."""

    run: StepRun
    numbers: tuple[Number, ...]
    was_seen: bool

    @property
    def stays_empty(self) -> bool:
        """Whether nobody recorded it by the time the batch was finished."""
        return self.run.stays_empty

    @property
    def is_open(self) -> bool:
        """Whether the bench has said nothing about it."""
        measured = any(number.actual for number in self.numbers)
        return not (self.run.is_recorded or self.was_seen or measured)


def still_open(lines: Iterable[Line], steps: Iterable[Step]) -> list[str]:
    """Return what the bench has not yet said anything about, as people call it."""
    names = [line.addition.name for line in lines if line.is_open]
    return names + [step.run.text.rstrip(".") for step in steps if step.is_open]


def steps_of(batch: Batch) -> list[Step]:
    """Return the steps of a batch with planned and measured numbers, in one query."""
    rows = batch.step_runs.annotate(
        was_seen=Exists(Observation.objects.that_count().filter(step_run=OuterRef("pk"))),
        numbers=JSONBAgg(
            JSONObject(
                name="parameters__name",
                planned="parameters__planned_value",
                allowed="parameters__allowed",
                actual="parameters__actual_text",
                measured="parameters__actual_value",
                origin="parameters__origin",
            ),
            filter=Q(parameters__isnull=False),
            default=[],
        ),
    ).order_by("position")
    return [
        Step(
            run,
            tuple(map(_number, sorted(run.numbers, key=lambda row: place_of(row["name"])))),
            run.was_seen,
        )
        for run in rows
    ]


def _number(row: dict[str, Any]) -> Number:
    name, planned = row["name"], row["planned"]
    return Number(
        name,
        word_of(name),
        unit_of(name),
        "" if planned is None else set_point(name, planned),
        row["actual"] or "",
        planned,
        row["measured"],
        row["origin"] or "",
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One bench entry, ready to read; where two people wrote, what the other said."""

    at: datetime
    who: str
    kind: str
    target: str
    text: str
    reason: str
    is_deviation: bool
    other: str
    other_by: str


def log_of(batch: Batch, *, of_sensors: bool = True) -> list[Entry]:
    """Return every bench entry of a batch in the order in which it came; those of sensors if asked for."""
    names = {line["key"]: line["name"] for line in batch.plan["reagents"]}
    names |= {step["key"]: step["text"].rstrip(".") for step in batch.plan["steps"]}
    events = batch.events.all() if of_sensors else batch.events.by_people()
    rows = events.select_related("by", "conflicts_with__by")
    return [_entry(event, names) for event in rows]


def visits_to(log: Sequence[Entry]) -> list[Visit[Entry]]:
    """Return the entries by visit to the bench: one person, without a gap of half an hour."""
    return visits_of(log, who=lambda entry: entry.who, at=lambda entry: entry.at)


def _entry(event: BenchEvent, names: dict[str, str]) -> Entry:
    key, _dot, number = event.target.partition(".")
    target = names.get(key, event.target.replace("_", " "))
    if number:
        target = f"{target}: {word_of(number).lower()}"
    before = event.conflicts_with
    return Entry(
        at=event.at,
        who=event.by.username,
        kind=event.get_kind_display(),
        target=target,
        text="" if event.kind in NO_TEXT else shown(event.value),
        reason=event.reason,
        is_deviation=event.kind == BenchEvent.Kind.DEVIATION,
        other="" if before is None else shown(before.value),
        other_by="" if before is None else before.by.username,
    )
