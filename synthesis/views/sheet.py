"""The bench sheet: one flask on paper, with boxes to write in; what was recorded stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from labnotebook.records.pages import code_qr
from synthesis.models import Batch, Condition, Observation
from synthesis.services.quantities import with_leading_ratio
from synthesis.views.batch_lines import Line, lines_of
from synthesis.views.batch_log import Number, Step, steps_of
from synthesis.views.bottle_words import strength_of
from synthesis.views.step_words import air_unit, left_out, shown_in

GROWTH = ("react", "duration_s")


@dataclass(frozen=True, slots=True)
class Box:
    """A place to write in: what it is for, what was planned, what was recorded, and the unit."""

    word: str
    planned: str = ""
    recorded: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One reagent: what to take, from which bottle, how much was taken."""

    line: Line
    bottle: str
    strength: str

    @property
    def note(self) -> str:
        """Why the box stays empty, or how the number came about."""
        if self.line.why:
            return left_out(self.line.stays_empty, self.line.why)
        return _("said as planned") if self.line.addition.said_as_planned else ""


@dataclass(frozen=True, slots=True)
class SheetStep:
    """One step: what to do, a box for each of its numbers, and for when it began and was done."""

    step: Step
    atmosphere: str
    boxes: tuple[Box, ...]
    begun: str
    done: str

    @property
    def note(self) -> str:
        """Why the boxes stay empty."""
        run = self.step.run
        why = run.skipped_reason
        return left_out(self.step.stays_empty, why) if why else ""


@require_safe
def batch_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Show the bench sheet of a batch, to print on A4."""
    rows = Batch.objects.visible_to(request.user).select_related(
        "project", "recipe_version__recipe", "planned_by", "archive"
    )
    rows = with_leading_ratio(rows.defer("recipe_version__definition", "composition"))
    batch = get_object_or_404(rows, code=code)
    steps = steps_of(batch)
    look = batch.observations.that_count().exclude(appearance="").last()
    followed = batch.recipe_version.title
    context = {
        "batch": batch,
        "followed": followed,
        "foot": f"{batch.code} · {followed}",
        "leading": batch.leading,
        "growth": growth_of(steps),
        "lines": list(_lines(batch)),
        "steps": list(_steps(batch, steps)),
        "appearances": Batch.Appearance.choices,
        "look": look or Observation(appearance=batch.precursor_appearance),
        "air": _air(batch),
        "qr": code_qr(request, batch.code),
    }
    return render(request, "synthesis/batch_sheet_page.html", context)


def growth_of(steps: Sequence[Step]) -> Number | None:
    """Return the time between injection and quench, None when the recipe has none."""
    operation, name = GROWTH
    numbers = (one for step in steps if step.run.operation == operation for one in step.numbers)
    return next((one for one in numbers if one.name == name), None)


def _lines(batch: Batch) -> Iterator[SheetLine]:
    for line in lines_of(batch):
        material = line.addition.material
        yield SheetLine(
            line,
            material.code if material else "",
            strength_of(material) if material else "",
        )


def _steps(batch: Batch, steps: Sequence[Step]) -> Iterator[SheetStep]:
    planned = {step["key"]: step for step in batch.plan["steps"]}
    for step in steps:
        run = step.run
        yield SheetStep(
            step,
            planned.get(run.key, {}).get("atmosphere") or "",
            tuple(map(_box, step.numbers)),
            _clock(run.started_at),
            _clock(run.finished_at),
        )


def _box(number: Number) -> Box:
    """Return the box of a number, empty in the unit of the plan."""
    unit = number.shown_unit
    if not number.actual:
        asked = None if number.asked is None else Decimal(str(number.asked))
        unit, _per = shown_in(number.name, asked)
    return Box(number.word, number.planned, number.actual, unit)


def _air(batch: Batch) -> list[Box]:
    """Return a box for everything that is kept of the air, with what was read of it last."""
    said = {one.name: one.text for one in batch.conditions.that_count().order_by("at", "pk")}
    return [
        Box(
            str(name.label),
            recorded=said.get(name, ""),
            unit=air_unit(name, said.get(name, "")),
        )
        for name in Condition.Name
    ]


def _clock(moment: datetime | None) -> str:
    return f"{localtime(moment):%H:%M:%S}" if moment else ""
