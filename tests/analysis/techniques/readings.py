"""Small readings for the tests of the methods."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analysis.reading import Channel, Reading


def spectrum(x, y, technique="pl", unit="nm", y_unit="counts", metadata=None) -> Reading:
    name = {"nm": "wavelength", "eV": "photon_energy", "1/cm": "wavenumber"}[unit]
    dependent = "absorbance" if technique == "absorbance" else "intensity"
    return Reading(
        technique,
        "test 1",
        (
            Channel(name, unit, np.asarray(x, float)),
            Channel(dependent, y_unit, np.asarray(y, float)),
        ),
        metadata or {},
    )


def histogram(time_ns, counts, *extra: Channel, metadata=None, unit="ns") -> Reading:
    return Reading(
        "trpl",
        "test 1",
        (
            Channel("time", unit, np.asarray(time_ns, float)),
            Channel("counts", "counts", np.asarray(counts, float)),
            *extra,
        ),
        metadata or {},
    )


def two_columns(path: Path, least: int = 2) -> np.ndarray:
    """The numeric rows of a text file with at least ``least`` numbers, whatever separates them."""
    rows = []
    for line in path.read_text(encoding="latin-1").splitlines():
        cells = line.replace(",", " ").replace(";", " ").replace("\t", " ").split()
        try:
            numbers = [float(cell) for cell in cells]
        except ValueError:
            continue
        if len(numbers) >= least:
            rows.append(numbers[:least])
    return np.array(rows)


def figures(result) -> dict:
    return {figure.quantity: figure for figure in result.figures}


def values(result) -> dict:
    return {figure.quantity: figure.value for figure in result.figures}
