"""From candela per ampere to external quantum efficiency: what an EL spectrum says, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.result import NoResult
from analysis.techniques.shared.photometry import EmissionSpectrum, gaussian_spectrum

STRAY_FLOOR = 0.001  # of the peak: an ordinary spectrometer's, and +16 % on the efficacy at 684 nm
PEAK_ERROR_NM = 1.0
FWHM_ERROR_NM = 2.0
# A planar LED lets out 20 to 30 % of its light; the best with outcoupling reach some 40 %.
ASKED_ABOVE_PERCENT = 40.0
IMPOSSIBLE_PERCENT = 100.0
# The eye sees nothing better than green: no spectrum stands for less EQE per cd/A than this one.
LEAST_EQE_PERCENT_PER_CD_A = gaussian_spectrum(555.0, 1.0).eqe_percent_per_cd_a


@dataclass(frozen=True, slots=True)
class EqeFactor:
    """EQE per current efficiency (% per cd/A) of the spectrum and its band."""

    value: float
    low: float
    high: float
    peak_nm: float

    @property
    def relative_uncertainty(self) -> float:
        """One standard uncertainty: anywhere in the band is as likely, also where the value is not its middle."""
        middle = (self.low + self.high) / 2
        spread = (self.high - self.low) / np.sqrt(12)
        return float(np.hypot(spread, middle - self.value) / self.value)


def eqe_factor(settings: dict[str, Any]) -> EqeFactor | None:
    """EQE per cd/A from the EL spectrum given in the settings, with its band; None without one.

    The band covers ±1 nm in the peak, ±2 nm in the width and a stray-light floor of 0.1 % of the peak
    over 380-780 nm, which only ever lowers the EQE that luminance stands for.
    """
    peak_nm, fwhm_nm = settings["el_peak_nm"], settings["el_fwhm_nm"]
    if settings["el_wavelength_nm"] is not None or settings["el_power"] is not None:
        return _measured_factor(settings["el_wavelength_nm"], settings["el_power"])
    if peak_nm is None and fwhm_nm is None:
        return None
    if peak_nm is None or fwhm_nm is None:
        raise NoResult(
            "The EL spectrum needs both its peak and its width: in the deep red the width alone changes the EQE "
            "by a third."
        )
    band = [
        gaussian_spectrum(peak_nm + shift, max(fwhm_nm + widening, 0.5), stray).eqe_percent_per_cd_a
        for shift in (-PEAK_ERROR_NM, PEAK_ERROR_NM)
        for widening in (-FWHM_ERROR_NM, FWHM_ERROR_NM)
        for stray in (0.0, STRAY_FLOOR)
    ]
    centre = gaussian_spectrum(peak_nm, fwhm_nm).eqe_percent_per_cd_a
    return EqeFactor(centre, min(band), max(band), peak_nm)


def _measured_factor(wavelength: Any, power: Any) -> EqeFactor:
    """Factor of a measured spectrum: the median of its outer tenths is taken off as stray light."""
    if (
        not isinstance(wavelength, list)
        or not isinstance(power, list)
        or len(wavelength) != len(power)
    ):
        raise NoResult(
            "The EL spectrum needs wavelengths and powers, one power for every wavelength."
        )
    if len(wavelength) < 10:
        raise NoResult("The EL spectrum needs at least 10 points.")
    x, y = np.array(wavelength, dtype=float), np.array(power, dtype=float)
    x, y = x[np.argsort(x)], y[np.argsort(x)]
    tenth = max(1, x.size // 10)
    net = y - float(np.median(np.concatenate([y[:tenth], y[-tenth:]])))
    peak_nm = float(x[np.argmax(net)])
    if np.max(net) <= 0 or not 380 <= peak_nm <= 780:
        raise NoResult(
            "The EL spectrum shows no visible band: luminance says nothing about its EQE."
        )
    factors = [
        EmissionSpectrum(x + shift, net + stray * np.max(net)).eqe_percent_per_cd_a
        for shift in (-PEAK_ERROR_NM, PEAK_ERROR_NM)
        for stray in (0.0, STRAY_FLOOR)
    ]
    return EqeFactor(
        EmissionSpectrum(x, net).eqe_percent_per_cd_a, min(factors), max(factors), peak_nm
    )
