"""Where nobody has looked: the middle of the widest stretch of R without a flask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.forecast.model import Floats
from analysis.suggestions.suggestion import Made, NothingToSuggest, Suggestion, short


def fill_gap(
    made: Sequence[Made], ratios: Floats, known: Sequence[float] = (), *, n: int = 1
) -> list[Suggestion]:
    """Return ``n`` flasks in the widest gaps between the ends, what was made and what a source ``known`` says."""
    points = sorted({*known, *(flask.ratio for flask in made)})
    found: list[Suggestion] = []
    for _ in range(n):
        apart = np.min(np.abs(ratios[:, None] - np.array([*points, np.inf])[None, :]), axis=1)
        if not points:
            apart = np.minimum(ratios - ratios[0], ratios[-1] - ratios)
        best = int(np.argmax(apart))
        if apart[best] <= 0:
            if found:
                break
            raise NothingToSuggest("Every R that the balance can tell apart has a flask already.")
        ratio = float(ratios[best])
        found.append(
            Suggestion(
                goal="gap",
                ratio=ratio,
                why=_why(ratio, points),
                gain=round(float(apart[best]), 4),
                gain_unit="R to the nearest flask",
                about={},
            )
        )
        points.append(ratio)
    return found


def _why(ratio: float, points: Sequence[float]) -> str:
    below = max((point for point in points if point < ratio), default=None)
    above = min((point for point in points if point > ratio), default=None)
    if below is not None and above is not None:
        return f"Nobody has made anything between R {short(below)} and {short(above)}; this is its middle."
    if below is not None:
        return f"Nobody has made anything above R {short(below)}; this is where one is furthest from it."
    if above is not None:
        return f"Nobody has made anything below R {short(above)}; this is where one is furthest from it."
    return "Nothing has been made yet; this is the middle of what can be made."
