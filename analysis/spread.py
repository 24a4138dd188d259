"""How the numbers of a group lie: how many, their middle, the middle half. Pure: no Django, no database."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles
from typing import NamedTuple

from analysis.quantity import Better

LEAST = 5  # of fewer numbers no middle half is said


class Spread(NamedTuple):
    """Some numbers: ``low`` and ``high`` are their quartiles, None of fewer than LEAST."""

    n: int
    median: float
    low: float | None
    high: float | None


def spread_of(values: Sequence[float]) -> Spread:
    """Return the spread of at least one finite number; quartiles as R's type 7 and NumPy have them.

    >>> spread_of([1.0, 2.0, 3.0, 4.0, 5.0])
    Spread(n=5, median=3.0, low=2.0, high=4.0)
    """
    if len(values) < LEAST:
        return Spread(len(values), median(values), None, None)
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Spread(len(values), middle, low, high)


def best_of(values: Sequence[float], better: Better) -> float | None:
    """Return the best of at least one number, None where no way is better."""
    if better is Better.NEITHER:
        return None
    return min(values) if better is Better.LOWER else max(values)
