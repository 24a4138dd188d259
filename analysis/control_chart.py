"""Whether a batch that is made again and again stays the same: the individuals control chart. Pure: no Django, no database.

NIST/SEMATECH e-Handbook of Statistical Methods, sections 6.3.1 (rules of runs) and 6.3.2.2 (individuals).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEAST = 8  # of fewer the limits say nothing, and no run of eight can be seen
FIRM = 20  # of fewer the limits still move with every batch
D2 = 1.128  # mean range of two numbers drawn from a normal distribution, in standard deviations
LIMIT = 3.0  # standard deviations from the middle to a limit


class Rule(Enum):
    """What does not happen by chance often: (how many, of how many in a row, beyond how many standard deviations)."""

    BEYOND = (1, 1, LIMIT)
    TWO_OF_THREE = (2, 3, 2.0)
    FOUR_OF_FIVE = (4, 5, 1.0)
    EIGHT = (8, 8, 0.0)
    TREND = (6, 6, None)


class Finding(NamedTuple):
    """A rule that holds from one place of the series to another, both included; up: above the middle, or rising."""

    rule: Rule
    first: int
    last: int
    up: bool


@dataclass(frozen=True, slots=True)
class ControlChart:
    """The middle and the limits of a series, in its unit, and what stands out.

    ``sigma`` is the standard deviation from one batch to the next, by the mean moving range.
    """

    n: int
    middle: float
    sigma: float
    findings: tuple[Finding, ...]

    @property
    def low(self) -> float:
        """The lower limit."""
        return self.middle - LIMIT * self.sigma

    @property
    def high(self) -> float:
        """The upper limit."""
        return self.middle + LIMIT * self.sigma

    @property
    def is_provisional(self) -> bool:
        """Whether there are too few batches for firm limits."""
        return self.n < FIRM

    @property
    def beyond(self) -> frozenset[int]:
        """The places beyond a limit."""
        return frozenset(one.first for one in self.findings if one.rule is Rule.BEYOND)


def chart_of(values: Sequence[float]) -> ControlChart | None:
    """Return the chart of finite numbers in the order they were made; None of fewer than LEAST, or all the same.

    >>> flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    >>> chart = chart_of(flow)
    >>> round(chart.low, 2), round(chart.middle, 2), round(chart.high, 2)
    (45.82, 50.81, 55.8)
    """
    series = np.asarray(values, dtype=float)
    if series.size < LEAST:
        return None
    sigma = float(np.abs(np.diff(series)).mean()) / D2
    if sigma == 0:
        return None
    middle = float(series.mean())
    away = (series - middle) / sigma
    found = [one for rule in Rule for one in _findings(rule, series, away)]
    return ControlChart(series.size, middle, sigma, tuple(found))


def _findings(
    rule: Rule, series: npt.NDArray[np.float64], away: npt.NDArray[np.float64]
) -> list[Finding]:
    many, window, beyond = rule.value
    found = []
    for up in (True, False):
        side = 1.0 if up else -1.0
        if beyond is None:
            steps = side * np.diff(series) > 0
            # Six in a row that rise are five steps.
            stretches = _stretches(steps, window - 1, lambda run: bool(run.all()))
            found += [Finding(rule, first, last + 1, up) for first, last in stretches]
        else:
            outside = side * away > beyond
            stretches = _stretches(outside, window, lambda run: int(run.sum()) >= many)
            found += [Finding(rule, *_trimmed(outside, one), up) for one in stretches]
    return sorted(found, key=lambda one: one.first)


def _stretches(
    marks: npt.NDArray[np.bool_], window: int, holds: Callable[[npt.NDArray[np.bool_]], bool]
) -> list[tuple[int, int]]:
    """Return where a rule holds; windows that touch one another are one stretch, except single batches."""
    found: list[tuple[int, int]] = []
    for first in range(marks.size - window + 1):
        if not holds(marks[first : first + window]):
            continue
        last = first + window - 1
        if found and window > 1 and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _trimmed(outside: npt.NDArray[np.bool_], stretch: tuple[int, int]) -> tuple[int, int]:
    """Return a stretch from its first to its last batch that is outside."""
    places = np.flatnonzero(outside[stretch[0] : stretch[1] + 1]) + stretch[0]
    return int(places[0]), int(places[-1])
