"""What a sweep says beside its light: the leak below the turn-on, and the way back against the way out."""

from __future__ import annotations

import numpy as np

from analysis.result import Figure
from analysis.techniques.jvl.calibration import LEVEL, Meters
from analysis.techniques.jvl.columns import Floats
from analysis.techniques.jvl.sweep import Sweep, TurnOn

LEAK_AT_V = 1.0  # below any injection into a light-emitting pixel
LIT_CD_M2 = 1.0
LEAST_COMMON = 5  # points of both ways at the same voltages


def leakage(sweep: Sweep, on: TurnOn | str, meters: Meters) -> list[Figure]:
    """Size of the current density at 1 V; nothing where the sweep misses 1 V or light has come by then."""
    v, density = sweep.voltage_v, sweep.current_density_ma_cm2
    if density is None or v.size < LEAST_COMMON or not v[0] <= LEAK_AT_V <= v[-1]:
        return []
    lit = not isinstance(on, str) and on.voltage_v <= LEAK_AT_V
    if lit or np.interp(LEAK_AT_V, v, sweep.luminance_cd_m2) >= LIT_CD_M2:
        return []
    value = float(np.interp(LEAK_AT_V, v, np.abs(density)))
    near = np.argsort(np.abs(v - LEAK_AT_V), kind="stable")[:LEAST_COMMON]
    x, y = v[near] - LEAK_AT_V, np.abs(density[near])
    scatter = float(np.sqrt(np.sum((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2) / 3))
    return [
        Figure("leakage_ma_cm2", value, float(np.hypot(meters.area_u * value, scatter)), "mA/cm²",
               f"Leakage current density at {LEAK_AT_V:g} V", level=LEVEL,
               note=f"scatter of the nearest {LEAST_COMMON} points, {meters.of_area}")
    ]  # fmt: skip


def hysteresis(
    ways: tuple[Sweep, Sweep], turn_ons: tuple[TurnOn | str, TurnOn | str]
) -> list[Figure]:
    """The way back less the way out: of the turn-on in volts, of the area under J(V) in per cent."""
    figures = []
    first, second = turn_ons
    if not isinstance(first, str) and not isinstance(second, str):
        u = float(np.hypot(first.uncertainty_v, second.uncertainty_v))
        figures.append(
            Figure("turn_on_hysteresis_v", second.voltage_v - first.voltage_v, u, "V",
                   f"Hysteresis of the turn-on, {ways[1].direction} less {ways[0].direction}", level=LEVEL)
        )  # fmt: skip
    out, back = (way.current_density_ma_cm2 for way in ways)
    if out is not None and back is not None:
        figures.extend(_of_current(ways, out, back))
    return figures


def _of_current(ways: tuple[Sweep, Sweep], out: Floats, back: Floats) -> list[Figure]:
    v = ways[0].voltage_v
    if v.size == 0 or ways[1].voltage_v.size == 0:
        return []
    common = (v >= ways[1].voltage_v[0]) & (v <= ways[1].voltage_v[-1]) & (v > 0)
    if common.sum() < LEAST_COMMON:
        return []
    v, there = v[common], out[common]
    returned = np.interp(v, ways[1].voltage_v, back)
    area = float(np.trapezoid((there + returned) / 2, v))
    if area <= 0:
        return []
    apart = returned - there
    step = np.gradient(v)[1:-1]
    rough = np.abs(apart[:-2] - 2 * apart[1:-1] + apart[2:]) / np.sqrt(6)  # scatter of one point
    u = float(np.sqrt(np.sum((rough * step) ** 2)))
    return [
        Figure("current_hysteresis_percent", 100 * float(np.trapezoid(apart, v)) / area, 100 * u / area, "%",
               f"Hysteresis of the current, {ways[1].direction} less {ways[0].direction}", level=LEVEL,
               note=f"area between the two J(V) over their mean area, 0 to {v[-1]:.4g} V; the calibration cancels")
    ]  # fmt: skip
