"""A map of ΔA made ready for the fit: its ranges, without scattered pump and gaps, with the noise of each wavelength."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Reading
from analysis.result import NoResult

Floats = NDArray[np.float64]

MOST_EMPTY = 0.2  # of a wavelength or a delay: with more it is left out, with less filled from its neighbours
LOUD = 6.0  # times the usual noise: scattered pump, or the end of the probe
LEAST = 8


@dataclass(frozen=True, slots=True)
class Map:
    """ΔA over wavelength and delay, without gaps; ``noise`` is that of one cell, by wavelength."""

    wavelengths_nm: Floats  # shape (w,), ascending
    delays_ps: Floats  # shape (t,), ascending
    values: Floats  # shape (w, t)
    noise: Floats  # shape (w,)
    warnings: tuple[str, ...] = ()


def map_of(reading: Reading, low_nm: float | None, high_nm: float | None) -> Map:
    """Return the map of a reading between two wavelengths; raises `NoResult` where too little is left."""
    if reading.image is None:
        raise NoResult("This file holds no map of ΔA over wavelength and delay. Export the matrix.")
    waves = np.asarray(reading.metadata["wavelengths_nm"], dtype=float)
    delays = np.asarray(reading.metadata["delays_ps"], dtype=float)
    values = np.asarray(reading.image.values, dtype=float)
    inside = (waves >= (low_nm or 0)) & (waves <= (high_nm or np.inf))
    for low, high in reading.left_out:
        inside &= (waves < low) | (waves > high)
    waves, values = waves[inside], values[inside]
    if inside.sum() < LEAST:
        raise NoResult(
            f"Only {inside.sum()} wavelengths lie between the limits; at least {LEAST} are needed."
        )
    full = np.isfinite(values)
    kept = full.mean(axis=1) >= 1 - MOST_EMPTY
    whole = full[kept].mean(axis=0) >= 1 - MOST_EMPTY if kept.any() else np.zeros(delays.size, bool)
    if kept.sum() < LEAST or whole.sum() < LEAST:
        raise NoResult(
            f"{100 * (1 - full.mean()):.0f} % of the cells of this map are empty or no number. Crop it to where the probe "
            "has light and export it again."
        )
    values = _filled(values[kept][:, whole], delays[whole])
    found = Map(waves[kept], delays[whole], values, cell_noise(values, delays[whole]))
    said = []
    if not (kept.all() and whole.all()):
        said.append(
            f"{(~kept).sum()} wavelengths and {(~whole).sum()} delays have more than a fifth of empty cells and were left out."
        )
    return replace(_without_scatter(found, said), warnings=tuple(said))


def cell_noise(values: Floats, delays_ps: Floats) -> Floats:
    """Return the standard deviation of one cell by wavelength, shape (w,), from neighbouring delays.

    Each delay is compared with the line through its neighbours, so a slow signal cancels, and what drifts from
    one delay to the next (the laser) counts as noise. The median of the squares leaves the rise out.
    """
    before, at, after = delays_ps[:-2], delays_ps[1:-1], delays_ps[2:]
    share = (at - before) / (after - before)
    odd = values[:, 1:-1] - (1 - share) * values[:, :-2] - share * values[:, 2:]
    odd /= np.sqrt(1 + share**2 + (1 - share) ** 2)
    return np.asarray(1.4826 * np.median(np.abs(odd), axis=1), dtype=float)


def _filled(values: Floats, delays_ps: Floats) -> Floats:
    """Return the map with its few gaps filled along the delays."""
    for place in np.flatnonzero(~np.isfinite(values).all(axis=1)):
        known = np.isfinite(values[place])
        values[place, ~known] = np.interp(delays_ps[~known], delays_ps[known], values[place, known])
    return values


def _without_scatter(found: Map, said: list[str]) -> Map:
    """Leave out wavelengths that are far louder than the others: scattered pump, ends of the probe."""
    usual = float(np.median(found.noise))
    if usual <= 0:
        raise NoResult(
            "This map has no noise: every delay lies on the line through its neighbours. It is a fit or an interpolation, "
            "not a measurement; upload the measured map."
        )
    kept = found.noise <= LOUD * usual
    if kept.sum() < LEAST:
        raise NoResult("Too few wavelengths have light. Crop the map and export it again.")
    if not kept.all():
        gone = found.wavelengths_nm[~kept]
        said.append(
            f"{gone.size} wavelengths between {gone[0]:.4g} and {gone[-1]:.4g} nm are more than {LOUD:g} times as loud as "
            "the others (scattered pump, or no light) and were left out."
        )
    noise = np.maximum(found.noise[kept], 0.3 * usual)
    return replace(
        found, wavelengths_nm=found.wavelengths_nm[kept], values=found.values[kept], noise=noise
    )
