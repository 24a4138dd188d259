"""What every map of ΔA becomes: an image of wavelengths by delays, and some of its spectra to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Channel, Image, Reading, UnreadableFile
from analysis.technique import Technique
from analysis.techniques.shared.times import NS_PER_UNIT

Floats = NDArray[np.float64]

LEAST_WAVELENGTHS, LEAST_DELAYS = 8, 8
MOST_CELLS = 4_000_000
WAVELENGTHS_NM = (150.0, 3500.0)
PER_PS = {"fs": 1e-3, **{unit: 1e3 * NS_PER_UNIT[unit] for unit in ("ps", "ns", "us")}}
SHOWN_PS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 1e4, 1e5, 1e6)
MOST = 1e9  # of ΔA in any unit: more is a spoilt cell
DELTA = "delta_absorbance"


def could_be_wavelengths(axis: Floats) -> bool:
    """Whether numbers may be wavelengths in nm."""
    low, high = WAVELENGTHS_NM
    return bool(axis.size and axis.min() >= low and axis.max() <= high)


def map_reading(
    technique: Technique,
    reader: str,
    wavelengths_nm: Floats,
    delays_ps: Floats,
    values: Floats,
    unit: str,
    metadata: dict[str, Any],
    warnings: Sequence[str],
) -> Reading:
    """Return the reading of a map.

    Parameters
    ----------
    wavelengths_nm, delays_ps
        shapes (w,) and (t,), in any order; equal ones are averaged.
    values
        ΔA, shape (w, t), NaN where a cell is empty.
    unit
        "mOD", or "" for optical densities and for what the file does not say.

    Raises
    ------
    UnreadableFile
        when there are fewer than 8 wavelengths or delays, or more than four million cells.
    """
    if values.size > MOST_CELLS:
        raise UnreadableFile(
            f"This map has {values.size} cells; at most {MOST_CELLS} are read. Average neighbours and export it again."
        )
    said = list(warnings)
    values = np.where(np.abs(values) < MOST, values, np.nan)
    wavelengths_nm, values = _ascending(wavelengths_nm, values, "wavelengths", said)
    delays_ps, turned = _ascending(delays_ps, values.T, "delays", said)
    values = turned.T
    if wavelengths_nm.size < LEAST_WAVELENGTHS or delays_ps.size < LEAST_DELAYS:
        raise UnreadableFile(
            f"This map has {wavelengths_nm.size} wavelengths and {delays_ps.size} delays; at least {LEAST_WAVELENGTHS} "
            f"and {LEAST_DELAYS} are needed. Export the whole map."
        )
    if not could_be_wavelengths(wavelengths_nm):
        raise UnreadableFile(
            f"The wavelengths of this map run from {wavelengths_nm[0]:g} to {wavelengths_nm[-1]:g} nm, outside 150 to "
            "3500 nm. Check which axis is which and its unit."
        )
    spectra = [
        Channel(DELTA, unit, values[:, place], f"ΔA at {delays_ps[place]:.3g} ps")
        for place in _shown(delays_ps, values)
    ]
    facts = {"wavelengths_nm": wavelengths_nm.tolist(), "delays_ps": delays_ps.tolist()}
    return Reading(
        technique.name,
        reader,
        (Channel("wavelength", "nm", wavelengths_nm, "Wavelength"), *spectra),
        {**metadata, **facts},
        tuple(said),
        image=Image(values.astype(np.float32)),
    )


def _ascending(
    axis: Floats, rows: Floats, words: str, warnings: list[str]
) -> tuple[Floats, Floats]:
    """Sort rows by their place on an axis and average those that share one; rows of no place are left out."""
    kept = np.isfinite(axis)
    unique, inverse = np.unique(axis[kept], return_inverse=True)
    if unique.size == axis.size:
        return unique, rows[np.argsort(axis)]
    warnings.append(
        f"{axis.size - unique.size} {words} stand twice in this map, or are no number; their ΔA was averaged or left out."
    )
    sums, counts = np.zeros((unique.size, rows.shape[1])), np.zeros((unique.size, rows.shape[1]))
    np.add.at(sums, inverse, np.nan_to_num(rows[kept]))
    np.add.at(counts, inverse, np.isfinite(rows[kept]))
    return unique, np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _shown(delays_ps: Floats, values: Floats) -> list[int]:
    """Return the delays whose spectra are shown: that of the largest signal first, then one a step of three."""
    size = np.sqrt(np.mean(np.nan_to_num(values) ** 2, axis=0))
    size = np.where(delays_ps > 0, size, -1.0) if (delays_ps > 0).any() else size
    best = int(np.argmax(size))
    near = [int(np.argmin(np.abs(delays_ps - at))) for at in SHOWN_PS if at <= delays_ps[-1]]
    return [best, *sorted(set(near) - {best})]
