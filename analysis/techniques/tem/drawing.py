"""The drawing of particle sizes: the histogram with its log-normal, and what was outlined on an image."""

from __future__ import annotations

from analysis.drawing import Drawing, Drawn, Stored, numbers, spectrum
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key
from labnotebook.records.presentation.outlines import Outlines
from labnotebook.records.presentation.plots import Plot


def sizes(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the histogram; what was read where nothing was found."""
    steps, fit = drawn.curve("histogram"), drawn.curve("fit")
    if steps is None or fit is None:
        return spectrum(drawn, drawing)
    edges, heights = numbers(steps["x"])[::2], numbers(steps["y"])[1:-1:2]
    x = Axis.over([edges], "Size", "nm", tight=True)
    fitted = numbers(fit["y"])
    plot = Plot(x, Axis.over([heights, fitted], "Particles", zero=True), drawn.sentence)
    plot.bars(edges, heights).line(numbers(fit["x"]), fitted, "fit")
    outlines = None if small else _outlines(drawn)
    return Figure([plot, *([outlines] if outlines else [])], key=curve_key(("fit", "log-normal")))


def _outlines(drawn: Drawn) -> Outlines | None:
    """The outlines that were counted, as they lie on the image."""
    rings, field = drawn.curve("outlines"), (drawn.result.get("detail") or {}).get("field_nm")
    if rings is None or not field:
        return None
    sentence = f"The outlines that were counted, on a field of {field[0]:.3g} by {field[1]:.3g} nm."
    return Outlines(numbers(rings["x"]), numbers(rings["y"]), field[0], field[1], sentence)


def histogram(drawn: Drawn) -> list[Stored]:
    """Return the histogram as steps for the chart that zooms; the columns where there is none."""
    steps = drawn.curve("histogram")
    if steps is None:
        return drawn.channels
    size = {"name": "size", "unit": "nm", "label": "Size", "values": steps["x"]}
    count = {"name": "particles", "unit": "", "label": "Particles", "values": steps["y"]}
    return [size, count]
