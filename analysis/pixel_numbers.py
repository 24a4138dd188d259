"""What the pixels of some devices say together: median, mean and yield, each with how sure it is.

Plain Python, no Django. Pixels are taken as independent of one another. Those of one substrate share
its fate, so the true intervals are rather wider than these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist, fmean, median, stdev

LEVEL = 0.8  # of every interval here
WORKING = "working"
UNMEASURED = "unmeasured"  # why a pixel without an efficiency is left out
COUNTED = ("", WORKING)  # states whose efficiency counts: nobody said that they do not work


@dataclass(frozen=True, slots=True)
class PixelNumber:
    """One pixel: its state (empty until somebody looked) and its peak EQE, None when not measured."""

    state: str
    eqe_percent: float | None = None


@dataclass(frozen=True, slots=True)
class PixelSummary:
    """What some pixels say together; a number that cannot be given is None.

    ``low`` and ``high`` hold the median, ``yield_low`` and ``yield_high`` the yield, both at `LEVEL`.
    """

    pixels: int
    seen: int  # whose state somebody said
    working: int
    measured: int  # that count and have an EQE
    out: Mapping[
        str, int
    ]  # those left out of median and mean, by why: their state, or `UNMEASURED`
    median: float | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    deviation: float | None = None  # standard deviation of the pixels, n - 1
    share: float | None = None  # working of those seen
    yield_low: float | None = None
    yield_high: float | None = None


def summary_of(pixels: Sequence[PixelNumber]) -> PixelSummary:
    """Return the numbers of these pixels; shorted, open and leaky ones count for the yield alone.

    >>> said = summary_of([PixelNumber("working", 20.0), PixelNumber("working", 22.0), PixelNumber("shorted")])
    >>> said.median, said.working, said.seen
    (21.0, 2, 3)
    """
    values = [p.eqe_percent for p in pixels if p.state in COUNTED and p.eqe_percent is not None]
    seen = sum(bool(p.state) for p in pixels)
    working = sum(p.state == WORKING for p in pixels)
    out = Counter(filter(None, map(_why_out, pixels)))
    low, high = median_interval(values) or (None, None)
    yield_low, yield_high = share_interval(working, seen) or (None, None)
    return PixelSummary(
        pixels=len(pixels),
        seen=seen,
        working=working,
        measured=len(values),
        out=dict(sorted(out.items())),
        median=median(values) if values else None,
        low=low,
        high=high,
        mean=fmean(values) if values else None,
        deviation=stdev(values) if len(values) > 1 else None,
        share=working / seen if seen else None,
        yield_low=yield_low,
        yield_high=yield_high,
    )


def _why_out(pixel: PixelNumber) -> str:
    """Return why the efficiency of a pixel is in no statistic, empty where it is."""
    if pixel.state not in COUNTED:
        return pixel.state
    return "" if pixel.eqe_percent is not None else UNMEASURED


def median_interval(values: Sequence[float], level: float = LEVEL) -> tuple[float, float] | None:
    """Return an interval that holds the median of the population, whatever its shape.

    It runs between the k-th lowest and the k-th highest value. How many of n values lie below the median
    is binomial(n, 1/2), so it misses with the probability 2·P(X < k); k is the largest with which it
    misses at most 1 - ``level`` of the time. None with fewer values than that takes (4 at 80 %).

    >>> median_interval([19.0, 20.0, 21.0, 22.0, 23.0])
    (19.0, 23.0)
    """
    ordered, n = sorted(values), len(values)
    below, k = 0.0, 0
    while k < n // 2:
        below += comb(n, k) / 2**n
        if 2 * below > 1 - level:
            break
        k += 1
    return (ordered[k - 1], ordered[n - k]) if k else None


def share_interval(found: int, of: int, level: float = LEVEL) -> tuple[float, float] | None:
    """Return Wilson's score interval of a share ``found / of`` (Wilson, J. Am. Stat. Assoc. 1927, 22, 209).

    None when there is nothing to take a share of.

    >>> [round(end, 3) for end in share_interval(13, 16)]
    [0.661, 0.906]
    """
    if not of:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, widening = found / of, 1 + z * z / of
    centre = (share + z * z / (2 * of)) / widening
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / widening
    return max(centre - half, 0.0), min(centre + half, 1.0)
