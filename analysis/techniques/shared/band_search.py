"""Find the emission bands of a spectrum and tell them from scattered excitation and edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.techniques.shared.spectrum import HC_EV_NM, Spectrum, point_noise

Floats = NDArray[np.float64]

PROMINENCE_IN_NOISE = 8.0  # the highest of 1000 smoothed noise points stands out by about 6.5
PROMINENCE_AT_TOP, NEAR = 6.5, 20  # in noise of so many points to either side
PROMINENCE_IN_RANGE = 0.02
LINE_FWHM_EV = 0.045  # below about 1.8 kT at 295 K no thermal band is this narrow: a slit-wide line
LINE_TIMES_NARROWER = 2.0
# in the ultraviolet a slit of a few nm is wider than 1.8 kT, and lines of the lamp stand there
UV_NM, UV_LINE_NM = 400.0, 12.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A local maximum that stands out of the noise."""

    index: int
    wavelength_nm: float
    height: float  # prominence, in the units of the signal
    fwhm_nm: float
    pedestal: float  # what it stands on, above the lowest level of the scan

    @property
    def fwhm_ev(self) -> float:
        """Width in energy."""
        return HC_EV_NM * self.fwhm_nm / self.wavelength_nm**2


def smoothed(signal: Floats) -> tuple[Floats, float]:
    """Return the lightly smoothed signal and the noise left on it."""
    sigma_points = smoothing_points(signal)
    noise = point_noise(signal) / np.sqrt(2 * np.sqrt(np.pi) * sigma_points)
    return scipy.ndimage.gaussian_filter1d(signal, sigma_points, mode="nearest"), float(noise)


def _noise_near(signal: Floats, k: int) -> float:
    return point_noise(signal[max(k - NEAR, 0) : k + NEAR + 1])


def noise_by_level(signal: Floats) -> Floats:
    """Standard deviation of each point: a constant part and one that grows with the signal.

    Both are estimated from second differences, so that corrected or rescaled counts weigh as they
    scatter.
    """
    smooth, _ = smoothed(signal)
    height = float(np.ptp(smooth)) or 1.0
    squares = (signal[:-2] - 2 * signal[1:-1] + signal[2:]) ** 2 / 6
    level = np.clip(smooth - np.min(smooth), 0, None) / height
    unit = float(np.max(squares)) or 1.0
    columns = np.column_stack([np.ones_like(squares), level[1:-1]])
    (constant, growing), _ = scipy.optimize.nnls(columns, squares / unit)
    return np.asarray(np.sqrt((constant + growing * level) * unit), dtype=float)


def smoothing_points(signal: Floats) -> float:
    """Standard deviation of the smoothing, in points: a three-hundredth of the scan, at least 1."""
    return max(1.0, signal.size / 300)


def candidates(spectrum: Spectrum) -> list[Candidate]:
    """Return the bands and lines of ``spectrum``, highest first."""
    smooth, noise = smoothed(spectrum.signal)
    least = max(PROMINENCE_IN_NOISE * noise, PROMINENCE_IN_RANGE * float(np.ptp(smooth)))
    if least <= 0:
        return []
    peaks, found = scipy.signal.find_peaks(smooth, prominence=least)
    # the noise of counts is highest where the band is
    left_over = np.sqrt(2 * np.sqrt(np.pi) * smoothing_points(spectrum.signal))
    local = np.array([_noise_near(spectrum.signal, k) for k in peaks.tolist()]) / left_over
    clear = found["prominences"] >= PROMINENCE_AT_TOP * local
    peaks, prominences = peaks[clear], found["prominences"][clear]
    if not peaks.size:
        return []
    _, _, left, right = scipy.signal.peak_widths(smooth, peaks, rel_height=0.5)
    axis = np.arange(smooth.size)
    edges = np.interp(np.stack([left, right]), axis, spectrum.wavelength_nm)
    steps = np.gradient(spectrum.wavelength_nm)[peaks]
    # smoothing widens a line; widths add in quadrature, and nothing is narrower than one step
    blur_nm = 2.3548 * smoothing_points(spectrum.signal) * steps
    widths_nm = np.sqrt(np.maximum((edges[1] - edges[0]) ** 2 - blur_nm**2, steps**2))
    every = [
        Candidate(
            int(peak),
            float(spectrum.wavelength_nm[peak]),
            float(prominences[k]),
            float(widths_nm[k]),
            float(smooth[peak] - np.min(smooth) - prominences[k]),
        )
        for k, peak in enumerate(peaks)
    ]
    return sorted(every, key=lambda candidate: -candidate.height)


def is_excitation(candidate: Candidate, excitation_nm: float | None) -> bool:
    """Say whether a candidate sits on the excitation line or on its second order."""
    if excitation_nm is None:
        return False
    reach_nm = max(6.0, candidate.fwhm_nm / 2)
    narrow = candidate.fwhm_nm < 25.0
    return narrow and any(
        abs(candidate.wavelength_nm - order * excitation_nm) <= reach_nm for order in (1, 2)
    )


def is_line(candidate: Candidate, others: list[Candidate]) -> bool:
    """Say whether a candidate is a slit-wide line beside a real band, and not a bump on a band."""
    narrow = candidate.fwhm_ev < LINE_FWHM_EV or (
        candidate.wavelength_nm < UV_NM and candidate.fwhm_nm < UV_LINE_NM
    )
    return (
        narrow
        and candidate.height > candidate.pedestal
        and any(other.fwhm_nm > LINE_TIMES_NARROWER * candidate.fwhm_nm for other in others)
    )
