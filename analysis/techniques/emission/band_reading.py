"""Read a band off the spectrum without a shape, for bands that no single shape describes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.result import NoResult
from analysis.techniques.shared.band_search import smoothed
from analysis.techniques.shared.spectrum import HC_EV_NM, Spectrum

Floats = NDArray[np.float64]
TOP_SHARE = 0.95  # the part of the band that the parabola of the maximum is laid through


@dataclass(frozen=True, slots=True)
class BandReading:
    """What a person with a ruler finds: maximum and half-maximum crossings of I(λ)."""

    peak_nm: float
    u_peak_nm: float
    short_nm: float
    long_nm: float

    @property
    def fwhm_nm(self) -> float:
        """Width between the half-maximum crossings, nm."""
        return self.long_nm - self.short_nm

    @property
    def fwhm_mev(self) -> float:
        """The same crossings in energy, meV."""
        return 1e3 * HC_EV_NM * (1 / self.short_nm - 1 / self.long_nm)


def read_band(spectrum: Spectrum, index: int) -> BandReading:
    """Read the band whose smoothed maximum is at ``index``, above the spectrum's lowest level.

    Raises `NoResult` when the signal does not fall to half on both sides.
    """
    smooth, _ = smoothed(spectrum.signal)
    net = (smooth - np.min(smooth)) / (smooth[index] - np.min(smooth))
    first, last = _stretch(net, index, TOP_SHARE)
    while last - first < 4:  # a parabola and its uncertainty need five points
        first, last = max(first - 1, 0), min(last + 1, net.size - 1)
    x = spectrum.wavelength_nm[first : last + 1]
    a, b, _ = np.polyfit(x - x.mean(), net[first : last + 1], 2)
    peak_nm = x.mean() - b / (2 * a) if a < 0 else spectrum.wavelength_nm[index]
    highest_nm = spectrum.wavelength_nm[index]
    left, right = _stretch(net, index, 0.5)
    if left == 0 or right == net.size - 1:
        raise NoResult(
            f"The band at {highest_nm:.1f} nm does not fall to half its height inside the scan: "
            "measure a range that shows both sides of the peak."
        )
    return BandReading(
        peak_nm=float(np.clip(peak_nm, x[0], x[-1])),
        u_peak_nm=float(max(abs(peak_nm - highest_nm), np.median(np.diff(x))) / np.sqrt(3)),
        short_nm=_crossing(spectrum.wavelength_nm, net, left - 1),
        long_nm=_crossing(spectrum.wavelength_nm, net, right),
    )


def _stretch(net: Floats, index: int, share: float) -> tuple[int, int]:
    """First and last point of the run around ``index`` that stays above ``share``."""
    below = np.flatnonzero(net < share)
    before, after = below[below < index], below[below > index]
    return (
        int(before[-1]) + 1 if before.size else 0,
        int(after[0]) - 1 if after.size else net.size - 1,
    )


def _crossing(x: Floats, net: Floats, k: int) -> float:
    return float(x[k] + (x[k + 1] - x[k]) * (0.5 - net[k]) / (net[k + 1] - net[k]))
