"""Where a spectrum begins: the steep part of its edge extrapolated to the level before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEEN = 6.0  # of the noise: the spectrum stands above its base
WIDTHS = (0.25, 0.4, 0.6)  # of the rise: over which a slope is read, to both sides
SHARES = (0.4, 0.6, 0.8)  # of the steepest slope: what belongs to the edge
FIRST = 0.75  # of the steepest slope so far: below it the first edge has ended
SURE = 5.0  # standard uncertainties of a slope that is no noise
LEAST = 4  # points of a line
LEAST_POINTS = 12


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge at ``value`` (eV) with one standard uncertainty; ``line`` is slope and intercept of counts over eV.

    ``lowest`` and ``highest`` bound what the ranges of the fit give, ``width_ev`` is the rise from 10 to 90 %.
    """

    value: float
    uncertainty: float
    lowest: float
    highest: float
    width_ev: float
    base: float
    slope: float
    intercept: float


def edge_of(energy: Floats, counts: Floats, reach_ev: float) -> Edge | str:
    """Return where counts begin to rise; a string says why that cannot be told.

    ``energy`` (eV, rising or falling, from the empty side on) and ``counts`` have shape (n,). The edge is looked for
    within ``reach_ev`` behind the first point that stands above the noise of the empty side.
    """
    if energy.size < LEAST_POINTS:
        return f"only {energy.size} points"
    x = np.abs(energy - energy[0])
    calm = _calm(counts)
    base, noise = _base(counts)
    above = calm > base + SEEN * noise + 1e-3 * (np.max(calm) - base)
    lasting = above & np.append(above[1:], True) & np.append(above[2:], [True, True])
    if not lasting.any():
        return "nothing stands above the noise"
    first = int(np.argmax(lasting))
    if first < 3:
        return "the spectrum does not begin on an empty side"
    near = (x >= x[first] - 0.5) & (x <= x[first] + reach_ev)
    width = _rise(x, calm, base, near)
    readings, lines, noises = [], [], []
    for part in WIDTHS:
        slopes, u_slopes = _slopes(x, counts, near, part * width, noise)
        top = _first_top(slopes, u_slopes)
        lined = [] if top is None else [_line(x, counts, slopes, top, s, noise) for s in SHARES]
        for found in lined:
            if found is not None:
                slope, intercept, u = found
                readings.append((base - intercept) / slope)
                lines.append((slope, intercept))
                noises.append(u)
    if not readings:
        return "no straight part in its edge"
    value = float(np.median(readings))
    slope, intercept = lines[int(np.argmin(np.abs(np.array(readings) - value)))]
    spread = float(np.ptp(readings)) / 2
    u = float(np.sqrt(spread**2 + np.median(noises) ** 2))
    sign = 1.0 if energy[-1] > energy[0] else -1.0
    ends = sorted(float(energy[0] + sign * one) for one in (min(readings), max(readings)))
    return Edge(
        float(energy[0] + sign * value), u, ends[0], ends[1], width, base,
        sign * slope, intercept - sign * slope * float(energy[0]),
    )  # fmt: skip


def _calm(counts: Floats) -> Floats:
    padded = np.pad(counts, 2, mode="edge")
    return np.asarray(np.convolve(padded, np.ones(5) / 5, mode="valid"))


def _base(counts: Floats) -> tuple[float, float]:
    """Return level and scatter of the empty side: its first points up to where the spectrum begins."""
    size = max(4, counts.size // 50)
    level, noise = float(np.median(counts[:size])), _scatter(counts[:size])
    while 2 * size < counts.size:  # the empty side goes on as long as it stays level
        part = counts[size : 2 * size]
        if abs(float(np.median(part)) - level) > 3 * max(noise, np.sqrt(max(level, 1.0))):
            break
        size *= 2
        level, noise = float(np.median(counts[:size])), _scatter(counts[:size])
    return level, max(noise, 1e-9)


def _scatter(part: Floats) -> float:
    return float(1.4826 * np.median(np.abs(part - np.median(part)))) or float(np.std(part))


def _slopes(
    x: Floats, y: Floats, near: NDArray[np.bool_], width: float, noise: float
) -> tuple[Floats, Floats]:
    """Return slope and its u at each point, from lines over ``width`` to both sides; shape (n,)."""
    slopes, u = np.full(x.size, -np.inf), np.full(x.size, np.inf)
    for k in np.flatnonzero(near):
        first, last = np.searchsorted(x, [x[k] - width, x[k] + width])
        if last - first < LEAST:
            first, last = max(0, k - 2), k + 3
        at, level = x[first:last] - x[first:last].mean(), y[first:last]
        square = float(at @ at)
        slopes[k] = float(at @ level) / square
        u[k] = max(noise, float(np.sqrt(max(level.mean(), 0.0)))) / np.sqrt(square)
    return slopes, u


def _line(
    x: Floats, y: Floats, slopes: Floats, top: int, share: float, noise: float
) -> tuple[float, float, float] | None:
    """Return slope, intercept and the u of the crossing for the steep part around the steepest point."""
    steep = slopes >= share * slopes[top]
    first, last = top, top
    while first > 0 and steep[first - 1]:
        first -= 1
    while last < x.size - 1 and steep[last + 1]:
        last += 1
    if last - first + 1 < LEAST:
        first, last = max(0, top - 2), min(x.size - 1, top + 2)
    part = slice(first, last + 1)
    slope, intercept = np.polyfit(x[part], y[part], 1)
    if slope <= 0:
        return None
    rest = y[part] - slope * x[part] - intercept
    scatter = max(float(np.std(rest)), noise)
    size = last - first + 1
    centre = float(
        np.mean(y[part]) / slope
    )  # how far the crossing lies from the middle of the line
    spread = float(np.sqrt(np.sum((x[part] - np.mean(x[part])) ** 2)))
    u = scatter / slope * np.sqrt(1 / size + (min(centre, 5.0) / max(spread, 1e-9)) ** 2)
    return float(slope), float(intercept), float(u)


def _first_top(slopes: Floats, u: Floats) -> int | None:
    """Return where the first edge is steepest: before the slope falls clearly again; None where all is noise."""
    top: int | None = None
    for k in np.flatnonzero(np.isfinite(slopes)):
        if slopes[k] < SURE * u[k] and top is None:
            continue
        if top is None or slopes[k] > slopes[top]:
            top = int(k)
        elif slopes[k] < FIRST * slopes[top] - 2 * u[k]:
            break
    return top


def _rise(x: Floats, calm: Floats, base: float, near: NDArray[np.bool_]) -> float:
    """Return how far the first edge takes from 10 to 90 % of the height at which it bends over."""
    at, part = x[near], calm[near] - base
    step = float(np.median(np.diff(at)))
    reach = max(2, int(0.1 / step))
    slopes = part[2 * reach :] - part[: -2 * reach] if part.size > 2 * reach + 2 else np.diff(part)
    top = _first_top(slopes, np.sqrt(2 * np.maximum(part[: slopes.size] + abs(base), 1)) / 2)
    top = int(np.argmax(slopes)) if top is None else top
    falls = np.flatnonzero((slopes < 0.4 * slopes[top]) & (np.arange(slopes.size) > top))
    end = min((int(falls[0]) if falls.size else slopes.size - 1) + reach, part.size - 1)
    height = float(part[end])
    ten, ninety = (int(np.argmax(part >= share * height)) for share in (0.1, 0.9))
    return float(max(at[ninety] - at[ten], 2 * step))
