"""How far an efficiency holds: the current density at which half of its top is left, and the power at the end."""

from __future__ import annotations

import numpy as np

from analysis.result import Figure
from analysis.techniques.jvl.calibration import LEVEL, Meters
from analysis.techniques.jvl.columns import Floats
from analysis.techniques.jvl.efficiency import CE, EQE, Efficiencies
from analysis.techniques.jvl.sweep import Sweep

HALF = 0.5
LEAST_SCATTER = 0.01  # of a point: no luminance meter repeats much better over a sweep
NEAR = (0.3, 0.75)  # of the top: the points that tell where half of it is left
LEAST_FITTED = 4
LASTING = 2  # points below half before it counts


def roll_off(
    sweep: Sweep, found: Efficiencies, floor_cd_m2: float, meters: Meters
) -> tuple[list[Figure], str]:
    """Return the current density (mA/cm²) at half the top EQE, or a sentence that says how far it holds.

    Of an EQE that comes from the luminance it is that of the current efficiency, as both have one shape.
    """
    name = EQE if EQE in found.tops and not found.eqe_from_light else CE
    top, density = found.tops.get(name), sweep.current_density_ma_cm2
    column = sweep.eqe_percent if name == EQE else sweep.current_efficiency_cd_a
    if top is None or density is None or column is None:
        return [], ""
    usable = np.isfinite(column) & (density > 0) & (sweep.luminance_cd_m2 >= floor_cd_m2)
    usable &= sweep.voltage_v >= top.voltage_v
    j, share = density[usable], column[usable] / top.value
    if j.size < 2:
        return [], ""
    at = _crossing(share)
    if at is None:
        return [], (
            f"Half of the top is not reached: at {np.max(j):.3g} mA/cm², the end of the sweep, {share[-1]:.0%} of it"
            " is left."
        )
    of_top = (top.uncertainty or 0.05 * top.value) / top.value
    value, along = _where_half(np.log(j), np.log(np.maximum(share, 1e-6)), at, of_top)
    u = value * float(np.hypot(along, meters.area_u))
    label = f"Current density at half the top {'EQE' if EQE in found.tops else 'efficiency'}"
    note = f"line through the points near it, in logarithms; {meters.of_area}"
    return [Figure("roll_off_ma_cm2", value, u, "mA/cm²", label, note=note, level=LEVEL)], ""


def _crossing(share: Floats) -> int | None:
    """Return the first of the points that stay below half; None where they do not."""
    below = share < HALF
    for k in range(1, share.size):
        if below[k : k + LASTING].all() and not below[k - 1]:
            return k
    return None


def _where_half(log_j: Floats, log_share: Floats, at: int, of_top: float) -> tuple[float, float]:
    """Return the current density at half the top and its relative u: scatter, bend of the curve, height of the top.

    A line through the points between NEAR of the top, at least four; a parabola through them says how far it bends.
    """
    near = np.flatnonzero((log_share > np.log(NEAR[0])) & (log_share < np.log(NEAR[1])))
    if near.size < LEAST_FITTED:
        first = int(np.clip(at - LEAST_FITTED // 2, 0, max(log_j.size - LEAST_FITTED, 0)))
        near = np.arange(first, min(first + LEAST_FITTED, log_j.size))
    half, middle = np.log(HALF), float(np.mean(log_j[near]))
    x, y = log_j[near] - middle, log_share[near]
    found = []
    for powers in (2, 3) if near.size > LEAST_FITTED + 1 else (2,):
        matrix = np.vander(x, powers)
        inverse = np.linalg.pinv(matrix.T @ matrix)
        coefficients = inverse @ (matrix.T @ y)
        left = y - matrix @ coefficients
        scatter = float(np.sqrt(left @ left / max(x.size - powers, 1)))
        fine = np.linspace(x[0], x[-1], 801)
        curve = np.polyval(coefficients, fine)
        k = int(np.argmin(np.abs(curve - half)))
        slope = abs(float(np.polyval(np.polyder(coefficients), fine[k])))
        row = np.vander(fine[k : k + 1], powers)[0]
        spread = max(scatter, LEAST_SCATTER) * float(np.sqrt(max(row @ inverse @ row, 0.0)))
        found.append((float(fine[k]), float(np.hypot(spread, of_top)) / max(slope, 1e-3)))
    place, u = found[-1]
    bend = abs(found[-1][0] - found[0][0]) / 2
    return float(np.exp(place + middle)), float(np.hypot(u, bend))


def power_density(sweep: Sweep, meters: Meters) -> list[Figure]:
    """Return the most electrical power that the pixel took, V·J in W/cm²: what heats it."""
    density = sweep.current_density_ma_cm2
    if density is None or not density.size:
        return []
    power = sweep.voltage_v * density / 1e3
    k = int(np.argmax(power))
    if power[k] <= 0:
        return []
    label = f"Highest power density, at {sweep.voltage_v[k]:.4g} V"
    u = float(meters.area_u * power[k])
    return [
        Figure(
            "power_density_w_cm2",
            float(power[k]),
            u,
            "W/cm²",
            label,
            note=meters.of_area,
            level=LEVEL,
        )
    ]
