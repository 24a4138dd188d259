"""Current, power and quantum efficiency of a sweep: their tops, and which of them cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from analysis.techniques.jvl.columns import Floats
from analysis.techniques.jvl.eqe import (
    ASKED_ABOVE_PERCENT,
    IMPOSSIBLE_PERCENT,
    LEAST_EQE_PERCENT_PER_CD_A,
    EqeFactor,
)
from analysis.techniques.jvl.peak import Peak, peak_of
from analysis.techniques.jvl.sweep import Sweep

CE, PE, EQE = "current_efficiency_cd_a", "power_efficiency_lm_w", "eqe_percent"


@dataclass(frozen=True, slots=True)
class Efficiencies:
    """The tops that may be told, by quantity, and what was said of those that may not."""

    tops: dict[str, Peak]
    eqe_from_light: bool
    warnings: list[str] = field(default_factory=list)

    @property
    def highest_points(self) -> dict[str, float]:
        """The highest single point of every efficiency: too high by the noise."""
        return {name: top.highest for name, top in self.tops.items()}


def efficiencies(
    sweep: Sweep, floor_cd_m2: float, noise: float, factor: EqeFactor | None
) -> Efficiencies:
    """Tops of CE, PE and EQE where the luminance reaches the floor; the file's EQE before one from the light."""
    columns = {
        CE: sweep.current_efficiency_cd_a,
        PE: power_efficiency(sweep),
        EQE: sweep.eqe_percent,
    }
    found = {name: peak_of(sweep, column, floor_cd_m2, noise) for name, column in columns.items()}
    tops = {name: top for name, top in found.items() if top is not None and top.value > 0}
    from_light = EQE not in tops and factor is not None and CE in tops
    if from_light and factor is not None:
        tops[EQE] = _times(tops[CE], factor.value)
    return _only_possible(Efficiencies(tops, from_light), factor)


def power_efficiency(sweep: Sweep) -> Floats | None:
    """π·CE/V (lm/W) of every point; NaN at or below 0 V."""
    ce = sweep.current_efficiency_cd_a
    if ce is None:
        return None
    volts = np.where(sweep.voltage_v > 0, sweep.voltage_v, np.nan)
    return np.asarray(np.pi * ce / volts, dtype=float)


def _times(top: Peak, factor: float) -> Peak:
    u = None if top.uncertainty is None else factor * top.uncertainty
    return replace(top, value=factor * top.value, uncertainty=u, highest=factor * top.highest)


def _only_possible(found: Efficiencies, factor: EqeFactor | None) -> Efficiencies:
    """Without what would be more photons than electrons; with a question where it is more than is known."""
    tops, warnings = dict(found.tops), []
    if CE in tops:
        ce = tops[CE].value
        whatever = factor is None
        percent = ce * (LEAST_EQE_PERCENT_PER_CD_A if factor is None else factor.value)
        means = f"{ce:.4g} cd/A would be an EQE of {'at least ' if whatever else ''}{percent:.4g} %"
        if percent > IMPOSSIBLE_PERCENT:
            warnings.append(
                f"No efficiency is given: {means}, and above 100 % more photons come out than electrons go in. The "
                "emitting area, or the unit of the current density or of the luminance, is wrong."
            )
            for name in (CE, PE, *((EQE,) if found.eqe_from_light else ())):
                tops.pop(name, None)
        elif percent > ASKED_ABOVE_PERCENT:
            warnings.append(f"{means}: {_ASKED}")
    if EQE in tops and not found.eqe_from_light:
        percent = tops[EQE].value
        if percent > IMPOSSIBLE_PERCENT:
            warnings.append(
                f"No EQE is given: the file's reaches {percent:.4g} %, and above 100 % more photons come out than "
                "electrons go in. The emitting area behind it, or the unit of its column, is wrong."
            )
            del tops[EQE]
        elif percent > ASKED_ABOVE_PERCENT:
            warnings.append(f"The file's EQE reaches {percent:.4g} %: {_ASKED}")
    return Efficiencies(tops, found.eqe_from_light, warnings)


_ASKED = (
    f"above {ASKED_ABOVE_PERCENT:g} % is more than a planar LED lets out. Are the emitting area and the units of "
    "current and luminance right?"
)
