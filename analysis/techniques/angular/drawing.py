"""The drawing of a pattern: intensity against angle beside that of a Lambertian emitter."""

from __future__ import annotations

from analysis.drawing import Drawing, Drawn, Stored, numbers, spectrum
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key
from labnotebook.records.presentation.plots import Plot


def pattern(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the mean of both sides and cos θ; what was read where nothing was found."""
    found, lambert = drawn.curve("pattern"), drawn.curve("Lambertian")
    if found is None or lambert is None:
        return spectrum(drawn, drawing, small=small)
    x = numbers(found["x"])
    plot = Plot(
        Axis.over([[0.0, 90.0]], "Angle from the normal", "°", tight=True),
        Axis.over([numbers(found["y"]), [0.0, 1.0]], "Intensity over that ahead", zero=True),
        drawn.sentence,
    )
    plot.line(numbers(lambert["x"]), numbers(lambert["y"]), "s3 dash")
    plot.line(x, numbers(found["y"]))
    return Figure([plot], key=curve_key(("s1", "measured"), ("s3 dash", "Lambertian")))


def columns(drawn: Drawn) -> list[Stored]:
    """Return the angle and the intensity over that ahead, the mean of both sides; the file's where nothing was found."""
    found = drawn.curve("pattern")
    if found is None:
        return drawn.channels
    return [
        {"name": "angle", "unit": "deg", "label": "", "values": found["x"]},
        {"name": "intensity", "unit": "", "label": "", "values": found["y"]},
    ]
