"""The straight parts of a log J - log V curve: below the traps' filling, the steep rise, and above it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 4  # points of a segment
LOW = (0.6, 2.3)  # slopes below the rise: ohmic (1) or limited by shallow traps (2)
STEEP = 3.0  # a rise is steeper than this: space charge alone gives 2
HIGH = (1.7, 2.6)  # slope above the rise: 2, reached from above
ALIKE = (0.2, 0.35, 0.5)  # how far slopes of one segment may stray, of the lowest slope
SHARES = (0.6, 0.75, 0.9)  # of the highest slope: what counts as the steep segment
WINDOWS = (0.12, 0.2, 0.3)  # decades of voltage over which a slope is read


@dataclass(frozen=True, slots=True)
class Line:
    """log10 J = intercept + slope log10 V, and the points it goes through."""

    slope: float
    intercept: float
    first: int
    last: int

    def meets(self, other: Line) -> float | None:
        """Return the voltage (V) at which two lines cross; None for parallel ones."""
        apart = self.slope - other.slope
        return (
            None if abs(apart) < 0.3 else float(10 ** ((other.intercept - self.intercept) / apart))
        )


@dataclass(frozen=True, slots=True)
class Segments:
    """The lines of one choice of windows; ``high`` is None where the rise does not end in the data."""

    low: Line
    steep: Line
    high: Line | None
    steepest_v: float


def slopes(v: Floats, j: Floats, window: float) -> Floats:
    """Return d log J/d log V at each point, shape (n,), from lines over ``window`` decades of voltage."""
    x, y = np.log10(v), np.log10(j)
    found = np.empty_like(x)
    for k in range(x.size):
        near = np.flatnonzero(np.abs(x - x[k]) <= window / 2)
        if near.size < LEAST:
            first = int(np.clip(k - LEAST // 2, 0, x.size - LEAST))
            near = np.arange(first, first + LEAST)
        found[k] = np.polyfit(x[near], y[near], 1)[0]
    return found


def choices(v: Floats, j: Floats) -> list[Segments]:
    """Return the segments for every sensible choice; none where there is no steep rise after a flatter part.

    ``v`` (V, rising, above 0) and ``j`` (mA/cm², above 0) have shape (n,).
    """
    found = []
    for window in WINDOWS:
        m = slopes(v, j, window)
        top = int(np.argmax(m))
        if m[top] < STEEP:
            continue
        for alike, share in product(ALIKE, SHARES):
            segments = _segments(v, j, m, top, alike, share)
            if segments is not None:
                found.append(segments)
    return found


def _segments(
    v: Floats, j: Floats, m: Floats, top: int, alike: float, share: float
) -> Segments | None:
    steep = _around(m >= max(share * m[top], 0.8 * STEEP), top)
    before = np.arange(steep[0])
    if before.size < LEAST:
        return None
    lowest = int(before[np.argmin(m[before])])
    flat = _around((m <= m[lowest] * (1 + alike)) & (np.arange(m.size) < steep[0]), lowest)
    if flat.size < LEAST or not LOW[0] <= m[lowest] <= LOW[1]:
        return None
    after = np.arange(steep[-1] + 1, m.size)
    high = after[(m[after] >= HIGH[0]) & (m[after] <= HIGH[1])]
    return Segments(
        _line(v, j, flat),
        _line(v, j, steep),
        _line(v, j, high) if high.size >= LEAST else None,
        float(v[top]),
    )


def quadratic(v: Floats, j: Floats, steep_end: int | None = None) -> NDArray[np.intp]:
    """Return the last points in a row whose slope is about 2, after a rise if there is one.

    A part of slope 2 below a rise is limited by traps: it is not the carriers' own mobility.
    """
    m = slopes(v, j, WINDOWS[1])
    inside = (m >= HIGH[0]) & (m <= HIGH[1])
    if steep_end is not None:
        inside[: steep_end + 1] = False
    places = np.flatnonzero(inside)
    if not places.size:
        return places
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    long = [run for run in runs if run.size >= LEAST]
    return np.asarray(long[-1] if long else runs[-1], dtype=np.intp)


def _around(marks: NDArray[np.bool_], k: int) -> NDArray[np.intp]:
    off = np.flatnonzero(~marks)
    before, after = off[off < k], off[off > k]
    first = int(before[-1]) + 1 if before.size else 0
    last = int(after[0]) if after.size else marks.size
    return np.arange(first, last)


def _line(v: Floats, j: Floats, points: NDArray[np.intp]) -> Line:
    if points.size < 2:  # a rise between two points
        points = np.arange(max(int(points[0]) - 1, 0), min(int(points[0]) + 2, v.size))
    slope, intercept = np.polyfit(np.log10(v[points]), np.log10(j[points]), 1)
    return Line(float(slope), float(intercept), int(points[0]), int(points[-1]))
