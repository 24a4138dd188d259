"""Emission bands that are none of the shapes the method fits, and what each peaks at.

A truth is the maximum and the half-height crossings of I(λ) on a grid of 0.005 nm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import exponnorm, skewnorm

from analysis.techniques.shared.calibration import WAVELENGTH

HC = 1239.841984
Band = Callable[[np.ndarray], np.ndarray]


def in_wavelength(x, centre, fwhm):
    return np.exp(-4 * np.log(2) * ((x - centre) / fwhm) ** 2)


def red_tail(x):
    """A Gaussian folded with a tail of 40 meV to low energy, by scipy's exponnorm."""
    return exponnorm.pdf((1.77 - HC / x) / 0.03, 0.04 / 0.03) / x**2


def skew_normal(x):
    return skewnorm.pdf(HC / x, -3, 1.84, 0.06) / x**2


def hyperbolic(x):
    """A hyperbolic secant in energy: between a Gaussian and a Lorentzian."""
    return 1 / np.cosh((HC / x - 1.8) / 0.038) / x**2


def student(x):
    """Student's t in energy: tails that fall with the fourth power."""
    return (1 + ((HC / x - 1.8) / 0.05) ** 2 / 3) ** -2.0 / x**2


def re_absorbed(x):
    """A Gaussian whose blue side is cut by the sample's own absorption edge."""
    energy = HC / x
    edge = np.exp(-1.2 / (1 + np.exp(-(energy - 1.84) / 0.015)))
    return np.exp(-((energy - 1.80) ** 2) / 2 / 0.036**2) * edge / x**2


def vibronic(x):
    """Franck-Condon replicas, 0.16 eV apart, Huang-Rhys factor 0.35, with E³."""
    energy = HC / x
    lines = [0.35**k / f * np.exp(-((energy - 2.36 + 0.16 * k) ** 2) / 2 / 0.07**2)
             for k, f in enumerate((1, 1, 2, 6))]  # fmt: skip
    return sum(lines) * energy**5


BANDS: dict[str, tuple[Band, float, float]] = {
    "Gaussian in wavelength": (lambda x: in_wavelength(x, 698, 36), 600, 800),
    "red tail (EMG)": (red_tail, 600, 820),
    "skew normal": (skew_normal, 600, 800),
    "hyperbolic secant": (hyperbolic, 600, 800),
    "Student's t": (student, 600, 800),
    "re-absorbed": (re_absorbed, 600, 800),
    "shoulder 30 nm away": (
        lambda x: in_wavelength(x, 690, 32) + 0.25 * in_wavelength(x, 720, 40), 600, 820,
    ),
    "two bands, 21 nm apart": (
        lambda x: in_wavelength(x, 527, 30) + 0.6 * in_wavelength(x, 548, 50), 430, 700,
    ),
    "vibronic": (vibronic, 430, 720),
}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    peak_nm: float
    fwhm_nm: float


def truth(name: str) -> Truth:
    band, low, high = BANDS[name]
    x = np.arange(low, high, 0.005)
    y = band(x)
    k = int(np.argmax(y))
    below = np.flatnonzero(y < y[k] / 2)
    first, last = below[below < k][-1], below[below > k][0]
    return Truth(float(x[k]), float(x[last] - x[first]))


def measured(name: str, counts: float, seed: int, step: float = 0.5):
    """Poisson counts on a dark of 3 %, read on an instrument whose scale is off by its 0.3 nm."""
    band, low, high = BANDS[name]
    rng = np.random.default_rng(seed)
    x = np.arange(low, high + step / 2, step)
    y = band(x)
    scale_nm = rng.normal(0, WAVELENGTH.u)
    return x + scale_nm, rng.poisson(counts * (y / y.max() + 0.03)).astype(float)
