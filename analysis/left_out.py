"""Ranges of the axis that a person leaves out of an analysis: a scattered line, a cosmic ray, the substrate.

One place for every method that says that it can: what is left out is taken from the reading before the method
gets it, and stays in the reading that is kept and drawn. Pure: no Django, no database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import NoResult, Parameter

Ranges = tuple[tuple[float, float], ...]

MOST = 20
RANGE = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(?:-|–|−|to|\.\.)\s*(-?\d+(?:[.,]\d+)?)\s*")
SAYS_HOW = "Write each as two numbers, such as 600–620; 700–710."

LEAVE_OUT = Parameter(
    "exclude",
    "Leave out ranges of the axis",
    help=f"Numbers of the axis as the file has it: 600–620; 700–710. At most {MOST}.",
    ranges=True,
)


def ranges_of(given: Any) -> list[list[float]]:
    """Return ranges, lower end first and in order, from a list of pairs or from text.

    Raises `NoResult` for what is no range.

    >>> ranges_of("700-710; 600,5 to 620")
    [[600.5, 620.0], [700.0, 710.0]]
    """
    pairs = _typed(given) if isinstance(given, str) else given
    if not isinstance(pairs, Sequence) or len(pairs) > MOST:
        raise NoResult(f"Ranges to leave out: at most {MOST} are taken. {SAYS_HOW}")
    return sorted(sorted(_pair(one)) for one in pairs)


def _typed(text: str) -> list[tuple[str, str]]:
    found = []
    for part in filter(str.strip, re.split(r";|\n|,\s+", text)):
        match = RANGE.fullmatch(part)
        if match is None:
            raise NoResult(f"Ranges to leave out: “{part.strip()[:40]}” is no range. {SAYS_HOW}")
        found.append((match[1], match[2]))
    return found


def _pair(one: Any) -> tuple[float, float]:
    try:
        low, high = (float(str(end).replace(",", ".")) for end in one)
    except (TypeError, ValueError):
        raise NoResult(f"Ranges to leave out: {one!r} is no range. {SAYS_HOW}") from None
    if not np.isfinite([low, high]).all() or low == high:
        raise NoResult(f"Ranges to leave out: {low:g} to {high:g} is no range. {SAYS_HOW}")
    return low, high


def written(ranges: Sequence[Sequence[float]]) -> str:
    """Return ranges as they are typed."""
    return "; ".join(f"{low:g}–{high:g}" for low, high in ranges)


def without(reading: Reading, ranges: Sequence[Sequence[float]]) -> Reading:
    """Return a reading without the points whose abscissa lies in one of the ranges, ends included.

    Raises `NoResult` for a range that holds no point of the file: it would be kept as a setting and do nothing.
    """
    if not ranges:
        return reading
    x = reading.x.values
    keep = np.ones(x.size, dtype=bool)
    for low, high in ranges:
        inside = (x >= low) & (x <= high)
        if not inside.any():
            raise NoResult(
                f"No point lies between {low:g} and {high:g}, which shall be left out: the axis runs from"
                f" {np.nanmin(x):g} to {np.nanmax(x):g} {reading.x.unit}".rstrip()
                + "."
            )
        keep &= ~inside
    channels = tuple(replace(one, values=one.values[keep]) for one in reading.channels)
    left_out: Ranges = tuple((float(low), float(high)) for low, high in ranges)
    return replace(reading, channels=channels, left_out=left_out)


def said(whole: Reading, seen: Reading) -> str:
    """Return the sentence that goes with every number that was found without these points."""
    count = whole.x.values.size - seen.x.values.size
    return (
        f"Left out by hand: {written(seen.left_out)} {whole.x.unit}".rstrip()
        + f", {count} of {whole.x.values.size} points."
    )
