"""Where nobody has been: a recipe's gaps minus what a person's own batches have measured.

What was measured is known to a room above; it says so at its start (`measured_by`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from synthesis.chemistry.gaps import OpenGap, open_gaps
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.recipe_inputs import Gap, RecipeInput

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
        one.key: still_open(user, one.key, one.gaps, one.name)
        for one in definition.inputs
        if one.gaps
    }


def still_open(user: Any, key: str, gaps: Sequence[Gap | OpenGap], name: str = "") -> list[OpenGap]:
    """Return what this person's batches have left of the gaps of one ratio."""
    return open_gaps(gaps, _points_within(user, key, gaps), name)


def widest(gaps: Mapping[str, list[OpenGap]]) -> tuple[str, OpenGap] | None:
    """Return the widest gap and the key of its input, None when there is none left."""
    every = [(key, gap) for key, found in gaps.items() for gap in found]
    return max(every, key=lambda one: one[1].high - one[1].low, default=None)


def points_of(user: Any, one: RecipeInput) -> list[Decimal]:
    """Return what a person's batches measured inside the gaps of one input, sorted."""
    return _points_within(user, one.key, one.gaps)


def _points_within(user: Any, key: str, gaps: Sequence[Gap | OpenGap]) -> list[Decimal]:
    low, high = min(gap.low for gap in gaps), max(gap.high for gap in gaps)
    found = [value for source in _sources for value in source(user, key, low, high)]
    return sorted(Decimal(repr(value)) for value in found)
