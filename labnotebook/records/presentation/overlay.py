"""Batches side by side as drawings: their curves over one another, and their letters among the others."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .axes import Axis, Values
from .plots import Plot
from .scatter import Ground

STEP = 0.42  # of a curve's height from one to the next in a stack


class Scale(Enum):
    """How curves of several batches are drawn."""

    NORMALISED = "normalised"
    MEASURED = "measured"
    STACKED = "stacked"


class Overlaid(NamedTuple):
    """One curve of an overlay, by the letter of its batch. x and y have one shape."""

    letter: str
    x: Values
    y: Values


class Lettered(NamedTuple):
    """One batch among others: its letter, where it stands, and its words on hover."""

    letter: str
    x: float
    y: float
    title: str


def overlay(
    curves: Sequence[Overlaid],
    sentence: str,
    *,
    scale: Scale,
    x_label: str,
    x_unit: str,
    y_label: str,
    y_unit: str = "",
    log: bool = False,
) -> Plot:
    """Draw curves over one another, the first on top.

    normalised: each divided by its own maximum; stacked: so, and one above the other from the first at
    the top down; measured: as the files have them. A log axis is for counts that decay.
    """
    x = Axis.over([curve.x for curve in curves], x_label, x_unit, tight=True, wanted=7)
    heights = [np.asarray(curve.y, dtype=float) for curve in curves]
    if scale is not Scale.MEASURED:
        heights = [_to_its_maximum(y) for y in heights]
        y_label, y_unit = f"{y_label}, each to its maximum", ""
    stacked = scale is Scale.STACKED
    lifts = [STEP * (len(curves) - 1 - place) if stacked else 0.0 for place in range(len(curves))]
    if stacked:
        log = False
        heights = [y + lift for y, lift in zip(heights, lifts, strict=True)]
    y = Axis.over(heights, y_label, y_unit, zero=not log, log=log)
    plot = Plot(x, y, sentence, size="tall", bare=stacked)
    drawn = list(zip(curves, heights, lifts, strict=True))
    for curve, height, _lift in reversed(drawn):
        plot.line(curve.x, height, f"b{curve.letter}")
    if stacked:
        for curve, _height, lift in drawn:
            plot.note(x.low, lift, curve.letter, "hl xe", dx=-8, dy=4)
    return plot


def _to_its_maximum(y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return y divided by its largest value; what has none above 0 stays as it is."""
    known = y[np.isfinite(y)]
    most = float(known.max()) if known.size else 0.0
    return y / most if most > 0 else y


def lettered_scatter(
    marks: Sequence[Lettered],
    others: Sequence[tuple[float, float]],
    sentence: str,
    ground: Ground,
) -> Plot:
    """Draw some batches by their letters, and others as grey dots; no line joins them."""
    along = [*(m.x for m in marks), *(x for x, _ in others)]
    up = [*(m.y for m in marks), *(y for _, y in others)]
    plot = ground.plot(along, up, sentence, zero=True, wanted=6)
    plot.dots([x for x, _ in others], [y for _, y in others], "sm")
    for mark in reversed(marks):
        plot.letter(mark.letter, mark.x, mark.y, mark.title)
    return plot
