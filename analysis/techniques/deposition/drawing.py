"""The drawing of a deposition: rate and thickness against time, one above the other on one time axis."""

from __future__ import annotations

from analysis.drawing import Drawing, Drawn, Stored, spectrum
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.plots import Plot


def rate_and_thickness(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw what the log has of the two; of a small figure the first alone."""
    by_name = drawn.by_name
    time = by_name.get("time")
    if time is None:
        return spectrum(drawn, drawing, small=small)
    detail = drawn.result.get("detail") or {}
    plots: list[Plot] = []
    for name, label, unit in (("rate", "Rate", "nm s⁻¹"), ("thickness", "Thickness", "nm")):
        values = by_name.get(name)
        if values is None:
            continue
        x = Axis.over([time], "Time", "s", tight=True)
        plot = Plot(x, Axis.over([values], label, unit, zero=True), drawn.sentence)
        plot.line(time, values)
        if plots:
            plot.beside = label
        for at in (detail.get("begins_s"), detail.get("ends_s")):
            if at is not None and not small:
                plot.vertical(at)
        plots.append(plot)
    return Figure(plots[:1] if small else plots)


def columns(drawn: Drawn) -> list[Stored]:
    """Return the time and the first of rate and thickness: the other has another ordinate."""
    return drawn.channels[:2]
