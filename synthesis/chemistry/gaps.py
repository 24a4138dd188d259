"""What nobody has measured yet: the gaps that a recipe's source left, minus what the lab measured since."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from .recipe_inputs import Gap, RecipeInput

# What the lab measured of an input, inside its gaps; asked only when a target lies in one.
Measured = Callable[[RecipeInput], Iterable[Decimal]]
HARDLY_A_GAP = Decimal("0.1")  # of the source's own gap: nearer points leave nothing to look for


def nothing_measured(_: RecipeInput) -> Iterable[Decimal]:
    """Say that the lab has measured nothing: every gap of the source is open."""
    return ()


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A stretch of an input, in its unit, in which neither the source nor the lab has measured."""

    low: Decimal
    high: Decimal
    message: str

    @property
    def middle(self) -> Decimal:
        """Where a measurement would say the most."""
        return ((self.low + self.high) / 2).normalize()

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies inside."""
        return self.low < value < self.high


def open_gaps(
    gaps: Iterable[Gap | OpenGap], measured: Iterable[Decimal], name: str = ""
) -> list[OpenGap]:
    """Return what is left of the gaps of one input once the lab's own measured values are taken out.

    A gap that the lab measured in falls apart into those beside the points; what is no wider
    than a tenth of the source's gap is closed. ``name`` is what the input is called in a new sentence.
    """
    points = sorted(measured)
    found = []
    for gap in gaps:
        inside = [point for point in points if gap.low < point < gap.high]
        if not inside:
            found.append(OpenGap(gap.low, gap.high, gap.message))
            continue
        edges = [gap.low, *inside, gap.high]
        narrow = HARDLY_A_GAP * (gap.high - gap.low)
        found += [
            OpenGap(low, high, _sentence(name, low, high))
            for low, high in pairwise(edges)
            if high - low > narrow
        ]
    return found


def _sentence(name: str, low: Decimal, high: Decimal) -> str:
    of = f"{name} " if name else ""
    return f"Nobody has measured {of}between {_short(low)} and {_short(high)}."


def _short(value: Decimal) -> str:
    return f"{round(value, 3).normalize():f}"
