"""A spectrum made ready for analysis: ascending, finite, on a wavelength and an energy axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Channel, Reading
from analysis.result import NoResult

HC_EV_NM = 1239.841984  # CODATA 2018, vacuum; air wavelengths read 0.03 % (0.2 nm at 690 nm) lower

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Points of one spectrum in ascending wavelength; all arrays have shape (n,).

    ``signal`` is per unit of the axis the file was measured on, ``per_energy`` says which:
    False for per nm, True for per eV or per cm⁻¹.
    """

    wavelength_nm: Floats
    signal: Floats
    per_energy: bool
    counts: bool  # the signal is photon counts, so its variance follows its value

    @property
    def energy_ev(self) -> Floats:
        """Photon energy of each point, descending."""
        return HC_EV_NM / self.wavelength_nm


def spectrum_of(reading: Reading, names: tuple[str, ...], least_points: int = 12) -> Spectrum:
    """Return the spectrum in ``reading``; ``names`` are the dependent channels in preference.

    Raises `NoResult` when the axis is not one of wavelength, energy and wavenumber, or when fewer
    than ``least_points`` usable points are left.
    """
    if len(reading.channels) < 2:
        raise NoResult("The file holds only one column: a spectrum needs an axis and a signal.")
    found = (reading.channel(name) for name in names)
    dependent = next((c for c in found if c is not None and c is not reading.x), reading.y)
    wavelength_nm, per_energy = _wavelength_nm(reading.x)
    usable = np.isfinite(wavelength_nm) & np.isfinite(dependent.values) & (wavelength_nm > 0)
    if usable.sum() < least_points:
        raise NoResult(
            f"Only {int(usable.sum())} usable points: a spectrum needs at least {least_points}. "
            "Measure with a finer step or a wider range."
        )
    ascending, signal = _merge_repeats(wavelength_nm[usable], dependent.values[usable])
    if ascending.size < least_points:
        raise NoResult(
            f"Only {ascending.size} different wavelengths: at least {least_points} are needed."
        )
    unit = f"{dependent.name} {dependent.unit}".lower()
    return Spectrum(ascending, signal, per_energy, "count" in unit)


def binned(spectrum: Spectrum, most: int) -> Spectrum:
    """Average neighbours until at most ``most`` points are left."""
    size = spectrum.wavelength_nm.size
    if size <= most:
        return spectrum
    starts = np.arange(0, size, -(-size // most))
    counts = np.diff(np.append(starts, size))
    return Spectrum(
        np.add.reduceat(spectrum.wavelength_nm, starts) / counts,
        np.add.reduceat(spectrum.signal, starts) / counts,
        spectrum.per_energy,
        spectrum.counts,
    )


def _wavelength_nm(axis: Channel) -> tuple[Floats, bool]:
    unit = axis.unit.strip().lower().replace("⁻¹", "-1").replace("^", "")
    values = np.asarray(axis.values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        if unit in {"ev"} or (not unit and axis.name in {"energy", "photon_energy"}):
            return HC_EV_NM / values, True
        if unit == "mev":
            return 1e3 * HC_EV_NM / values, True
        if unit in {"1/cm", "cm-1", "/cm"} or (not unit and axis.name == "wavenumber"):
            return 1e7 / values, True
        if unit in {"nm"} or (not unit and axis.name in {"wavelength", "x"}):
            return values, False
        if unit in {"um", "µm", "μm"}:
            return values * 1e3, False
        if unit in {"angstrom", "å"}:
            return values / 10.0, False
    raise NoResult(
        f"The axis “{axis.label or axis.name}” is in “{axis.unit}”: a spectrum needs a wavelength in nm, "
        "an energy in eV or a wavenumber in 1/cm. Choose another technique or correct the file."
    )


def _merge_repeats(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Sort by x and average points that share it (a scan that turns back, a stitched spectrum)."""
    unique, inverse = np.unique(x, return_inverse=True)
    return unique, np.bincount(inverse, weights=y) / np.bincount(inverse)


def point_noise(signal: Floats) -> float:
    """Standard deviation of one point, from second differences (robust; a slow curve cancels)."""
    if signal.size < 5:
        return 0.0
    second = signal[:-2] - 2 * signal[1:-1] + signal[2:]
    return float(1.4826 * np.median(np.abs(second - np.median(second))) / np.sqrt(6.0))
