"""The rows that an entry speaks of, and the numbers in it."""

from __future__ import annotations

from decimal import Decimal

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Addition, Batch, StepRun


def addition_of(batch: Batch, key: str) -> Addition:
    """Return the reagent with this key."""
    addition = Addition.objects.filter(batch=batch, key=key).first()
    if addition is None:
        keys = ", ".join(batch.additions.values_list("key", flat=True))
        raise Refusal(f"This batch has no reagent {key!r}. It has {keys}.", field="target")
    return addition


def step_of(batch: Batch, key: str) -> StepRun:
    """Return the step with this key."""
    step = StepRun.objects.filter(batch=batch, key=key).first()
    if step is None:
        keys = ", ".join(batch.step_runs.values_list("key", flat=True))
        raise Refusal(f"This batch has no step {key!r}. It has {keys}.", field="target")
    return step


def read_number(text: str, unit: str) -> Decimal:
    """Read a typed number in this unit, within what its column can hold."""
    try:
        return in_column(parse_quantity(text, unit=unit).value, text)
    except UnreadableQuantity as refusal:
        raise Refusal(str(refusal), field="value") from refusal


def in_column(value: Decimal, text: str) -> Decimal:
    """Return a number that its column can hold; refuses another, which is a slip."""
    if value.adjusted() > 8 or value.normalize().as_tuple().exponent < -6:
        raise Refusal(
            f"“{text}” is more than this field can mean. Check the number and its unit.",
            field="value",
        )
    return value
