"""What cannot be in a sweep: columns that were swapped, a unit a thousand off, a detector wired the wrong way.

A sentence each, which says what was seen and what to look at. Nothing is turned round by itself.
"""

from __future__ import annotations

import numpy as np

from analysis.result import NoResult
from analysis.techniques.jvl.columns import Floats
from analysis.techniques.jvl.sweep import Sweep

LEAST_ROWS = 8
EVEN = 1e-3  # of the mean step: what was stepped, and not measured
MELTS_W_CM2 = 200.0  # more than a soldering iron: no pixel on glass stands it but in pulses
BRIGHTEST_CD_M2 = 1e7  # the brightest thin-film LEDs reach some 10⁶ to 10⁷
FLIPPED = 0.5  # of the rows: a current that changes its sign this often is no current


def refuse_no_sweep(ways: list[Sweep]) -> None:
    """Refuse rows in which nothing was swept; raises `NoResult`."""
    voltage = np.concatenate([way.voltage_v for way in ways])
    if np.ptp(voltage) <= 0:
        raise NoResult(
            f"The voltage stands at {voltage[0]:.4g} V in all {voltage.size} rows: this is no sweep. A trace over"
            " time is a measurement of the technique lifetime."
        )


def doubts_of(sweep: Sweep) -> list[str]:
    """Return what is odd about the columns of a sweep, as questions to who measured it."""
    found = [_swapped_voltage(sweep), _light_without_current(sweep), _turned_light(sweep)]
    found += [_all_zero(sweep), _too_hot(sweep), _too_bright(sweep)]
    return [sentence for sentence in found if sentence]


def _all_zero(sweep: Sweep) -> str:
    density = sweep.current_density_ma_cm2
    if density is None or density.any() or sweep.luminance_cd_m2.any():
        return ""
    return (
        f"Current and luminance are 0 in all {sweep.voltage_v.size} rows: an open pixel still shows the noise of its"
        " meter. Were both connected, and are these the right columns?"
    )


def _swapped_voltage(sweep: Sweep) -> str:
    """A voltage that was not stepped beside a column that was: of a driven current V bends down, never up."""
    v, density = sweep.voltage_v, sweep.current_density_ma_cm2
    if v.size < LEAST_ROWS or _is_even(v):
        return ""
    if _is_even(sweep.luminance_cd_m2):
        return (
            "The luminance rises in equal steps and the voltage does not: these two columns are swapped, as nobody"
            " steps the light. Say which column is what."
        )
    if density is not None and _is_even(density) and _bends_up(density, v):
        return (
            "The current rises in equal steps and the voltage faster and faster: these two columns look swapped. Of"
            " a pixel that is driven by its current the voltage rises slower and slower. Say which column is what."
        )
    return ""


def _is_even(column: Floats) -> bool:
    steps = np.abs(np.diff(np.sort(column)))
    steps = steps[steps > 0]
    if steps.size < LEAST_ROWS - 1:
        return False
    return bool(np.max(np.abs(steps - np.mean(steps))) <= EVEN * np.mean(steps) + 1e-12)


def _bends_up(x: Floats, y: Floats) -> bool:
    order = np.argsort(x)
    slopes = np.diff(y[order])
    half = slopes.size // 2
    return bool(np.mean(slopes[half:]) > 2 * abs(np.mean(slopes[:half])))


def _light_without_current(sweep: Sweep) -> str:
    """A luminance that climbs row by row where the current is noise about zero."""
    density, light = sweep.current_density_ma_cm2, sweep.luminance_cd_m2
    if density is None:
        return ""
    rows = np.flatnonzero((sweep.voltage_v > 0) & (light < 1.0))
    if rows.size < LEAST_ROWS:
        return ""
    rows = rows[: int(np.argmax(np.append(np.diff(rows) > 1, True))) + 1]
    if rows.size < LEAST_ROWS or np.min(light[rows]) <= 0:
        return ""
    flips = np.mean(np.diff(np.sign(density[rows])) != 0)
    climbs = np.mean(np.diff(light[rows]) > 0)
    if climbs < 0.9 or light[rows[-1]] < 3 * light[rows[0]] or flips < FLIPPED * 0.5:
        return ""
    low, high = sweep.voltage_v[rows[0]], sweep.voltage_v[rows[-1]]
    return (
        f"From {low:.3g} to {high:.3g} V the luminance climbs row by row where the current is noise about zero: there is"
        " no light without a current. Are the columns of current and luminance swapped?"
    )


def _turned_light(sweep: Sweep) -> str:
    low, high = float(np.min(sweep.luminance_cd_m2)), float(np.max(sweep.luminance_cd_m2))
    if low > -10.0 or -low <= high:
        return ""
    return (
        f"The luminance goes down to {low:.4g} cd/m²: the detector is wired the wrong way, or this column is its"
        " current. Export it as a luminance."
    )


def _too_hot(sweep: Sweep) -> str:
    if sweep.current_density_ma_cm2 is None:
        return ""
    power = float(np.max(sweep.voltage_v * sweep.current_density_ma_cm2, initial=0.0)) / 1e3
    if power < MELTS_W_CM2:
        return ""
    return (
        f"{power:.3g} W/cm² would destroy a pixel that is not pulsed: is the current in mA and not in A, and the"
        " emitting area right?"
    )


def _too_bright(sweep: Sweep) -> str:
    top = float(np.max(sweep.luminance_cd_m2, initial=0.0))
    if top < BRIGHTEST_CD_M2:
        return ""
    return (
        f"{top:.3g} cd/m² is brighter than any thin-film LED: is the column in cd/m² and not in cd/cm², which is"
        " 10 000 times as much?"
    )
