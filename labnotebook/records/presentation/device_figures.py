"""Figures of devices: J-V-L, efficiency against current, every pixel of the sister devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .axes import Axis, Values
from .figure import Curve, Figure, curve_key, phase_mark
from .plots import Plot, Point

LATE = 0.6  # of the axis: words right of a later line would leave the drawing
NAMED = 5
DEAD = ("shorted", "open", "leaky")
CROSSES = 0.12  # of the axis for all crosses of a row, so that many do not read as efficiencies
STRIPS = (
    ("rows one", 1),
    ("rows low", 4),
    ("rows", 8),
    ("rows tall", 14),
)  # height of a strip, and up to how many rows


class Sweep(NamedTuple):
    """One sweep of a pixel: voltage (V), current density (mA cm⁻²) and luminance (cd m⁻²), point by point."""

    voltage_v: Values
    current_density_ma_cm2: Values
    luminance_cd_m2: Values


def jvl(
    voltage_v: Values,
    current_density_ma_cm2: Values,
    luminance_cd_m2: Values,
    sentence: str,
    *,
    turn_on_v: float | None = None,
    others: Sequence[Sweep] = (),
    size: str = "",
) -> Figure:
    """Draw current density and luminance against voltage on one log axis, in their own units.

    others: sweeps of other pixels, drawn thin on the same axes.
    """
    sweeps = [*others, Sweep(voltage_v, current_density_ma_cm2, luminance_cd_m2)]
    currents = [np.abs(np.asarray(one.current_density_ma_cm2, dtype=float)) for one in sweeps]
    lights = [np.asarray(one.luminance_cd_m2, dtype=float) for one in sweeps]
    x = Axis.over([one.voltage_v for one in sweeps], "Voltage", "V", tight=True, wanted=8)
    y = Axis.over([*currents, *lights], "L / cd m⁻², J / mA cm⁻²", log=True)
    plot = Plot(x, y, sentence, size=size)
    for one, current, light in zip(sweeps, currents, lights, strict=True):
        thin = "" if one is sweeps[-1] else " thin"
        plot.line(one.voltage_v, current, f"s3{thin}")
        plot.line(one.voltage_v, np.where(light > 0, light, np.nan), thin.strip())
    if turn_on_v is not None:
        _turn_on(plot, turn_on_v)
    return Figure([plot], key=curve_key(("s1", "L, luminance"), ("s3", "J, current density")))


def _turn_on(plot: Plot, turn_on_v: float) -> None:
    """Mark where light begins; the words stand at the foot, where there is nothing to the right of it."""
    plot.vertical(turn_on_v)
    if plot.x.holds(turn_on_v):
        late = plot.x.at(turn_on_v) > LATE
        style, dx = ("hl xe", -6) if late else ("hl", 6)
        plot.note(turn_on_v, plot.y.low, f"turn-on {turn_on_v:.1f} V", style, dx=dx, dy=-8)


def eqe_j(curves: Sequence[Curve], sentence: str, *, size: str = "") -> Figure:
    """Draw external quantum efficiency (%) against current density (mA cm⁻², log) pixel by pixel.

    Of more than `NAMED` curves only the strong one carries its name: others would lie on each other.
    """
    named = len(curves) <= NAMED
    x = Axis.over([curve.x for curve in curves], "Current density", "mA cm⁻²", log=True)
    y = Axis.over([curve.y for curve in curves], "EQE", "%", zero=True)
    plot = Plot(x, y, sentence, size=size)
    for index, curve in enumerate(curves):
        plot.line(curve.x, curve.y, "" if curve.strong else "thin")
        values = np.asarray(curve.y, dtype=float)
        known = np.flatnonzero(np.isfinite(values))
        if not known.size:
            continue
        if curve.strong:
            best = int(np.nanargmax(values))
            plot.note(float(curve.x[best]), float(values[best]), curve.label, "hl xm", dy=-7)
            continue
        if not named:
            continue
        # The others carry their names at alternate ends, where the curves lie apart.
        end = int(known[0] if index % 2 else known[-1])
        style, dx = ("xe", -6) if index % 2 else ("", 6)
        plot.note(float(curve.x[end]), float(values[end]), curve.label, style, dx=dx, dy=4)
    return Figure([plot])


class Pixel(NamedTuple):
    """One pixel of a strip: its label, its peak EQE (None when it has none) and its state."""

    label: str
    eqe_percent: float | None
    state: str = "working"


def pixel_strip(devices: Sequence[tuple[str, Sequence[Pixel]]], sentence: str) -> Figure:
    """Draw one dot a pixel, one row a device, the first device strong.

    Pixels that do not work stay in sight as crosses at the left; what was not measured is not drawn.
    """
    known = [p.eqe_percent for _, pixels in devices for p in pixels if p.eqe_percent is not None]
    x = Axis.over([known or [0.0, 1.0]], "Peak EQE", "%", zero=True, wanted=6)
    y = Axis(0, max(len(devices), 1), "rows")
    size = next((name for name, rows in STRIPS if len(devices) <= rows), STRIPS[-1][0])
    plot = Plot(x, y, sentence, size=size, bare=True)
    for index, (code, pixels) in enumerate(devices):
        row = len(devices) - index - 0.5
        plot.row_label(row, code, strong=index == 0)
        dead = [p for p in pixels if p.state in DEAD]
        alive = [p.eqe_percent for p in pixels if p not in dead and p.eqe_percent is not None]
        plot.dots(alive, [row] * len(alive), "dot1" if index == 0 else "dot3")
        step = (x.high - x.low) * min(0.03, CROSSES / max(len(dead), 1))
        plot.points(
            Point(x.low + step * (k + 1), row, "failed", f"{code} {p.label}, {p.state}")
            for k, p in enumerate(dead)
        )
    return Figure([plot], key=(phase_mark("failed", "shorted, open or leaky"),))
