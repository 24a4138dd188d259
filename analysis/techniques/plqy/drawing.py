"""The drawing of a sphere measurement: the three spectra in photons over wavelength, on a log axis."""

from __future__ import annotations

from analysis.drawing import Drawing, Drawn, numbers, spectrum
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key
from labnotebook.records.presentation.plots import Plot

_SPECTRA = (("empty", "s3 thin"), ("indirect", "s2 dash"), ("direct", "s1"))


def sphere(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw a, b and c; what was read where nothing was found."""
    curves = [(name, style, drawn.curve(name)) for name, style in _SPECTRA]
    known = [(name, style, curve) for name, style, curve in curves if curve is not None]
    if not known:
        return spectrum(drawn, drawing, small=small)
    x = Axis.over([numbers(curve["x"]) for _, _, curve in known], "Wavelength", "nm", tight=True)
    y = Axis.over([numbers(curve["y"]) for _, _, curve in known], "Photons", log=True)
    plot = Plot(x, y, drawn.sentence)
    for _, style, curve in known:
        plot.line(numbers(curve["x"]), numbers(curve["y"]), style)
    return Figure([plot], key=curve_key(*((style, name) for name, style, _ in known)))
