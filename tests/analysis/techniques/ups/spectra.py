"""UPS spectra of a known cut-off and onset: secondaries of a step, a valence band of a power of energy, He I resolution."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from analysis.reading import Channel, Reading

HE_I = 21.22


def counts(binding, cutoff=17.22, onset=1.74, power=1.0, fwhm=0.12, height=4e5, base=80.0):
    """Return expected counts at each binding energy (eV)."""
    fine = np.arange(-4.0, 24.0, 0.005)
    kinetic = np.clip(cutoff - fine, 0, None)  # above the vacuum level
    secondaries = np.where(
        fine < cutoff, height * (0.003 + np.exp(-kinetic / 0.9)) * (1 + 0.1 * kinetic), 0
    )
    depth = np.clip(fine - onset, 0, None)
    band = 0.02 * height * np.where(depth > 0, depth**power / (1 + (depth / 1.5) ** 3), 0)
    band += 0.04 * height * np.exp(-(((fine - onset - 4.5) / 1.2) ** 2))
    seen = gaussian_filter1d(np.where(fine > onset + 3, secondaries, secondaries * np.clip((fine - onset) / 3, 0, 1) ** 2) + band, fwhm / 2.3548 / 0.005)  # fmt: skip
    return np.interp(binding, fine, seen) + base


def spectrum(seed=0, step=0.02, axis="binding_energy", bias=0.0, top=20.0, **shape) -> Reading:
    """Return a spectrum with Poisson noise, as the analyser writes it with a bias on the sample."""
    binding = np.arange(-1.5, top, step)
    y = np.random.default_rng(seed).poisson(counts(binding, **shape)).astype(float)
    x = binding + bias if axis != "kinetic_energy" else HE_I - binding - bias
    order = np.argsort(x)
    metadata = {"photon_ev": HE_I}
    return Reading(
        "ups",
        "test 1",
        (Channel(axis, "eV", x[order]), Channel("intensity", "counts", y[order])),
        metadata,
    )
