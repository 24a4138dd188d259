"""The drawing of a decay."""

from __future__ import annotations

import numpy as np

from analysis.drawing import Drawing, Drawn, Range, numbers, roomy
from labnotebook.records.presentation import figures
from labnotebook.records.presentation.figure import Figure

FAINT = 1e-3  # of the fit's height above its background: where so little is left, the decay is over


def decay(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the counts on a log axis, and the fit."""
    curve = drawn.measured
    assert curve is not None
    curve = curve.within(drawing.opened(drawn))
    return figures.decay(
        curve.x,
        curve.y,
        drawn.sentence,
        fit=drawn.along(curve.x, "fit"),
        x_unit=curve.x_unit,
    )


def until_it_is_over(drawn: Drawn) -> Range | None:
    """Return the stretch from before the pulse until the fitted decay has gone into its background."""
    curve, fit = drawn.measured, drawn.curve("fit")
    if curve is None or fit is None:
        return None
    x, y = numbers(fit["x"]), numbers(fit["y"])
    floor = drawn.along(x, "background")
    above = y - (np.zeros_like(y) if floor is None else np.nan_to_num(floor))
    alive = np.flatnonzero(above > FAINT * np.nanmax(above))
    return roomy(float(x[0]), float(x[alive[-1]]), curve.x) if alive.size else None
