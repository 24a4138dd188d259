"""Figures of devices: J-V-L, efficiency against current, every pixel of the sister devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .axes import Axis, Values
from .figure import Curve, Figure, curve_key, phase_mark
from .plots import Plot, Point


def jvl(
    voltage_v: Values,
    current_density_ma_cm2: Values,
    luminance_cd_m2: Values,
    sentence: str,
    *,
    turn_on_v: float | None = None,
    size: str = "",
) -> Figure:
    """Draw current density and luminance against voltage on one log axis, in their own units."""
    x = Axis.over([voltage_v], "Voltage", "V", tight=True, wanted=8)
    current = np.abs(np.asarray(current_density_ma_cm2, dtype=float))
    y = Axis.over([current, luminance_cd_m2], "L / cd m⁻², J / mA cm⁻²", log=True)
    plot = Plot(x, y, sentence, size=size)
    light = np.asarray(luminance_cd_m2, dtype=float)
    plot.line(voltage_v, current, "s3").line(voltage_v, np.where(light > 0, light, np.nan))
    if turn_on_v is not None:
        plot.vertical(turn_on_v, f"turn-on {turn_on_v:.1f} V", before=True)
    return Figure([plot], key=curve_key(("s1", "L, luminance"), ("s3", "J, current density")))


def eqe_j(curves: Sequence[Curve], sentence: str, *, size: str = "") -> Figure:
    """Draw external quantum efficiency (%) against current density (mA cm⁻², log) pixel by pixel."""
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
    """Draw one dot a pixel, one row a device, the first device strong; shorted ones stay in sight."""
    known = [p.eqe_percent for _, pixels in devices for p in pixels if p.eqe_percent is not None]
    x = Axis.over([known or [0.0, 1.0]], "Peak EQE", "%", zero=True, wanted=6)
    y = Axis(0, max(len(devices), 1), "rows")
    plot = Plot(x, y, sentence, size="low", bare=True)
    for index, (code, pixels) in enumerate(devices):
        row = len(devices) - index - 0.5
        plot.row_label(row, code, strong=index == 0)
        alive = [
            p.eqe_percent for p in pixels if p.eqe_percent is not None and p.state == "working"
        ]
        plot.dots(alive, [row] * len(alive), "dot1" if index == 0 else "dot3")
        dead = [p for p in pixels if p.eqe_percent is None or p.state != "working"]
        step = (x.high - x.low) * 0.03
        plot.points(
            Point(x.low + step * (k + 1), row, "failed", f"{code} {p.label}, {p.state}")
            for k, p in enumerate(dead)
        )
    return Figure([plot], key=(phase_mark("failed", "not working"),))
