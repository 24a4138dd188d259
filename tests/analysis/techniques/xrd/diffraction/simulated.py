"""Simulated patterns whose truth is known, made without the fit's own profiles.

Line positions and strengths come from the product's simulator (checked against another program in
test_simulator); widths, microstrain, background and noise are made here, by a plain sum over lines.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.reading import Channel, Reading
from analysis.techniques.xrd.diffraction.profiles import cube_face_weights
from analysis.techniques.xrd.diffraction.radiation import COPPER
from analysis.techniques.xrd.diffraction.simulator import lines, lorentz_polarisation
from analysis.techniques.xrd.diffraction.structures import structures, tilted


def truth_structure(name):
    """Return "alpha", "beta" at room temperature, "delta"..., or "tilt-0.5": the crystal of the pattern."""
    if name == "beta":
        beta = structures()["beta"]
        return replace(beta, cell=(*(0.99 * edge for edge in beta.cell[:3]), 90.0, 90.0, 90.0))
    if name == "alpha":
        edge = 6.19
        return replace(structures()["alpha"], cell=(edge, edge, edge, 90.0, 90.0, 90.0))
    if name.startswith("tilt-"):
        return tilted(float(name.removeprefix("tilt-")))
    return structures()[name]


def pattern(angle, name, size_nm, *, march_r=1.0, radiation=COPPER, strain=0.004, scale=1.0):
    """Sum pseudo-Voigt lines of unit scattering volume, sizes spread by 10 per cent."""
    structure = truth_structure(name)
    wavelength = radiation.mean_angstrom
    d_min = wavelength / 2 / np.sin(np.radians(angle[-1] + 4) / 2)
    found = lines(structure, wavelength, round(d_min * 0.97, 3))
    weights = np.ones(len(found.d_angstrom))
    if march_r != 1.0:
        setting = {"alpha": "cubic", "beta": "p4mbm"}.get(name, "pnma")
        weights = cube_face_weights(found, march_r, setting)
    total = np.zeros_like(angle)
    for d, strength, weight in zip(found.d_angstrom * scale, found.strength, weights, strict=True):
        theta = np.arcsin(wavelength / 2 / d)
        area = strength * weight * lorentz_polarisation(theta)
        for factor, share in ((0.9, 0.3), (1.0, 0.4), (1.1, 0.3)):
            broad = np.degrees(0.94 * wavelength / (10 * size_nm * factor * np.cos(theta)))
            width = np.hypot(broad + np.degrees(4 * strain * np.tan(theta)), 0.15)
            x = (angle - np.degrees(2 * theta)) / width
            gauss = np.exp(-4 * np.log(2) * x**2) * 2 * np.sqrt(np.log(2) / np.pi) / width
            lorentz = 2 / np.pi / width / (1 + 4 * x**2)
            total += share * area * (0.6 * gauss + 0.4 * lorentz)
    return total


def background(angle, rng, peak_counts):
    """Air scatter and a hump of glass."""
    centre, width = rng.uniform(20.5, 22.5), rng.uniform(6, 9)
    hump = np.exp(-4 * np.log(2) * ((angle - centre) / width) ** 2)
    air = 0.4 + 0.6 * np.exp(-(angle - angle[0]) / 12)
    return 0.5 * peak_counts * (air + rng.uniform(0.2, 1.0) * hump)


def reading(angle, intensity, **metadata):
    """Wrap two columns as a reader would."""
    channels = (Channel("two_theta", "deg", angle), Channel("intensity", "counts", intensity))
    return Reading("xrd", "test", channels, metadata)


def measured(name, peak_counts, seed, *, march_r=1.0, size_nm=11.0, extra=None, step_deg=0.04):
    """Return a reading of a nanocrystal film; ``extra`` is (phase, volume share, size in nm)."""
    rng = np.random.default_rng(seed)
    angle = np.arange(9.0, 50.0, step_deg)
    signal = pattern(angle, name, size_nm, march_r=march_r)
    height = signal[(angle > 26) & (angle < 31)].max()
    if extra is not None:
        phase, share, extra_size_nm = extra
        signal = signal + share / (1 - share) * pattern(angle, phase, extra_size_nm, strain=0.001)
    signal = np.interp(angle - rng.uniform(-0.08, 0.08), angle, signal / height * peak_counts)
    counts = rng.poisson(signal + background(angle, rng, peak_counts)).astype(float)
    return reading(angle, counts, wavelength_angstrom=1.5406)
