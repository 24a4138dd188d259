"""The J-V of a solar cell: open-circuit voltage, short-circuit current density, fill factor, efficiency.

A sweep without luminance whose current flows against the voltage between 0 V and a higher one: the device gives
power. FF = P_max/(V_oc·J_sc), PCE = P_max/irradiance (IEC 60904-1). A dark sweep of an LED gives none, and is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Figure, NoResult, Result
from analysis.techniques.jvl.calibration import IRRADIANCE, LEVEL, Meters, meters_of
from analysis.techniques.jvl.columns import VOLTS, Floats, density_of, factor_of
from analysis.techniques.jvl.peak import LEAST_SCATTER
from analysis.techniques.jvl.sweep import LEAST_POINTS
from analysis.techniques.shared.calibration import Known, known
from analysis.techniques.shared.readers.sweeps import sweeps
from analysis.techniques.shared.rounding import rounded_figure

ONE_SUN_MW_CM2 = 100.0  # AM1.5G (IEC 60904-3)
LEAST_MW_CM2 = 1e-4  # of power: a millionth of a sun is what a meter's offset gives in the dark
LEAST_GIVING = 3  # points that give power
MOST_RISE = 1.05  # of the current at 0 V: what its noise makes of a current that falls
NEAR_TOP = 2  # points to either side of the highest power
ONE_SIDE = 0.01  # of the highest power, where it stands at an end of the sweep
MOST_SUNS = 5.0  # a bare number beside "irradiance" up to this counts suns; above it nobody knows


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a sweep in rising voltage (V); the current (mA/cm²) counts positive where the cell gives power."""

    voltage_v: Floats
    current_ma_cm2: Floats
    direction: str  # up | down


@dataclass(frozen=True, slots=True)
class Cell:
    """The ways of a sweep that gives power, the measured order first, and what its file says of the light."""

    ways: tuple[Way, ...]
    said_mw_cm2: float | None
    meters: Meters
    light: Known


@dataclass(frozen=True, slots=True)
class Point:
    """A number and its standard uncertainty without that of area and light."""

    value: float
    u: float


def cell_of(reading: Reading, area_mm2: float | None) -> Cell | None:
    """Return the sweep of a solar cell; None of a file with luminance, or of a device that gives no power."""
    voltage = reading.channel("voltage")
    if voltage is None or reading.channel("luminance") is not None:
        return None
    density, _area = density_of(reading, area_mm2)
    if density is None:
        return None
    volts = voltage.values * factor_of(voltage, VOLTS)
    usable = np.isfinite(volts) & np.isfinite(density)
    ways = _ways(volts[usable], density[usable])
    if not ways or not _gives(ways[0]):
        return None
    return Cell(ways, _said(reading), meters_of(reading), known(reading, IRRADIANCE))


def _ways(volts: Floats, density: Floats) -> tuple[Way, ...]:
    """Part the rows where the voltage turns; the current turned so that it is positive at 0 V."""
    found = []
    for part in sweeps(volts) if volts.size else []:
        rows = slice(part["start"], part["stop"])
        v, order = volts[rows], np.argsort(volts[rows], kind="stable")
        if v.size < LEAST_POINTS:
            continue
        found.append(Way(v[order], density[rows][order], part["direction"]))
    if not found:
        return ()
    at_zero = float(np.interp(0.0, found[0].voltage_v, found[0].current_ma_cm2))
    sign = 1.0 if at_zero > 0 else -1.0
    return tuple(Way(way.voltage_v, sign * way.current_ma_cm2, way.direction) for way in found)


def _gives(way: Way) -> bool:
    """Whether several points in a row above 0 V give more power than a meter makes up in the dark.

    The current of a cell falls with the voltage; one that rises is driven by it.
    """
    v, j = way.voltage_v, way.current_ma_cm2
    giving = (v > 0) & (v * j > LEAST_MW_CM2)
    if not giving.any() or np.median(j[giving]) > MOST_RISE * np.interp(0.0, v, j):
        return False
    runs = np.split(giving, np.flatnonzero(np.diff(giving)) + 1)
    return any(run[0] and run.size >= LEAST_GIVING for run in runs)


def _both_give(cell: Cell) -> bool:
    return len(cell.ways) > 1 and _gives(cell.ways[1]) and bool(cell.ways[1].current_ma_cm2[-1] < 0)


def _said(reading: Reading) -> float | None:
    """Irradiance (mW/cm²) that the head of the file names."""
    header: dict[str, Any] = reading.metadata.get("header") or {}
    for key, value in header.items():
        number = re.match(r"\s*(\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)", str(value))
        found = float(number[1].replace(",", ".")) if number else 0.0
        if found <= 0 or not re.search(r"irradiance|intensity|\bsuns?\b", key, re.IGNORECASE):
            continue
        if re.search(r"mW\s*/\s*cm", f"{key} {value}"):
            return found
        if "intensity" not in key.lower() and found <= MOST_SUNS:
            return found * ONE_SUN_MW_CM2
    return None


def result_of(cell: Cell, given_mw_cm2: float | None) -> Result:
    """Figures of a cell; raises `NoResult` for a sweep that misses 0 V or ends before the current turns."""
    irradiance = given_mw_cm2 or cell.said_mw_cm2 or ONE_SUN_MW_CM2
    figures = _figures(cell, cell.ways[0], irradiance)
    warnings = []
    if not (given_mw_cm2 or cell.said_mw_cm2):
        warnings.append(
            f"The file does not say the irradiance: {ONE_SUN_MW_CM2:g} mW/cm² (one sun) is assumed. The efficiency is"
            " as wrong as that is."
        )
    back = _figures(cell, cell.ways[1], irradiance) if _both_give(cell) else ()
    detail = {
        "device": "solar cell",
        "irradiance_mw_cm2": irradiance,
        "scan_direction": cell.ways[0].direction,
        "other_direction": {one.quantity: one.value for one in back} or None,
    }
    said = [rounded_figure(figure) for figure in figures[:4]]
    return Result(
        figures=figures,
        summary=f"A solar cell: V_oc {said[0]}, J_sc {said[1]}, fill factor {said[2]}, efficiency {said[3]}.",
        warnings=tuple(warnings),
        detail=detail,
    )


def _figures(cell: Cell, way: Way, irradiance: float) -> tuple[Figure, ...]:
    v, j = way.voltage_v, way.current_ma_cm2
    if v[0] > 0 and v[0] > np.median(np.diff(v)):
        raise NoResult(
            f"The sweep starts at {v[0]:.3g} V: the short-circuit current is read at 0 V. Begin there, or below."
        )
    open_v, short = _open_circuit(v, j), _at(v, j, 0.0)
    top, at_v = _highest_power(v, j)
    area, light = cell.meters.area_u, cell.light.u / 100
    fill = top.value / (open_v.value * short.value)
    of_fill = float(
        np.hypot(np.hypot(open_v.u / open_v.value, short.u / short.value), top.u / top.value)
    )
    pce = top.value / irradiance
    of_pce = float(np.sqrt((top.u / top.value) ** 2 + area**2 + light**2))
    both = f"scatter of the points, {cell.meters.of_area}"
    return (
        Figure("v_oc_v", open_v.value, open_v.u, "V", f"Open-circuit voltage, sweep {way.direction}",
               note="line between the two points about zero current", level=LEVEL),
        Figure("j_sc_ma_cm2", short.value, float(np.hypot(short.u, area * short.value)), "mA/cm²",
               "Short-circuit current density", note=both, level=LEVEL),
        Figure("fill_factor_percent", 100 * fill, 100 * fill * of_fill, "%", "Fill factor",
               note="scatter of the points; the area cancels", level=LEVEL),
        Figure("pce_percent", 100 * pce, 100 * pce * of_pce, "%",
               f"Power conversion efficiency at {irradiance:g} mW/cm²",
               note=f"{both}, {cell.light.said}", level=LEVEL),
        Figure("v_mpp_v", at_v, float(np.median(np.diff(v))) / float(np.sqrt(12)), "V",
               "Voltage of the highest power", note="step of the sweep over √12", level=LEVEL),
    )  # fmt: skip


def _open_circuit(v: Floats, j: Floats) -> Point:
    """Voltage at which the current vanishes for good, by the line between two points."""
    giving = np.flatnonzero((v > 0) & (j > 0))
    k = int(giving[-1])
    if k + 1 >= v.size:
        raise NoResult(
            f"The sweep ends at {v[-1]:.3g} V where the cell still gives {j[-1]:.3g} mA/cm²: the open-circuit voltage"
            " lies beyond. Sweep further."
        )
    fall = float(j[k] - j[k + 1])
    step = float(v[k + 1] - v[k])
    return Point(float(v[k] + j[k] / fall * step), _bend(j, k) / fall * step)


def _at(x: Floats, y: Floats, place: float) -> Point:
    """Value at a place by the line between two points; of the nearest where the place lies just outside."""
    k = int(np.clip(np.searchsorted(x, place, side="right") - 1, 0, x.size - 2))
    return Point(float(np.interp(place, x, y)), _bend(y, k))


def _bend(y: Floats, k: int) -> float:
    """What a line between points k and k + 1 may be off, by the second differences there: bend or scatter.

    The largest error of the line is an eighth of the second difference; a scatter of one point, 1/√6 of it.
    """
    first = int(np.clip(k - 1, 0, y.size - 4))
    return float(np.sqrt(np.mean(np.diff(y[first : first + 4], 2) ** 2) / 6))


def _highest_power(v: Floats, j: Floats) -> tuple[Point, float]:
    """Top (mW/cm²) of a parabola through the points next to the highest power, and its voltage."""
    power = np.where(v > 0, v * j, -np.inf)
    k = int(np.argmax(power))
    rows = slice(max(k - NEAR_TOP, 0), min(k + NEAR_TOP + 1, v.size))
    x, y = v[rows] - v[k], (v * j)[rows]
    if x.size < LEAST_POINTS:
        return Point(float(power[k]), ONE_SIDE * float(power[k])), float(v[k])
    coefficients = np.polyfit(x, y, 2)
    scatter = float(np.std(y - np.polyval(coefficients, x)))
    fine = np.linspace(x[0], x[-1], 401)
    curve = np.polyval(coefficients, fine)
    top = float(np.max(curve))
    u = float(np.sqrt((top - power[k]) ** 2 + scatter**2 + (LEAST_SCATTER * top) ** 2))
    return Point(top, u), float(v[k] + fine[int(np.argmax(curve))])
