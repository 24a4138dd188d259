"""Outlines of things in a field of view, in their true proportions and the way up an image is."""

from __future__ import annotations

import numpy as np

from .axes import Values
from .formulas import formula_text
from .markup import Markup, escape
from .plots import SIZE, Plot


class Outlines(Plot):
    """Closed lines, parted by NaN, in a frame of ``width`` by ``height``; the origin is the upper left corner."""

    def __init__(self, x: Values, y: Values, width: float, height: float, sentence: str):
        self.sentence = sentence
        self.sides = SIZE, SIZE * height / width
        self.rings = SIZE / width * np.column_stack([x, y])

    def svg(self) -> Markup:
        """Return the drawing; it keeps its proportions at every width."""
        wide, high = self.sides
        gaps = np.flatnonzero(np.isnan(self.rings[:, 0]))
        rings = [ring[~np.isnan(ring[:, 0])] for ring in np.split(self.rings, gaps)]
        path = "".join(
            "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in ring) + "Z"
            for ring in rings
            if len(ring) > 2
        )
        return Markup(
            f'<svg class="chart" role="img" aria-label="{escape(formula_text(self.sentence))}"'
            f' viewBox="0 0 {wide:.0f} {high:.0f}">'
            f'<rect class="gapfill" width="{wide:.0f}" height="{high:.0f}"/>'
            f'<path class="ln thin" d="{path}"/></svg>'
        )
