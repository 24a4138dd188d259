"""Where nobody has been: a recipe's gaps minus what a person's own batches have measured.

What was measured is known to a room above; it says so at its start (`measured_by`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from synthesis.chemistry.gaps import OpenGap, open_gaps
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.recipe_inputs import RecipeInput

# (person, key of an input, low, high) -> the values that batches with an accepted phase have there
Measured = Callable[[Any, str, Decimal, Decimal], Iterable[float]]
_sources: list[Measured] = []


def measured_by(source: Measured) -> Measured:
    """Ask this function, from now on, for what was measured."""
    _sources.append(source)
    return source


def open_gaps_of(user: Any, definition: RecipeDefinition) -> dict[str, list[OpenGap]]:
    """Return the gaps of a recipe that are still open for this person: key of the input -> gaps."""
    return {
        one.key: open_gaps(one.gaps, points_of(user, one), one.name)
        for one in definition.inputs
        if one.gaps
    }


def widest(gaps: Mapping[str, list[OpenGap]]) -> tuple[str, OpenGap] | None:
    """Return the widest gap and the key of its input, None when there is none left."""
    every = [(key, gap) for key, found in gaps.items() for gap in found]
    return max(every, key=lambda one: one[1].high - one[1].low, default=None)


def points_of(user: Any, one: RecipeInput) -> list[Decimal]:
    """Return what a person's batches measured inside the gaps of one input, sorted."""
    return points_between(
        user, one.key, min(gap.low for gap in one.gaps), max(gap.high for gap in one.gaps)
    )


def points_between(user: Any, key: str, low: Decimal, high: Decimal) -> list[Decimal]:
    """Return what a person's batches measured of one ratio between two limits, sorted."""
    found = [value for source in _sources for value in source(user, key, low, high)]
    return sorted(Decimal(repr(value)) for value in found)
