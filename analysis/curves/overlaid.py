"""Curves of several measurements over one another: normalised, staggered or as measured, on one axis.

Pure: no Django, no database. Gives the shape that xy-chart.js describes, so that page, CSV and printed figure agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.curves.chart import LINE_COLOURS, plain
from analysis.curves.thinning import kept_places
from analysis.drawing import Drawing, DrawnCurve, Floats, Range, falls
from labnotebook.records.presentation.overlay import STEP, Scale

MOST = 50
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = (*_ALPHABET, *(f"A{letter}" for letter in _ALPHABET))[:MOST]
STEP_DECADES = 0.5  # from one curve to the next of a stagger on a log axis
DIM = 0.01  # of its maximum: an emission is shown as far as it is brighter, and some room
FAINT = 2e-3  # of its maximum: where a decay has gone down so far, it is not shown any further
MOST_POINTS = 24_000  # of all curves together; more cannot be told apart on a screen


class One(NamedTuple):
    """One curve of an overlay: its letter, what it is called, and its points on the common axis."""

    letter: str
    name: str
    curve: DrawnCurve


def overlaid(
    ones: Sequence[One],
    drawing: Drawing,
    title: str,
    scale: Scale = Scale.NORMALISED,
    most: int = MOST_POINTS,
) -> dict[str, Any]:
    """Return the chart of some curves of one technique, the first at the top of a stagger.

    Normalised, each is divided by its largest value within what is shown first. ``most`` is the number of
    points of all curves together.
    """
    opened = opened_of([one.curve for one in ones], drawing)
    first = ones[0].curve
    series = [
        {
            "label": f"{one.letter} {one.name}",
            "short": one.letter,
            "kind": "line",
            "colour": f"s{place % LINE_COLOURS + 1}",
            "dash": place // LINE_COLOURS,
            "x": plain(x),
            "y": plain(y),
        }
        for place, one in enumerate(ones)
        for heights in [lifted(one.curve, place, scale, drawing, opened)]
        for x, y in [_thinned(one.curve.x, heights, most // len(ones))]
    ]
    return {
        "title": title,
        "x": {
            "label": first.x_label,
            "unit": first.x_unit,
            **({"falls": True} if falls(first.x_label) else {}),
        },
        "y": {
            **_ordinate([one.curve for one in ones], scale),
            "scale": "log" if drawing.log else "linear",
        },
        "series": series,
        **({"open": list(opened)} if opened else {}),
    }


def _ordinate(curves: Sequence[DrawnCurve], scale: Scale) -> dict[str, Any]:
    """Return label and unit of the ordinate; heights that were moved get no numbers.

    As measured, the caller gives curves of one ordinate; those of several may be compared normalised.
    """
    if scale is Scale.MEASURED:
        return {"label": curves[0].y_label, "unit": curves[0].y_unit}
    labels = " or ".join(dict.fromkeys(one.y_label for one in curves))
    if scale is Scale.NORMALISED:
        return {"label": f"{labels}, normalised", "unit": ""}
    return {"label": f"{labels}, normalised, staggered", "unit": "", "bare": True}


def lifted(
    curve: DrawnCurve, place: int, scale: Scale, drawing: Drawing, opened: Range | None
) -> Floats:
    """Return the heights of a curve as they are drawn, shape (n,); ``place`` counts from the top."""
    if scale is Scale.MEASURED:
        return curve.y
    y = curve.y / (_largest(curve, opened) or 1.0)
    if scale is Scale.NORMALISED:
        return y
    return y * 10 ** (-STEP_DECADES * place) if drawing.log else y - STEP * place


def _largest(curve: DrawnCurve, opened: Range | None) -> float:
    """Return the largest value within what is shown; 0 where none is above 0."""
    shown = curve.within(opened).y
    known = shown[np.isfinite(shown)]
    return max(float(known.max()), 0.0) if known.size else 0.0


def opened_of(curves: Sequence[DrawnCurve], drawing: Drawing) -> Range | None:
    """Return the stretch of the axis where any of the curves has something; None for all of it."""
    if drawing.log:
        return _until_faint(curves)
    return _bright(curves) if drawing.dark_around else None


def _until_faint(curves: Sequence[DrawnCurve]) -> Range | None:
    ends = []
    for one in curves:
        bright = np.flatnonzero(np.nan_to_num(one.y) > FAINT * np.nanmax(one.y))
        ends.append(float(one.x[min(bright[-1] + 1, one.x.size - 1)]) if bright.size else np.nan)
    low, high = min(float(np.nanmin(one.x)) for one in curves), np.nanmax(ends)
    return (low, float(high)) if np.isfinite(high) and low < high else None


def _bright(curves: Sequence[DrawnCurve]) -> Range:
    places = [c.x[np.nan_to_num(c.y) > DIM * np.nanmax(c.y)] for c in curves]
    bright = np.concatenate([place for place in places if place.size] or [curves[0].x])
    low, high = float(np.nanmin(bright)), float(np.nanmax(bright))
    room = 0.15 * (high - low)
    return low - room, high + room


def _thinned(x: Floats, y: Floats, most: int) -> tuple[Floats, Floats]:
    keep = kept_places([y], x.size, most)
    return (x, y) if keep is None else (x[keep], y[keep])
