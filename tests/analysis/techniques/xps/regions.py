"""XPS regions made here: true Voigt lines on a Tougaard background with Poisson counts, not the shapes that are fitted."""

from __future__ import annotations

import numpy as np
from scipy.special import voigt_profile


def lines(energy, centre, split, ratio, sigma=0.45, gamma=0.22):
    """Two Voigt lines with area ``1 + ratio`` in all."""
    return voigt_profile(energy - centre, sigma, gamma) + ratio * voigt_profile(
        energy - centre - split, sigma, gamma
    )


def tougaard(energy, peak, strength):
    """Inelastic losses by Tougaard's universal cross section, B E / (1643 + E²)²."""
    step = energy[1] - energy[0]
    loss = energy - energy[0]
    kernel = strength * 2866 * loss / (1643 + loss**2) ** 2
    return np.convolve(peak, kernel)[: energy.size] * step


def lead_4f(seed, metal=0.0, peak=10_000, step=0.1, shift=0.0, background=0.15, rng=None):
    """Pb 4f of a perovskite with a share ``metal`` of Pb(0) 1.5 ± 0.1 eV below, at ``peak`` counts above background."""
    rng = rng or np.random.default_rng(seed)
    energy = np.arange(131.0, 149.0, step) + shift
    split, ratio = 4.86 + rng.normal(0, 0.01), 0.75 * rng.normal(1, 0.01)
    main = lines(energy, 138.4 + shift, split, ratio, 0.40 + 0.1 * rng.random(), 0.2)
    below = 138.4 + shift - 1.5 + rng.normal(0, 0.1)
    total = (1 - metal) * main + metal * lines(energy, below, split, ratio, 0.38, 0.18)
    total *= peak / main.max()
    slope = 1 + 0.004 * rng.normal() * (energy - energy.mean())
    expected = total + tougaard(energy, total, 1.0) + background * peak * slope
    return energy, rng.poisson(expected).astype(float)


def calcium_2p(seed, area_counts=0.0, background=3000.0, step=0.1, centre=347.2, rng=None):
    """Ca 2p with this area (counts eV) on a sloping, bent background."""
    rng = rng or np.random.default_rng(seed)
    energy = np.arange(339.0, 358.0, step)
    z = (energy - energy.mean()) / 10
    level = background * (1 + 0.05 * rng.normal() * z + 0.02 * rng.normal() * z**2)
    peak = lines(energy, centre + rng.normal(0, 0.2), 3.55, 0.5, 0.55, 0.25) / 1.5 * area_counts
    return energy, rng.poisson(level + peak + tougaard(energy, peak, 1.0)).astype(float)


def carbon_1s(seed, centre):
    """Adventitious carbon with a little C-O and C=O."""
    rng = np.random.default_rng(seed)
    energy = np.arange(centre - 6, centre + 8, 0.1)
    peak = sum(
        share * voigt_profile(energy - centre - above, 0.55, 0.1)
        for above, share in ((0.0, 1.0), (1.5, 0.12), (4.0, 0.08))
    )
    return energy, rng.poisson(800 + 4000 * peak).astype(float)
