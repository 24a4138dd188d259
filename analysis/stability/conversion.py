"""How many days a batch stayed black: after the last pattern without δ, before the first with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.result import Figure, NoResult
from analysis.stability.dates import SAME_DAY, by_date

VERSION = "1"
LEAST_DATES = 3
QUANTITY = "days_to_delta_d"
CERTAIN = "between two dates"
LOW_PERCENT = 10.0  # δ by volume: a pattern with a higher limit cannot tell that there is none


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one day's XRD says of δ: found, not found, or undetermined (None)."""

    day: float
    delta: bool | None


def days_to_delta(patterns: Sequence[Pattern], label: str = "Days until δ is found") -> Figure:
    """Return the interval in which δ appeared, in days from day zero; its middle with u = width/√12.

    It is never narrower than one date.
    Without δ the last day is a lower bound; with δ on the first day that is an upper one.

    Raises
    ------
    NoResult
        for fewer than three dates that tell, and for δ that is gone on a later day.

    >>> found = days_to_delta([Pattern(1, False), Pattern(3, False), Pattern(5, True)])
    >>> found.low, found.high, found.value
    (3, 5, 4.0)
    """
    dates = by_date(one for one in patterns if one.delta is not None)
    count = len(dates)
    if count < LEAST_DATES:
        raise NoResult(
            f"Days to δ need XRD of three dates or more that tells δ; there {'is' if count == 1 else 'are'} {count}. "
            "Measure again on further days."
        )
    without = [(n, one.day) for n, date in enumerate(dates) for one in date if not one.delta]
    with_delta = [(n, one.day) for n, date in enumerate(dates) for one in date if one.delta]
    last, first = max(without, default=(0, 0.0)), min(with_delta, default=(0, 0.0))
    if with_delta and without and last[0] > first[0]:
        raise NoResult(
            f"δ is found on day {first[1]:.3g} and not on day {last[1]:.3g}: δ does not go away at room "
            "temperature, so these are not one sample or one of the patterns is misread. Reject the analysis that is wrong."
        )
    if not with_delta:
        return Figure(QUANTITY, None, None, "d", label, low=last[1], level="lower bound",
                      note=f"no δ above {LOW_PERCENT:g} % by volume up to day {last[1]:.3g}")  # fmt: skip
    if not without:
        return Figure(QUANTITY, None, None, "d", label, high=first[1], level="upper bound",
                      note="δ is found in the first pattern")  # fmt: skip
    low = dates[last[0]][0].day if last[0] == first[0] else last[1]
    high = max(first[1], last[1], low + SAME_DAY)
    return Figure(
        QUANTITY, (low + high) / 2, float((high - low) / np.sqrt(12)), "d", label, low, high,
        f"interval-censored: any day between the last pattern without δ (at most {LOW_PERCENT:g} % by volume) and the "
        "first with it", CERTAIN,
    )  # fmt: skip
