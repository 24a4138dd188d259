"""The columns of a sweep in volts, mA/cm² and cd/m², and the emitting area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Channel, Reading
from analysis.result import NoResult

Floats = NDArray[np.float64]

VOLTS = {"v": 1.0, "mv": 1e-3}
AMPERES = {"a": 1.0, "ma": 1e-3, "ua": 1e-6, "na": 1e-9}
MILLIAMPERES_PER_CM2 = {
    "ma/cm2": 1.0, "a/cm2": 1e3, "ua/cm2": 1e-3, "na/cm2": 1e-6, "a/m2": 0.1, "ma/m2": 1e-4,
}  # fmt: skip
CANDELAS_PER_M2 = {"cd/m2": 1.0, "kcd/m2": 1e3, "cd/cm2": 1e4}


def factor_of(channel: Channel, factors: dict[str, float]) -> float:
    """What a column is multiplied by; raises `NoResult` for a unit that is none of these."""
    unit = channel.unit.strip().lower().replace("²", "2").replace("^", "").replace("µ", "u")
    if unit and unit not in factors:
        raise NoResult(
            f"The column “{channel.label or channel.name}” is in “{channel.unit}”: expected one of "
            + ", ".join(factors)
            + "."
        )
    return factors.get(unit, 1.0)


def area_of(reading: Reading) -> float | None:
    """Emitting area (mm²) that the file says."""
    for key, factor in (("area_mm2", 1.0), ("area_cm2", 100.0)):
        value = reading.metadata.get(key)
        if isinstance(value, int | float) and value > 0:
            return float(value) * factor
    return None


def density_of(reading: Reading, area_mm2: float | None) -> tuple[Floats | None, float | None]:
    """Current density (mA/cm²) and the area (mm²): measured, else from one of them and the other."""
    area_mm2 = area_mm2 or area_of(reading)
    current, density = reading.channel("current"), reading.channel("current_density")
    amperes = None
    if current is not None:
        amperes = current.values * factor_of(current, AMPERES)
    if density is not None:
        values = density.values * factor_of(density, MILLIAMPERES_PER_CM2)
        if amperes is not None and area_mm2 is None:
            area_mm2 = _ratio_area_mm2(amperes, values)
        return values, area_mm2
    if amperes is not None and area_mm2:
        return 1e3 * amperes / (area_mm2 / 100.0), area_mm2
    return None, area_mm2


def _ratio_area_mm2(amperes: Floats, density_ma_cm2: Floats) -> float | None:
    large = np.abs(amperes) > 1e-3 * np.nanmax(np.abs(amperes))
    with np.errstate(divide="ignore", invalid="ignore"):
        area_cm2 = (
            float(np.nanmedian((1e3 * amperes / density_ma_cm2)[large])) if large.any() else 0.0
        )
    return 100 * area_cm2 if area_cm2 > 0 and np.isfinite(area_cm2) else None
