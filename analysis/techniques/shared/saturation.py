"""A detector that was full: a flat top, also one that has the noise of a dark spectrum taken off later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

LEAST_FLAT = 8  # points
REACH = 4.5  # of the quiet noise: how far points of a flat top stray from it


def saturated_points(signal: Floats) -> Marks:
    """Mark the points of a flat top: equal to the digit, or as quiet as the dark over a sharp-edged plateau."""
    equal = _equal_points(signal)
    return equal if equal.any() else _quiet_plateau(signal)


def _equal_points(signal: Floats) -> Marks:
    """Three or more neighbours at exactly the highest value."""
    return _long_runs(signal >= np.max(signal), 3)


def _long_runs(marks: Marks, least: int) -> Marks:
    kept = np.zeros(marks.size, dtype=bool)
    places = np.flatnonzero(marks)
    for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
        if run.size >= least:
            kept[run] = True
    return kept


def _quiet_plateau(signal: Floats) -> Marks:
    """A run at the top that scatters like the dark, is wider than any apex and ends in knees.

    An apex is a parabola: the run within four times the reach is twice as wide. A plateau with knees
    hardly grows.
    """
    none = np.zeros(signal.size, dtype=bool)
    if signal.size < 30:
        return none
    noise = _dark_noise(signal)
    padded = np.pad(signal, 2, mode="edge")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    height = float(np.max(medians) - np.min(medians))
    if noise <= 0 or height < 30 * noise:
        return none
    k = int(np.argmax(medians))
    start = medians >= np.max(medians) - 3 * noise
    top = float(np.median(signal[_around(start, k)]))
    narrow = _around(np.abs(medians - top) <= REACH * noise / 1.5, k)
    wide = _around(np.abs(medians - top) <= REACH * noise * 2.7, k)
    half = _around(medians >= (top + np.min(medians)) / 2, k)
    count, wider, width = (int(part.sum()) for part in (narrow, wide, half))
    apex = width * np.sqrt(2 * REACH * noise / 1.5 / (2.77 * height))
    flat = count >= LEAST_FLAT and count > 1.6 * apex + 3 and wider <= 1.25 * count + 4
    if not flat:
        return none
    scatter = 1.4826 * float(np.median(np.abs(signal[narrow] - top)))
    return _around(np.abs(signal - top) <= 6 * noise, k, gaps=1) if scatter < 2 * noise else none


def _dark_noise(signal: Floats) -> float:
    """Scatter of one point in the quieter half of the spectrum, from second differences."""
    second = np.abs(signal[:-2] - 2 * signal[1:-1] + signal[2:]) / np.sqrt(6.0)
    low = signal[1:-1] <= np.median(signal)
    return float(1.4826 * np.median(second[low])) if low.any() else 0.0


def _around(marks: Marks, k: int, gaps: int = 0) -> Marks:
    """The run of marks that holds ``k``, bridging single points when ``gaps`` allows."""
    if gaps:
        filled = marks.copy()
        filled[1:-1] |= marks[:-2] & marks[2:]
        marks = filled
    off = np.flatnonzero(~marks)
    before, after = off[off < k], off[off > k]
    kept = np.zeros(marks.size, dtype=bool)
    kept[
        int(before[-1]) + 1 if before.size else 0 : int(after[0]) if after.size else marks.size
    ] = True
    return kept
