"""Absorption edges that are none of the fitted shapes, with the true first exciton or gap in eV."""

from __future__ import annotations

import numpy as np
from scipy.special import erf, erfc

HC = 1239.841984
LAMBDA = np.arange(400.0, 851.0, 1.0)


def nanocrystals(energy, first_ev=1.85, sigma_ev=0.035, apart_ev=0.2):
    """A Gaussian first transition, a second one and a continuum above."""
    first = 0.35 * np.exp(-((energy - first_ev) ** 2) / 2 / sigma_ev**2)
    second = 0.4 * np.exp(-((energy - first_ev - apart_ev) ** 2) / 2 / (1.4 * sigma_ev) ** 2)
    above = energy - first_ev - 1.5 * apart_ev
    continuum = 0.6 * (1 + erf(above / 0.1)) / 2 * (1 + 2.0 * np.clip(above, 0, None))
    return first + second + continuum


def size_series(energy, first_ev=1.95, sigma_ev=0.035):
    """A log-normal spread of transitions: a first band with a tail to high energy, on a square-root edge."""
    sizes = np.exp(np.linspace(-2.5, 2.5, 81) * 0.06)
    weight = np.exp(-(np.linspace(-2.5, 2.5, 81) ** 2) / 2)
    centres = 1.7 + (first_ev - 1.7) / sizes**2
    band = sum(w * np.exp(-((energy - c) ** 2) / 2 / sigma_ev**2)
               for w, c in zip(weight, centres, strict=True)) / weight.sum()  # fmt: skip
    return 0.4 * band + 1.1 * np.sqrt(np.clip(energy - first_ev - 0.12, 0, None))


def bulk(energy, gap_ev=1.79, binding_ev=0.015, gamma_ev=0.022):
    """Elliott's edge summed line by line, each widened by a hyperbolic secant instead of a Gaussian."""
    grid = np.arange(1.3, 3.3, 0.001)
    above = np.maximum(grid - gap_ev, 1e-9)
    continuum = np.where(grid > gap_ev, 1 / -np.expm1(-2 * np.pi * np.sqrt(binding_ev / above)), 0)
    edge = continuum.copy()
    for n in range(1, 12):
        edge[np.argmin(abs(grid - gap_ev + binding_ev / n**2))] += 2 * binding_ev / n**3 / 0.001
    reach = np.arange(-0.3, 0.3005, 0.001)
    kernel = 1 / np.cosh(reach / gamma_ev * 1.2)
    return 0.6 * np.interp(energy, grid, np.convolve(edge, kernel / kernel.sum(), mode="same"))


def urbach(energy, gap_ev=1.80):
    """A square-root edge with an Urbach tail, joined by the complementary error function."""
    tail = 0.03 * np.exp(np.clip(energy - gap_ev, -2, 0) / 0.02)
    return (
        2 * np.sqrt(np.clip(energy - gap_ev, 0, None)) / energy
        + tail * erfc((energy - gap_ev) / 0.05) / 2
    )


def measured(shape, seed: int, noise: float = 1e-3):
    """Absorbance with scattering and detector noise, on a scale that is off by its 0.3 nm."""
    rng = np.random.default_rng(seed)
    y = shape(HC / LAMBDA) + 0.02 + 0.02 * (600 / LAMBDA) ** 4
    return LAMBDA + rng.normal(0, 0.3), y + rng.normal(0, noise, y.size)


def first_maximum(shape, low_ev: float, high_ev: float) -> float:
    energy = np.arange(low_ev, high_ev, 1e-4)
    return float(energy[np.argmax(shape(energy))])
