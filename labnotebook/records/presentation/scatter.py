"""What batches as marks are drawn on: the axes of two numbers, and the field along x that nobody has measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .axes import Axis
from .figure import GAP_WORDS
from .plots import Plot


@dataclass(frozen=True, slots=True)
class Ground:
    """The words and units of both axes; gap: from where to where along x nobody has measured."""

    x_label: str
    y_label: str
    x_unit: str = ""
    y_unit: str = ""
    gap: tuple[float, float] | None = None
    gap_words: str = GAP_WORDS

    def plot(
        self,
        along: Sequence[float],
        up: Sequence[float],
        sentence: str,
        *,
        zero: bool = False,
        wanted: int = 8,
        size: str = "tall",
    ) -> Plot:
        """Return an empty plot that holds these values, and all of the gap. zero: y begins at 0."""
        x = Axis.over([along, self.gap or ()], self.x_label, self.x_unit, wanted=wanted)
        plot = Plot(x, Axis.over([up], self.y_label, self.y_unit, zero=zero), sentence, size=size)
        if self.gap:
            plot.gap(*self.gap, self.gap_words)
        return plot
