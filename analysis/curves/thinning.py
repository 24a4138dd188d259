"""Thinning: what is stored of long channels and curves, to be drawn. The full data stays in the file.

A long channel keeps the lowest and the highest point of each run, so that noise and single spikes stay
in sight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_POINTS = 4000


def thinned_reading(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reading whose channels have at most `MOST_POINTS` values, the same places in all.

    ``points`` says how many there are in the file.
    """
    channels = list(reading.get("channels") or [])
    count = min((len(channel["values"]) for channel in channels), default=0)
    keep = kept_places([channel["values"] for channel in channels[1:]], count)
    if keep is None:
        return {**reading, "points": count}
    thin = [
        {**channel, "values": [channel["values"][place] for place in keep]} for channel in channels
    ]
    return {**reading, "channels": thin, "points": count}


def thinned_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result whose curves have at most `MOST_POINTS` points each."""
    return {**result, "curves": [_thinned_curve(curve) for curve in result.get("curves") or []]}


def _thinned_curve(curve: Mapping[str, Any]) -> dict[str, Any]:
    x, y = curve["x"], curve["y"]
    keep = kept_places([y], min(len(x), len(y)))
    if keep is None:
        return dict(curve)
    return {**curve, "x": [x[place] for place in keep], "y": [y[place] for place in keep]}


def kept_places(
    columns: Sequence[Sequence[Any] | NDArray[np.float64]], count: int, most: int = MOST_POINTS
) -> list[int] | None:
    """Return the places to keep, at most ``most``, in order; None when all may stay.

    Of each run of neighbours, every column keeps its lowest and its highest point.
    """
    if count <= most or not columns:
        return None if count <= most else list(range(0, count, -(-count // most)))
    runs = np.array_split(np.arange(count), max(1, (most - 2) // (2 * len(columns))))
    keep = {0, count - 1}
    for column in columns:
        values = np.array([np.nan if v is None else v for v in column[:count]], dtype=float)
        keep.update(_extremes(values, runs))
    return sorted(keep)


def _extremes(values: NDArray[np.float64], runs: Sequence[NDArray[np.intp]]) -> set[int]:
    found: set[int] = set()
    for run in runs:
        part = values[run]
        if np.isfinite(part).any():
            found.add(int(run[np.nanargmin(part)]))
            found.add(int(run[np.nanargmax(part)]))
        elif run.size:
            found.add(int(run[0]))  # a gap in the data stays a gap
    return found
