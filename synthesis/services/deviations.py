"""Notice where the bench left the plan. A correction withdraws what no longer holds."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from synthesis.chemistry.operations import step_number
from synthesis.models import (
    Addition,
    Batch,
    BenchEvent,
    Deviation,
    Recipe,
    StepRun,
    StepRunParameter,
)
from synthesis.services.unplanned import STAGE

# How far a weighing may be from the plan and still be "as planned". Ours, not the paper's: 2 % by mass,
# 5 % by volume (a syringe). Those of a step's numbers stand with the number, in `operations.toml`.
AMOUNT_TOLERANCE = {"mg": Decimal("0.02"), "ml": Decimal("0.05")}
SHOWN_UNIT = {"mg": "mg", "ml": "mL"}


def of_amount(batch: Batch, addition: Addition, event: BenchEvent) -> list[str]:
    """Record how a weighed amount differs from the planned one; return what to tell the chemist."""
    withdraw(batch, addition.key)
    planned, weighed = addition.planned_value, addition.weighed_value
    if planned is None and addition.stage == STAGE:
        return _of_an_unplanned(batch, addition, event)
    if not planned:
        if planned is None or not weighed:
            return []
        relative = Decimal(1)
    else:
        relative = weighed / planned - 1
        if abs(relative) <= AMOUNT_TOLERANCE[addition.unit]:
            return []
    unit = SHOWN_UNIT[addition.unit]
    sentence = f"{addition.name}: {addition.weighed_text} where {_shown(planned)} {unit} was planned ({relative:+.1%})"
    wrong_point = planned and weighed and _is_power_of_ten(weighed / planned)
    note(
        batch,
        addition.key,
        event,
        Deviation.Kind.AMOUNT,
        sentence,
        major=abs(relative) > Decimal("0.2"),
    )
    if wrong_point:
        factor = weighed / planned
        times = f"{factor:.0f} times" if factor > 1 else f"1/{1 / factor:.0f} of"
        return [
            f"{addition.name} {addition.weighed_text} is {times} the plan ({_shown(planned)} {unit})."
            " Check the decimal point; if it is right, it stays recorded as a deviation."
        ]
    return [f"{sentence}. It is recorded as a deviation."]


def _of_an_unplanned(batch: Batch, addition: Addition, event: BenchEvent) -> list[str]:
    """Say that a reagent was added; in a free experiment nothing was planned to differ from."""
    if batch.recipe_version.recipe.kind == Recipe.Kind.EXPERIMENT:
        return []
    sentence = f"{addition.name}: {addition.weighed_text}, which the recipe does not have"
    note(batch, addition.key, event, Deviation.Kind.OTHER, sentence)
    return [f"{sentence}. It is recorded as a deviation."]


def of_parameter(
    batch: Batch, step: StepRun, parameter: StepRunParameter, event: BenchEvent
) -> list[str]:
    """Record how a step's number differs from its set point."""
    target = f"{step.key}.{parameter.name}"
    withdraw(batch, target)
    planned, actual = parameter.planned_value, parameter.actual_value
    number = step_number(parameter.name)
    allowed = None if planned is None or number is None else number.measure.allowed(planned)
    if planned is None or number is None or allowed is None:
        return []
    difference = actual - planned
    if abs(difference) <= allowed:
        return []
    unit = number.unit
    sentence = (
        f"{step.text.rstrip('.')}: {_shown(actual)} {unit} where {_shown(planned)} {unit} was planned"
        f" ({difference.normalize():+f} {unit})"
    )
    note(batch, target, event, number.measure.deviation, sentence, step=step)
    return [f"{sentence}. It is recorded as a deviation."]


def note(batch, target, event, kind, sentence, *, step=None, major=False) -> None:
    """Record one deviation that follows from a bench entry."""
    Deviation.objects.create(
        batch=batch,
        step_run=step,
        event=event,
        target=target,
        kind=kind,
        severity=Deviation.Severity.MAJOR if major else Deviation.Severity.MINOR,
        automatic=True,
        sentence=sentence[:300],
        reason=event.reason,
        at=event.at,
    )


def withdraw(batch: Batch, target: str) -> None:
    """The value was corrected: what followed from the old one no longer holds, and stays on record."""
    for earlier in Deviation.objects.filter(
        batch=batch, target=target, automatic=True, withdrawn_at=None
    ):
        earlier.set_fields(withdrawn_at=timezone.now())


def _is_power_of_ten(factor: Decimal) -> bool:
    """Whether the factor looks like a slipped decimal point (within 5 % of 10, 100, 0.1 ...)."""
    exponent = factor.log10()
    nearest = exponent.to_integral_value()
    return nearest != 0 and abs(exponent - nearest) < Decimal("0.022")


def _shown(value: Decimal | None) -> str:
    """Return a planned number without the zeros that only the column has."""
    if value is None:
        return "—"
    return f"{round(value, 2).normalize():f}"
