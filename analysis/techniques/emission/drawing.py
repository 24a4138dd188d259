"""The drawing of EL spectra at several biases: peak and width against bias; else the spectrum with its fit."""

from __future__ import annotations

from analysis.drawing import Drawing, Drawn, numbers, spectrum
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.plots import Plot, Point

_SHOWN = (
    ("peak against bias", "EL peak", "peak_u_nm"),
    ("width against bias", "Full width at half maximum", "fwhm_u_nm"),
)


def bands(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw what the method found."""
    if drawn.curve("peak against bias") is None:
        return spectrum(drawn, drawing, small=small)
    rows = (drawn.result.get("detail") or {}).get("at_bias") or []
    plots = [] if small else list(spectrum(drawn, drawing, small=small).plots)
    for name, label, of_u in _SHOWN[:1] if small else _SHOWN:
        curve = drawn.curve(name)
        if curve is None:
            continue
        x, y = numbers(curve["x"]), numbers(curve["y"])
        u = [row[of_u] for row in rows]
        axis = Axis.over([y - u, y + u], label, "nm")
        plot = Plot(Axis.over([x], "Bias", "V"), axis, drawn.sentence)
        plot.beside = label
        plot.points(
            Point(a, b, group="g1", title=f"{a:g} V: {b:.2f} nm", low=b - c, high=b + c)
            for a, b, c in zip(x.tolist(), y.tolist(), u, strict=True)
        )
        plots.append(plot)
    return Figure(plots)
