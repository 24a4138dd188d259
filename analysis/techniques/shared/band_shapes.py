"""Emission bands as functions of photon energy: symmetric, skewed, and two at once.

The band is a function of energy, f(E). A spectrum measured per nm is compared with
f(hc/λ)·hc/λ² + background(λ): the same as fitting I(E) = I(λ)·λ²/hc with weights that carry the
Jacobian, but with the detector's background flat where it really is flat, in wavelength.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TWO_BANDS = ("two gaussians", "two gaussians in wavelength")
THREE_BANDS = "three gaussians"
SEVERAL = (*TWO_BANDS, THREE_BANDS)
# Two halves that meet in a kink put the apex of a smooth skewed band too far on its steep side.
ON_DEMAND = ("split pseudo-voigt", THREE_BANDS)
FOUR_LN2 = 4 * np.log(2)
SIGMA_PER_FWHM = 1 / np.sqrt(8 * np.log(2))


def _gaussian(energy: Floats, p: Floats) -> Floats:
    return np.asarray(p[0] * np.exp(-FOUR_LN2 * ((energy - p[1]) / p[2]) ** 2))


def _voigt(energy: Floats, p: Floats) -> Floats:
    square = ((energy - p[1]) / p[2]) ** 2
    return np.asarray(p[0] * ((1 - p[3]) * np.exp(-FOUR_LN2 * square) + p[3] / (1 + 4 * square)))


def _true_voigt(energy: Floats, p: Floats) -> Floats:
    """A Gaussian of full width ``p[2]`` folded with a Lorentzian of half width ``p[3]``, height ``p[0]``."""
    sigma = p[2] * SIGMA_PER_FWHM
    top = scipy.special.voigt_profile(0.0, sigma, p[3])
    return np.asarray(p[0] * scipy.special.voigt_profile(energy - p[1], sigma, p[3]) / top)


def _split_voigt(energy: Floats, p: Floats) -> Floats:
    square = ((energy - p[1]) / np.where(energy < p[1], p[4], p[2])) ** 2
    return np.asarray(p[0] * ((1 - p[3]) * np.exp(-FOUR_LN2 * square) + p[3] / (1 + 4 * square)))


def _tailed(energy: Floats, p: Floats) -> Floats:
    """A Gaussian folded with an exponential tail to low energy (EMG), height about ``p[0]``."""
    sigma, tail = p[2] * SIGMA_PER_FWHM, p[3]
    below = (p[1] - energy) / sigma
    z = (sigma / tail - below) / np.sqrt(2)
    near = np.exp(-(below**2) / 2) * scipy.special.erfcx(np.maximum(z, -5.0))
    # far down the tail erfcx overflows, and the exponential is all there is
    exponent = np.minimum((sigma / tail) ** 2 / 2 - below * sigma / tail, 0.0)
    far = np.exp(exponent) * scipy.special.erfc(np.minimum(z, -5.0))
    scale = np.sqrt(np.pi / 2) * sigma / tail
    return np.asarray(p[0] * scale * np.where(z > -5.0, near, far))


def _log_normal(energy: Floats, p: Floats) -> Floats:
    """A log-normal in energy of either skewness; ``p[3]`` = 0 is a Gaussian (Fraser & Suzuki 1969)."""
    reduced = (energy - p[1]) / p[2]
    skew = p[3] if abs(p[3]) > 1e-4 else 1e-4
    inside = 1 + 2 * skew * reduced
    logarithm = np.log(np.maximum(inside, 1e-300)) / skew
    return np.asarray(
        np.where(inside > 0, p[0] * np.exp(-np.log(2) * np.minimum(logarithm**2, 1e3)), 0.0)
    )


def _two(energy: Floats, p: Floats) -> Floats:
    return _gaussian(energy, p[:3]) + _gaussian(energy, p[3:])


def _three(energy: Floats, p: Floats) -> Floats:
    return _gaussian(energy, p[:3]) + _gaussian(energy, p[3:6]) + _gaussian(energy, p[6:])


def _in_wavelength(energy: Floats, p: Floats) -> Floats:
    """A Gaussian in wavelength, in units of I(E): centre and width are given in energy all the same."""
    reduced = (p[1] / energy - 1) * p[1] / p[2]
    return np.asarray(p[0] * np.exp(-FOUR_LN2 * reduced**2) * (p[1] / energy) ** 2)


def _two_in_wavelength(energy: Floats, p: Floats) -> Floats:
    return _in_wavelength(energy, p[:3]) + _in_wavelength(energy, p[3:])


def _starts_of_two(c: float, w: float) -> list[list[float]]:
    return [
        [0.9, c + 0.1 * w, 0.7 * w, 0.4, c - 0.6 * w, 0.9 * w],
        [0.9, c - 0.1 * w, 0.7 * w, 0.4, c + 0.6 * w, 0.9 * w],
    ]


@dataclass(frozen=True, slots=True)
class Shape:
    """One family of bands.

    ``function`` takes energies of shape (n,) and the values; ``starts`` gives first values for a band of
    height 1 at ``centre`` with full width ``fwhm`` (eV); ``bounds`` their limits, widths in ``fwhm``.
    """

    function: Callable[[Floats, Floats], Floats]
    starts: Callable[[float, float], list[list[float]]]
    bounds: Callable[[float, float, float], list[tuple[float, float]]]  # lowest, highest, fwhm


def _centre_and_width(low: float, high: float, fwhm: float) -> list[tuple[float, float]]:
    return [(0.0, 20.0), (low, high), (fwhm / 8, fwhm * 8)]


SHAPES: dict[str, Shape] = {
    "gaussian": Shape(_gaussian, lambda c, w: [[1.0, c, w]], _centre_and_width),
    "pseudo-voigt": Shape(
        _voigt,
        lambda c, w: [[1.0, c, w, 0.3]],
        lambda a, b, w: [*_centre_and_width(a, b, w), (0.0, 1.0)],
    ),
    "split pseudo-voigt": Shape(
        _split_voigt,
        lambda c, w: [[1.0, c, w, 0.3, w]],
        lambda a, b, w: [*_centre_and_width(a, b, w), (0.0, 1.0), (w / 8, w * 8)],
    ),
    "voigt": Shape(
        _true_voigt,
        lambda c, w: [[1.0, c, 0.7 * w, 0.2 * w]],
        lambda a, b, w: [*_centre_and_width(a, b, w), (0.0, 4 * w)],
    ),
    "emg": Shape(
        _tailed,
        lambda c, w: [[1.2, c + 0.15 * w, 0.8 * w, 0.3 * w]],
        lambda a, b, w: [*_centre_and_width(a, b, w), (w / 60, w * 4)],
    ),
    "log-normal": Shape(
        _log_normal,
        lambda c, w: [[1.0, c, w, -0.05]],
        lambda a, b, w: [*_centre_and_width(a, b, w), (-1.5, 1.5)],
    ),
    TWO_BANDS[0]: Shape(_two, _starts_of_two, lambda a, b, w: 2 * _centre_and_width(a, b, w)),
    TWO_BANDS[1]: Shape(
        _two_in_wavelength, _starts_of_two, lambda a, b, w: 2 * _centre_and_width(a, b, w)
    ),
    THREE_BANDS: Shape(
        _three,
        lambda c, w: [[*two, 0.2, c - 1.2 * w, w] for two in _starts_of_two(c, w)],
        lambda a, b, w: 3 * _centre_and_width(a, b, w),
    ),
}
