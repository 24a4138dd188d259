"""The dark J-V of a single-carrier device made ready: current density, one polarity, the ways there and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Channel, Reading
from analysis.result import NoResult

Floats = NDArray[np.float64]

LEAST_POINTS = 12
MOST_POINTS = 2000  # of a way: every second, third... of longer ones is read
LIT_CD_M2 = 10.0
# A film on glass of some mm² is destroyed well below 10 A/cm² of direct current.
MOST_MA_CM2 = 1e4
FLAT = 3  # equal currents at the top: the compliance of the source


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a sweep in rising voltage: V and mA/cm², both above 0, shape (n,)."""

    volts: Floats
    density: Floats
    direction: str  # up | down


@dataclass(frozen=True, slots=True)
class Dark:
    """The ways of a sweep, the measured order first, and what was found amiss."""

    ways: tuple[Way, ...]
    warnings: tuple[str, ...]


def dark_of(reading: Reading, area_mm2: float | None, v_bi_v: float) -> Dark:
    """Return the ways of a dark sweep, the built-in voltage taken off.

    Raises `NoResult` for a device that emits, a current that none survives, or too few points.
    """
    voltage = reading.channel("voltage")
    if voltage is None or len(reading.channels) < 2:
        raise NoResult("This file has no voltage column beside a current: SCLC needs J against V.")
    density = _density(reading, area_mm2)
    light = reading.channel("luminance")
    if light is not None and float(np.nanmax(light.values, initial=0.0)) > LIT_CD_M2:
        raise NoResult(
            f"The device emits up to {np.nanmax(light.values):.3g} cd/m²: both carriers flow, and the formulas of "
            "space-charge-limited current hold for one. Measure a hole-only or electron-only device."
        )
    known = np.isfinite(voltage.values) & np.isfinite(density)
    v, j = voltage.values[known], density[known]
    if v.size < LEAST_POINTS:
        raise NoResult(f"Only {v.size} usable points: at least {LEAST_POINTS} are needed.")
    if float(np.max(np.abs(j))) > MOST_MA_CM2:
        raise NoResult(
            f"The current density reaches {np.max(np.abs(j)):.3g} mA/cm²: no film of a few mm² survives more than "
            f"{MOST_MA_CM2:.0e} mA/cm². Check the unit of the current and the area."
        )
    sign = 1.0 if np.max(v) >= -np.min(v) else -1.0
    v, j = sign * v, sign * j
    if j[np.argmax(v)] < 0:
        j = -j
    warnings: list[str] = []
    ways = tuple(
        way
        for part, direction in _parts(v)
        if (way := _way(v[part] - v_bi_v, j[part], direction, warnings)) is not None
    )
    if not ways:
        raise NoResult(
            f"Fewer than {LEAST_POINTS} points have a voltage and a current above zero: SCLC is read on logarithms."
        )
    return Dark(ways, tuple(dict.fromkeys(warnings)))


def _density(reading: Reading, area_mm2: float | None) -> Floats:
    density, current = reading.channel("current_density"), reading.channel("current")
    if density is not None:
        _check_unit(density, "mA/cm2")
        return density.values
    if current is None:
        raise NoResult("This file has no current: SCLC needs J against V.")
    _check_unit(current, "A")
    area_cm2 = area_mm2 / 100 if area_mm2 else reading.metadata.get("area_cm2")
    if not area_cm2:
        raise NoResult(
            "The file gives the current, not its density: say the area of the pixel in mm²."
        )
    return np.asarray(1e3 * current.values / float(area_cm2))


def _check_unit(channel: Channel, wanted: str) -> None:
    if channel.unit != wanted:
        raise NoResult(
            f"The column “{channel.label or channel.name}” is in “{channel.unit}”, not in {wanted}: the unit decides "
            "the mobility."
        )


def _parts(v: Floats) -> list[tuple[slice, str]]:
    """Part a loop at its highest voltage."""
    top = int(np.argmax(v))
    if top in (0, v.size - 1):
        return [(slice(None), "up" if top else "down")]
    return [(slice(0, top + 1), "up"), (slice(top, v.size), "down")]


def _way(v: Floats, j: Floats, direction: str, warnings: list[str]) -> Way | None:
    above = (v > 0) & (j > 0)
    order = np.argsort(v[above], kind="stable")
    v, j = v[above][order], j[above][order]
    kept = np.concatenate([[True], np.diff(v) > 0]) if v.size else np.zeros(0, dtype=bool)
    v, j = v[kept], j[kept]
    if v.size < LEAST_POINTS:
        return None
    equal = np.flatnonzero(j >= j.max() * (1 - 1e-6))
    if equal.size >= FLAT:
        warnings.append(
            f"The current stands at {j.max():.4g} mA/cm² from {v[equal[0]]:.3g} V on: the compliance of the source. "
            "The points there were left out."
        )
        v, j = v[: equal[0]], j[: equal[0]]
    floor = _floor(j)
    if floor:
        warnings.append(
            f"The lowest {floor} points lie in the noise of the source and were left out."
        )
        v, j = v[floor:], j[floor:]
    step = -(-v.size // MOST_POINTS)
    return Way(v[::step], j[::step], direction) if v.size >= LEAST_POINTS else None


def _floor(j: Floats) -> int:
    """Return how many of the first points scatter by more than a factor of two around their neighbours."""
    jumps = np.abs(np.diff(np.log(j), 2)) / np.sqrt(6)
    wild = np.flatnonzero(jumps[: max(j.size // 2, 1)] > np.log(2) / 2)
    return int(wild[-1]) + 2 if wild.size >= 2 else 0
