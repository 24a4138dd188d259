"""The half-life of a number that was measured on several days: read between two dates, never beyond the last.

The days are few, so the half-life is interval-censored (Turnbull, J. R. Stat. Soc. B 1976, 38, 290): it lies after the last day that is
surely above half and before the first that is surely below. Where in between is told by straight lines in the
number and in its logarithm and by an exponential and a stretched one through all days. In u is what they disagree by, the
noise, and how far a day drawn at random from the gap between two dates in which half was passed lies from the value: whole
where at least half of the first value was lost in that gap, of a smaller loss in proportion, as the days beside it then tell.
Where u is half of the value or more, the interval alone is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.result import Figure, NoResult
from analysis.stability.dates import by_date

Floats = NDArray[np.float64]

VERSION = "2"
LEAST_DATES = 3
SURE = 2.0  # u: so far from half a day is above or below it
LEVEL = "standard uncertainty"
INTERVAL = "interval, 95 %"
WIDE = 0.5  # u over value: from here on ± says nothing and the interval stands alone
ALL_UNSEEN = 0.5  # of the first value lost between two dates: nobody saw how
LOWER = "lower bound, 95 %"


@dataclass(frozen=True, slots=True)
class Dated:
    """One number of one day, with its standard uncertainty; days count from the day zero of the series."""

    day: float
    value: float
    u: float


def half_life(
    points: Sequence[Dated], quantity: str = "half_life_d", label: str = "Half-life"
) -> Figure:
    """Return when a number has fallen to half of its first value, in days after the first date.

    Raises
    ------
    NoResult
        for fewer than three dates, a first value that is nothing, and a number that falls and comes back.

    >>> days = [Dated(d, 100 * 0.5 ** (d / 6), 2.0) for d in (0, 2, 5, 9, 14)]
    >>> round(half_life(days).value)
    6
    """
    days, values, u = _means(points)
    if days.size < LEAST_DATES:
        raise NoResult(
            f"A half-life needs three dates or more; there {'is' if days.size == 1 else 'are'} {days.size}. Measure the "
            "same sample in the same way on further days."
        )
    begin, days = float(days[0]), days - days[0]  # sentences name days of the series
    if values[0] <= SURE * u[0]:
        raise NoResult("The first value cannot be told from zero: nothing can fall to half of it.")
    above = values - values[0] / 2
    sure = SURE * np.hypot(u, u[0] / 2)
    sure[0] = SURE * u[0] / 2  # the first value less its own half
    below = np.flatnonzero(above < -sure)
    surely_above = np.flatnonzero(above > sure)
    if not below.size:
        last = float(days[surely_above[-1]])
        reached = "not reached by" if above[-1] > sure[-1] else "cannot be told from half on"
        note = (
            f"{reached} day {begin + days[-1]:.3g}; counted from the first date, day {begin:.3g}; nothing is said beyond "
            "the last"
        )
        return Figure(quantity, None, None, "d", label, low=last or None, note=note, level=LOWER)
    first = int(below[0])
    if (surely_above > first).any():
        back = float(days[surely_above[surely_above > first][0]])
        raise NoResult(
            f"The number is below half of its first on day {begin + days[first]:.3g} and above it again on day {begin + back:.3g}: the days "
            "are not of one sample, or were not measured alike. Leave the odd one out by rejecting its analysis."
        )
    low, high = float(days[surely_above[-1]]), float(days[first])
    value, spread = _between(days, values, u, low, high)
    noise, gap = _noise(days, values, u, low, high), _any_day(days, above, sure, value)
    whole = float(np.linalg.norm([noise, spread, gap]))
    note = f"after the first date, day {begin:.3g}"
    if whole >= WIDE * value:
        note += "; any day between the two: too few dates lie around half for a ±"
        return Figure(quantity, None, None, "d", label, low, high, note, INTERVAL)
    note += f"; noise {noise:.2g} d, models {spread:.2g} d, the gap between two dates {gap:.2g} d"
    return Figure(quantity, value, whole, "d", label, low, high, note, LEVEL)


def _means(points: Sequence[Dated]) -> tuple[Floats, Floats, Floats]:
    """Return days, values and uncertainties in order, those of one date averaged."""
    dates = by_date(points)
    days = [np.mean([one.day for one in date]) for date in dates]
    values = [np.mean([one.value for one in date]) for date in dates]
    u = [
        np.hypot(
            np.linalg.norm([one.u for one in date]) / len(date),
            np.std([one.value for one in date]) / np.sqrt(max(len(date) - 1, 1)),
        )
        for date in dates
    ]
    return np.array(days), np.array(values), np.array(u)


def _between(
    days: Floats, values: Floats, u: Floats, low: float, high: float
) -> tuple[float, float]:
    """Return the half-life between two days: the middle of what the models say, and half their range."""
    half = values[0] / 2
    floor = np.maximum(values, 1e-3 * values[0])
    found = [_crossing(days, values, half), _crossing(days, np.log(floor), np.log(half))]
    guess = max(found[0], 1e-6 * high)
    for model, start in (
        (lambda t, a, tau: a * np.exp(-t / tau), [values[0], guess / np.log(2)]),
        (lambda t, a, tau, b: a * np.exp(-((t / tau) ** b)), [values[0], guess / np.log(2), 1.0]),
    ):
        if days.size > len(start):
            found.append(_of_model(model, start, days, values, u, half, high))
    held = np.clip([one for one in found if np.isfinite(one)], low, high)
    return float((held.min() + held.max()) / 2), float(np.ptp(held) / 2)


def _crossing(days: Floats, heights: Floats, level: float) -> float:
    """Return where straight lines between the days first pass a level."""
    under = int(np.argmax(heights < level))
    share = (heights[under - 1] - level) / (heights[under - 1] - heights[under])
    return float(days[under - 1] + share * (days[under] - days[under - 1]))


def _of_model(
    model: Callable[..., Any],
    start: list[float],
    days: Floats,
    values: Floats,
    u: Floats,
    half: float,
    high: float,
) -> float:
    """Return where a fitted model passes a level; NaN where the fit fails."""
    bounds = ([0.0] * len(start), [np.inf, np.inf, 6.0][: len(start)])
    try:
        fitted, _ = scipy.optimize.curve_fit(
            model, days, values, start, np.maximum(u, 1e-9 * half), bounds=bounds, max_nfev=60
        )
        return float(scipy.optimize.brentq(lambda t: model(t, *fitted) - half, 0, 10 * high))
    except (RuntimeError, ValueError):
        return float("nan")


def _noise(days: Floats, values: Floats, u: Floats, low: float, high: float) -> float:
    """Return how far the crossing moves for one u of the values around it."""
    half = values[0] / 2
    right = int(np.argmax(values < half))
    level = float(np.hypot(np.hypot(u[right - 1], u[right]) / np.sqrt(2), u[0] / 2))
    at = _crossing(days, values, half)
    moved = [
        _crossing(days, values, one) if (values < one).any() else high
        for one in (half + level, half - level)
    ]
    return float(np.abs(np.clip(moved, low, high) - at).max())


def _any_day(days: Floats, above: Floats, sure: Floats, value: float) -> float:
    """Return how far a day drawn at random from the gap between two dates lies from a value (root mean square).

    A date that cannot be told from half lies near it: then the value may lie at that end of the gap. Where the number
    lost less than half of its first value in the gap, no day of it is as good as any other.
    """
    right = int(np.argmax(above < 0))
    left = right - 1
    width, middle = days[right] - days[left], (days[right] + days[left]) / 2
    nearest = right if value > middle else left
    off = value - middle if abs(above[nearest]) > sure[nearest] else 0.0
    lost = (above[left] - above[right]) / (2 * above[0])  # of the first value
    return float(np.hypot(width / np.sqrt(12), off) * min(1.0, lost / ALL_UNSEEN))
