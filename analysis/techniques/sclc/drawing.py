"""The drawing of a space-charge-limited current: log J against log V with the lines of its segments."""

from __future__ import annotations

from analysis.drawing import Drawing, Drawn, Stored, numbers, spectrum
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key
from labnotebook.records.presentation.plots import Plot

_LINES = (("below", "s2 dash"), ("steep", "fit"), ("above", "s3 dash"))


def double_log(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw J against V on two log axes; what was read where nothing was found."""
    density = drawn.curve("density")
    if density is None:
        return spectrum(drawn, drawing, small=small)
    volts, values = numbers(density["x"]), numbers(density["y"])
    plot = Plot(
        Axis.over([volts], "Voltage", "V", log=True),
        Axis.over([values], "Current density", "mA cm⁻²", log=True),
        drawn.sentence,
    )
    plot.line(volts, values, "raw thin")
    key = [("raw", "measured")]
    for name, style in _LINES:
        line = drawn.curve(name)
        if line is not None:
            plot.line(numbers(line["x"]), numbers(line["y"]), style)
            key.append((style, name))
    v_tfl = drawn.value("v_tfl_v")
    if v_tfl is not None and not small:
        plot.vertical(v_tfl, f"V_TFL {v_tfl:.3g} V")
    return Figure([plot], key=curve_key(*key))


def columns(drawn: Drawn) -> list[Stored]:
    """Return voltage and the current density that was analysed; the file's columns where there is none."""
    density = drawn.curve("density")
    if density is None:
        return drawn.channels
    return [
        {"name": "voltage", "unit": "V", "label": "", "values": density["x"]},
        {"name": "current_density", "unit": "mA/cm2", "label": "", "values": density["y"]},
    ]
