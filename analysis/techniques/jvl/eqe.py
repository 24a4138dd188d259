"""From candela per ampere to external quantum efficiency: what an EL spectrum says, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import NoResult
from analysis.techniques.shared.angular import Pattern
from analysis.techniques.shared.photometry import EmissionSpectrum, Floats, gaussian_spectrum
from analysis.techniques.shared.spectrum import spectrum_of

STRAY_FLOOR = 0.001  # of the peak: an ordinary spectrometer's, and +16 % on the efficacy at 684 nm
PEAK_ERROR_NM = 1.0
FWHM_ERROR_NM = 2.0
LEAST_POINTS = 10
SEEN = 3.0  # standard deviations
CUT_OFF = 0.03  # of the top
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
    cut_off: str = ""  # where the spectrum stops within its band
    counts: bool = False  # of a detector: right only where they were corrected for its response
    pattern_u: float = 0.0  # relative standard uncertainty of a measured angular pattern
    has_pattern: bool = False

    @property
    def relative_uncertainty(self) -> float:
        """One standard uncertainty: anywhere in the band is as likely, also where the value is not its middle."""
        middle = (self.low + self.high) / 2
        spread = (self.high - self.low) / np.sqrt(12)
        of_spectrum = float(np.hypot(spread, middle - self.value) / self.value)
        return float(np.hypot(of_spectrum, self.pattern_u))

    def with_pattern(self, pattern: Pattern) -> EqeFactor:
        """Return it for a pixel that emits by this pattern in place of a Lambertian one."""
        value, low, high = (pattern.factor * one for one in (self.value, self.low, self.high))
        relative = pattern.u / pattern.factor
        return replace(self, value=value, low=low, high=high, pattern_u=relative, has_pattern=True)


def eqe_factor(settings: dict[str, Any]) -> EqeFactor | None:
    """EQE per cd/A from the EL spectrum given in the settings, with its band; None without one.

    The band covers ±1 nm in the peak, ±2 nm in the width and a stray-light floor of 0.1 % of the peak
    over 380-780 nm, which only ever lowers the EQE that luminance stands for.
    """
    if isinstance(settings.get("el_spectrum"), Reading):
        return factor_of_reading(settings["el_spectrum"])
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
    """Factor of a spectrum that was given as two lists."""
    if (
        not isinstance(wavelength, list)
        or not isinstance(power, list)
        or len(wavelength) != len(power)
    ):
        raise NoResult(
            "The EL spectrum needs wavelengths and powers, one power for every wavelength."
        )
    if len(wavelength) < LEAST_POINTS:
        raise NoResult(f"The EL spectrum needs at least {LEAST_POINTS} points.")
    x, y = np.array(wavelength, dtype=float), np.array(power, dtype=float)
    return factor_of(x[np.argsort(x)], y[np.argsort(x)])


def factor_of_reading(reading: Reading) -> EqeFactor:
    """Factor of a spectrum that another measurement brings: per nm, per eV or per 1/cm."""
    spectrum = spectrum_of(reading, ("intensity",), least_points=LEAST_POINTS)
    x, y = spectrum.wavelength_nm, spectrum.signal
    if spectrum.per_energy:
        y = y / x**2  # per nm: |dE/dλ| = hc/λ²
    return factor_of(x, y, counts=spectrum.counts)


def factor_of(x: Floats, y: Floats, *, counts: bool = False) -> EqeFactor:
    """Factor of a measured spectrum, power per nm on ascending wavelengths in nm; raises `NoResult`.

    The median of its outer tenths is taken off as stray light, always. What then lies beyond the band is
    noise, and the eye weighs noise in the green a hundred times a band in the deep red: the value leaves it out, the
    band holds both. ``counts`` says that the signal may be photons: the band then holds what that would give.
    """
    tenth = max(1, x.size // 10)
    outer = np.concatenate([y[:tenth], y[-tenth:]])
    net = y - float(np.median(outer))
    peak_nm = float(x[np.argmax(net)])
    if np.max(net) <= 0 or not 380 <= peak_nm <= 780:
        raise NoResult(
            f"The EL spectrum ({x[0]:g} to {x[-1]:g} nm) shows no visible band: luminance says nothing about its EQE."
            " Measure the EQE in a sphere."
        )
    band = _band_alone(net, float(1.4826 * np.median(np.abs(outer - np.median(outer)))))
    visible = (x >= 380.0) & (x <= 780.0)
    floor = STRAY_FLOOR * float(np.max(net)) * visible
    shapes = [band, band + floor, net]
    if counts:
        shapes.append(band / x)
    factors = [
        _per_cd_a(x + shift, shape) for shift in (-PEAK_ERROR_NM, PEAK_ERROR_NM) for shape in shapes
    ]
    value = _per_cd_a(x, band)
    known = [one for one in factors if np.isfinite(one) and one > 0]
    return EqeFactor(value, min(known), max(known), peak_nm, _cut_off(x, net), counts)


def _band_alone(net: Floats, noise: float) -> Floats:
    """The net signal where its running mean stays above three times its noise, going out from the top; else 0."""
    width = min(9, net.size)
    smooth = np.convolve(net, np.ones(width) / width, mode="same")
    within = smooth > SEEN * noise / np.sqrt(width)
    top = int(np.argmax(net))
    below, above = np.flatnonzero(~within[:top]), np.flatnonzero(~within[top:])
    first = int(below[-1]) + 1 if below.size else 0
    last = top + int(above[0]) if above.size else net.size
    kept = np.zeros_like(net)
    kept[first:last] = np.clip(net[first:last], 0.0, None)
    return kept


def _per_cd_a(x: Floats, power: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(EmissionSpectrum(x, power).eqe_percent_per_cd_a)


def _cut_off(x: Floats, net: Floats) -> str:
    """Say at which end a spectrum stops within its band, empty where it does not."""
    few = max(3, net.size // 50)
    for end, at in ((net[:few], x[0]), (net[-few:], x[-1])):
        share = float(np.mean(end)) / float(np.max(net))
        if share > CUT_OFF:
            return (
                f"The EL spectrum ends at {at:g} nm within its band, at {share:.0%} of the top: the EQE that it gives"
                " leaves out what lies beyond. Measure a wider range."
            )
    return ""
