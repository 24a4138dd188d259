"""The drawing of a decay."""

from analysis.drawing import Drawing, Drawn
from labnotebook.records.presentation import figures
from labnotebook.records.presentation.figure import Figure


def decay(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the counts on a log axis, and the fit."""
    curve = drawn.measured
    assert curve is not None
    return figures.decay(curve.x, curve.y, drawn.sentence, fit=drawn.along(curve.x, "fit"))
