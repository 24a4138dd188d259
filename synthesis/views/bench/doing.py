"""One step to do: its numbers, its clock, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from synthesis.chemistry.typed import names_a_unit
from synthesis.views.batch_log import Number, Step
from synthesis.views.bench.asked import Asked, plain
from synthesis.views.bench.fields import Field
from synthesis.views.step_words import set_point

SHORT = Decimal(120)  # s; up to here a clock counts up to 0.1 s, beyond it counts down
DURATION = "duration_s"
SCALE = Decimal("1.6")  # how far the time line of a growth reaches, in planned times


@dataclass(frozen=True, slots=True)
class NumberField:
    """One number of a step and its form."""

    number: Number
    asked: Asked
    field: Field

    @property
    def recorded(self) -> str:
        """What stands, as typed, with one unit."""
        said = f"{self.number.actual} {self.number.shown_unit}".strip()
        return said if self.number.actual else ""

    @property
    def understood(self) -> str:
        """What was understood, where it was typed in another unit."""
        return self.asked.understood(self.number.actual) if self.number.actual else ""

    @property
    def field_unit(self) -> str:
        """The unit behind the field, none when what stands in it says its own."""
        in_field = self.field.typed if self.field.typed is not None else self.number.actual
        return "" if names_a_unit(in_field or "") else self.asked.unit


@dataclass(frozen=True, slots=True)
class Doing:
    """One step: forms to start and to end it, its numbers, what it looks like."""

    step: Step
    label: str  # of its operation
    start: Field
    finish: Field
    seen: Field
    numbers: list[NumberField]
    timed: str  # the number that is the time between start and end

    @property
    def key(self) -> str:
        """The key of the step."""
        return self.step.run.key

    @property
    def duration_s(self) -> Decimal | None:
        """How long it is planned to take."""
        for one in self.numbers:
            if one.number.name == (self.timed or DURATION):
                return one.asked.planned
        return None

    @property
    def title(self) -> str:
        """What is to do, in the words of the recipe."""
        return self.step.run.text.rstrip(".")

    @property
    def plan(self) -> str:
        """How long it is planned to take, as people say it."""
        return "" if self.duration_s is None else set_point(DURATION, self.duration_s)

    @property
    def until(self) -> datetime | None:
        """When it will have taken as long as planned; None before it begins."""
        started = self.step.run.started_at
        if started is None or self.duration_s is None:
            return None
        return started + timedelta(seconds=float(self.duration_s))

    @property
    def unsaid_points(self) -> str:
        """The planned numbers that nobody said anything about, as people say them."""
        return ", ".join(one.asked.plan for one in self.unsaid)

    @property
    def is_running(self) -> bool:
        """Whether it was begun and has not ended."""
        run = self.step.run
        return run.started_at is not None and run.finished_at is None and not run.skipped_reason

    @property
    def took(self) -> str:
        """How long it took by its times, as people say it; empty when one of them is unknown."""
        run = self.step.run
        if run.started_at is None or run.finished_at is None or run.started_at == run.finished_at:
            return ""
        return in_words(run.finished_at - run.started_at)

    @property
    def unsaid(self) -> list[NumberField]:
        """The planned numbers that nobody said anything about, but for what the clock measures."""
        return [
            one
            for one in self.numbers
            if one.asked.planned is not None and not one.recorded and one.number.name != self.timed
        ]

    @property
    def points(self) -> str:
        """The set points as people say them."""
        planned = [one for one in self.numbers if one.asked.planned is not None]
        return ", ".join(set_point(one.number.name, one.asked.planned) for one in planned)


@dataclass(frozen=True, slots=True)
class Growth:
    """Injection, growth and quench as one clock: from the injection to the ice bath."""

    inject: Doing
    react: Doing
    quench: Doing

    @property
    def key(self) -> str:
        """The key of the growth, which carries the clock."""
        return self.react.key

    @property
    def steps(self) -> tuple[Doing, Doing, Doing]:
        """The three in their order."""
        return self.inject, self.react, self.quench

    @property
    def numbers(self) -> list[NumberField]:
        """What may be typed besides the clock: the growth's own numbers."""
        return self.react.numbers

    @property
    def planned_s(self) -> Decimal:
        """How long the growth is planned to take."""
        return self.react.duration_s or Decimal(0)

    @property
    def allowed(self) -> Decimal:
        """How far from that is still as planned, s."""
        numbers = [one for one in self.react.numbers if one.number.name == self.react.timed]
        return numbers[0].asked.allowed or Decimal(0) if numbers else Decimal(0)

    @property
    def plan(self) -> str:
        """How long it is planned to take, as people say it."""
        return self.react.plan

    @property
    def low(self) -> str:
        """The shortest time that is as planned, s."""
        return plain(max(Decimal(0), self.planned_s - self.allowed))

    @property
    def high(self) -> str:
        """The longest time that is as planned, s."""
        return plain(self.planned_s + self.allowed)

    @property
    def end(self) -> str:
        """Where the scale ends, s."""
        return plain(self.planned_s * SCALE)

    @property
    def mark(self) -> Decimal:
        """Where the planned second stands on the scale, in percent of its length."""
        return round(100 / SCALE, 2)

    @property
    def band(self) -> tuple[Decimal, Decimal]:
        """Where the band that is as planned begins, and how wide it is, in percent."""
        if not self.planned_s:
            return Decimal(0), Decimal(0)
        half = min(self.mark, 100 * self.allowed / (self.planned_s * SCALE))
        return round(self.mark - half, 2), round(2 * half, 2)

    @property
    def took_s(self) -> float | None:
        """How long it really took: from its own times, else from the injection to the ice bath."""
        run = self.react.step.run
        began = run.started_at or self.inject.step.run.finished_at
        ended = run.finished_at or self.quench.step.run.started_at
        return (ended - began).total_seconds() if began and ended else None

    @property
    def seconds(self) -> str:
        """How long it really took, to 0.1 s; empty before the quench."""
        return "" if self.took_s is None else f"{self.took_s:.1f}"

    @property
    def is_as_planned(self) -> bool:
        """Whether the quench came when it was planned."""
        off = abs((self.took_s or 0) - float(self.planned_s))
        return off <= float(self.allowed)

    @property
    def sentence(self) -> str:
        """The scale in words."""
        return (
            f"Time line from 0 to {self.end} s, as planned from {self.low} to {self.high} s,"
            f" planned {self.plan}"
        )


def in_words(span: timedelta) -> str:
    """Return a time as people say it.

    >>> in_words(timedelta(seconds=5.4)), in_words(timedelta(minutes=63))
    ('5.4 s', '1 h 3 min')
    """
    seconds = span.total_seconds()
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 10 and rest:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
