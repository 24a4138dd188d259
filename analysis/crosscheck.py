"""Whether two measurements of one pixel agree: its current efficiency, and what its EQE stands for.

Plain Python, no Django. For a Lambertian emitter CE = EQE / f with f = π·e / (E_ph·LER) of the EL
spectrum (`techniques.shared.photometry`). The check says something only where the EQE was measured by itself (in
a sphere); an EQE that was computed from the luminance agrees with it by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.techniques.jvl.cautions import DEEP_RED_NM, DISAGREEMENT
from analysis.techniques.jvl.eqe import eqe_factor
from analysis.techniques.shared.photometry import EmissionSpectrum


@dataclass(frozen=True, slots=True)
class EfficiencyCheck:
    """Current efficiency (cd/A) as the EQE and the spectrum give it, beside the measured one.

    ``low`` and ``high`` are what ±1 nm in the EL peak and stray light of 0.1 % of it leave open.
    """

    expected: float
    low: float
    high: float
    measured: float
    peak_nm: float
    per_nm_percent: float  # by how much 1 nm in the EL peak changes it

    @property
    def off_percent(self) -> float:
        """How far the measured value lies from the expected one."""
        return abs(self.measured / self.expected - 1) * 100

    @property
    def agrees(self) -> bool:
        """Whether they differ by no more than two careful set-ups do, or than the spectrum leaves open."""
        return self.low <= self.measured <= self.high or self.off_percent <= DISAGREEMENT * 100

    @property
    def is_fragile(self) -> bool:
        """Whether the band lies where the eye hardly sees."""
        return self.peak_nm >= DEEP_RED_NM


def efficiency_check(
    eqe_percent: float,
    current_efficiency_cd_a: float,
    wavelength_nm: Sequence[float],
    power: Sequence[float],
) -> EfficiencyCheck:
    """Return the check of a pixel with this EL spectrum; raises `NoResult` when it shows no visible band.

    Parameters
    ----------
    eqe_percent, current_efficiency_cd_a : maxima of the same sweep, in % and cd/A.
    wavelength_nm, power : shape (n,), in nm and radiant power per nm in any scale; the median of the
        outer tenths is taken off as stray light.
    """
    spectrum = {"el_wavelength_nm": list(wavelength_nm), "el_power": list(power)}
    factor = eqe_factor({"el_peak_nm": None, "el_fwhm_nm": None, **spectrum})
    assert factor is not None
    return EfficiencyCheck(
        expected=eqe_percent / factor.value,
        low=eqe_percent / factor.high,
        high=eqe_percent / factor.low,
        measured=current_efficiency_cd_a,
        peak_nm=factor.peak_nm,
        per_nm_percent=_per_nm_percent(wavelength_nm, power),
    )


def _per_nm_percent(wavelength_nm: Sequence[float], power: Sequence[float]) -> float:
    """Return d ln CE / dλ of the whole spectrum shifted along λ, in % per nm."""
    x, y = np.array(wavelength_nm, dtype=float), np.array(power, dtype=float)
    order = np.argsort(x)
    x, y = x[order], y[order]
    tenth = max(1, x.size // 10)
    net = y - float(np.median(np.concatenate([y[:tenth], y[-tenth:]])))
    bluer, redder = (EmissionSpectrum(x + by, net).eqe_percent_per_cd_a for by in (-1.0, 1.0))
    return float(np.log(redder / bluer)) / 2 * 100
