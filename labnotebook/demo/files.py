"""Instrument files of the demonstration: simulated, small, and said to be so in their first line.

Each function returns the bytes of one text file. The physics is the simplest that looks right:
Poisson counts on a Gaussian band in energy, two exponentials behind a Gaussian response, kinematic
powder lines broadened by size, a diode with a quantum efficiency that rises and falls.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.techniques.shared.photometry import gaussian_spectrum
from analysis.techniques.shared.spectrum import HC_EV_NM
from analysis.techniques.xrd.diffraction.radiation import COPPER
from analysis.techniques.xrd.diffraction.simulator import lines, lorentz_polarisation
from analysis.techniques.xrd.diffraction.structures import Structure, structures, tilted

Floats = NDArray[np.float64]

LABEL = "Simulated by manage.py load_demo, not measured"
EL_FWHM_NM = 31.0
ALPHA_EDGE_ANGSTROM = 6.19
LOADS = ("working", "leaky", "shorted", "open")


def emission(peak_nm: float, sigma_ev: float, seed: int, counts: float = 20_000.0) -> bytes:
    """Return a PL or EL spectrum: a Gaussian in energy whose maximum in wavelength is ``peak_nm``."""
    wavelength = np.arange(420.0, 790.0, 0.5)
    top_ev = HC_EV_NM / peak_nm
    centre_ev = top_ev - 2 * sigma_ev**2 / top_ev  # I(λ) carries E²/hc, which moves its maximum
    energy = HC_EV_NM / wavelength
    shape = energy**2 * np.exp(-0.5 * ((energy - centre_ev) / sigma_ev) ** 2)
    rng = np.random.default_rng(seed)
    seen = rng.poisson(25 + counts * shape / shape.max())
    return _table("Wavelength (nm),Intensity (counts)", "{:.1f},{:.0f}", wavelength, seen)


def decay(lifetime_ns: float, seed: int, counts: float = 8_000.0) -> bytes:
    """Return a TRPL histogram of two exponentials whose amplitude average is ``lifetime_ns``."""
    time = np.arange(0.0, 900.0, 0.5)
    since = time - 20.0
    fast, slow, share = 0.45 * lifetime_ns, 1.55 * lifetime_ns, 0.5
    signal = share * np.exp(-since / fast) + (1 - share) * np.exp(-since / slow)
    signal = np.where(since >= 0, signal, 0.0)
    response = np.exp(-0.5 * (np.arange(-4, 5) * 0.5 / 0.4) ** 2)
    signal = np.convolve(signal, response / response.sum(), mode="same")
    seen = np.random.default_rng(seed).poisson(4 + counts * signal)
    return _table("Time (ns),Counts", "{:.1f},{:.0f}", time, seen)


def diffraction(phase: str, size_nm: float, seed: int, counts: float = 2_500.0) -> bytes:
    """Return a Cu Kα powder pattern of nanocrystals of ``phase`` (alpha, gamma or delta)."""
    angle = np.arange(10.0, 50.0, 0.04)
    signal = _pattern(angle, _structure(phase), size_nm)
    glass = np.exp(-4 * np.log(2) * ((angle - 22.0) / 8.0) ** 2)
    signal = counts * (signal / signal.max() + 0.2 * np.exp(-(angle - 10) / 12) + 0.15 * glass)
    seen = np.random.default_rng(seed).poisson(signal)
    head = "# Wavelength (A): 1.5418\n2theta (deg),Intensity (counts)"
    return _table(head, "{:.2f},{:.0f}", angle, seen)


def sweep(state: str, eqe_percent: float, el_peak_nm: float, seed: int) -> bytes:
    """Return a J-V-L sweep of a pixel that is in ``state`` (one of LOADS)."""
    rng = np.random.default_rng(seed)
    voltage = np.arange(0.0, 6.05, 0.1)
    density = 1e-5 + 1.5 * np.clip(voltage - 1.9, 0, None) ** 3
    eqe = eqe_percent * np.exp(-(((voltage - 4.2) / 2.4) ** 2)) * (voltage > 2.0)
    per_cd_a = gaussian_spectrum(el_peak_nm, EL_FWHM_NM).eqe_percent_per_cd_a
    light = eqe / per_cd_a * 10 * density
    if state in ("shorted", "open"):
        light = np.zeros_like(voltage)
        density = 60.0 * voltage if state == "shorted" else np.full_like(voltage, 2e-6)
    elif state == "leaky":
        density = density + 1.2 * voltage
    light = light * np.exp(rng.normal(0, 0.02, voltage.size)) + rng.normal(0, 0.02, voltage.size)
    density = density * np.exp(rng.normal(0, 0.01, voltage.size))
    head = "Voltage (V),Current density (mA/cm2),Luminance (cd/m2)"
    return _table(head, "{:.2f},{:.5g},{:.5g}", voltage, density, light)


def _structure(phase: str) -> Structure:
    if phase == "gamma":
        return tilted(1.0)
    found = structures()[phase]
    if phase != "alpha":
        return found
    # The published α cell is that of a hot powder; nanocrystals at room temperature are smaller.
    return replace(found, cell=(*(ALPHA_EDGE_ANGSTROM,) * 3, 90.0, 90.0, 90.0))


def _pattern(angle: Floats, structure: Structure, size_nm: float) -> Floats:
    """Sum the lines of a random powder, each as broad as crystallites of this size make it."""
    wavelength = COPPER.mean_angstrom
    d_min = wavelength / 2 / np.sin(np.radians(angle[-1] + 3) / 2)
    found = lines(structure, wavelength, round(float(d_min), 3))
    total = np.zeros_like(angle)
    for d, strength in zip(found.d_angstrom, found.strength, strict=True):
        theta = np.arcsin(wavelength / 2 / d)
        width = np.hypot(np.degrees(0.9 * wavelength / (10 * size_nm * np.cos(theta))), 0.12)
        x = (angle - np.degrees(2 * theta)) / width
        gauss = np.exp(-4 * np.log(2) * x**2) * 2 * np.sqrt(np.log(2) / np.pi)
        lorentz = 2 / np.pi / (1 + 4 * x**2)
        total += strength * lorentz_polarisation(theta) * (0.6 * gauss + 0.4 * lorentz) / width
    return total


def _table(head: str, row: str, *columns: Floats) -> bytes:
    rows = "\n".join(row.format(*values) for values in zip(*columns, strict=True))
    return f"# {LABEL}\n{head}\n{rows}\n".encode()
