"""Days to δ: between two dates, bounds, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.result import NoResult
from analysis.stability.conversion import Pattern, days_to_delta


def series(*pairs):
    return [Pattern(day, delta) for day, delta in pairs]


def test_alpha_films_of_the_paper_turn_between_two_days():
    # Guo et al. 2023: film α by XRD at first, δ on day 4
    found = days_to_delta(series((4, True), (0, False), (2, False), (3, None)))
    assert (found.low, found.high, found.value) == (2, 4, 3)
    assert found.uncertainty == pytest.approx(2 / np.sqrt(12))
    assert found.level == "between two dates"


def test_the_interval_always_holds_a_day_drawn_at_random():
    rng = np.random.default_rng(5)
    for _ in range(200):
        turns, looked = rng.weibull(1.7) * 20, np.sort(rng.uniform(0, 60, rng.integers(3, 9)))
        try:
            found = days_to_delta([Pattern(day, bool(day >= turns)) for day in looked])
        except NoResult:  # two of the days are one date
            continue
        assert (found.low or 0) <= turns <= (found.high or np.inf)


def test_patterns_some_hours_apart_are_dates_from_the_first_of_each():
    # 0, 5 and 10 h, 15 h, a day: never one date because each is near to the one before it
    found = days_to_delta(series((0, False), (0.2, False), (0.4, False), (0.6, False), (0.8, True)))
    assert (found.low, found.high) == pytest.approx((0.6, 0.85))
    with pytest.raises(NoResult, match="there are 2"):
        days_to_delta(series((0, False), (0.2, False), (9, True), (9.2, True)))


@pytest.mark.parametrize("hours", [(0, 0), (0, 2), (2, 0)])
def test_black_and_delta_on_one_date_are_no_nearer_than_the_date_is_wide(hours):
    black, delta = (9 + one / 24 for one in hours)
    found = days_to_delta(series((0, False), (4, False), (black, False), (delta, True), (12, True)))
    assert (found.low, found.high) == pytest.approx((9, 9.25))
    assert found.uncertainty == pytest.approx(0.25 / np.sqrt(12))


def test_without_delta_the_last_day_is_a_lower_bound_and_with_it_at_once_an_upper_one():
    never = days_to_delta(series((0, False), (4, False), (90, False)))
    assert (never.value, never.low, never.high) == (None, 90, None)
    at_once = days_to_delta(series((1, True), (4, True), (9, True)))
    assert (at_once.value, at_once.low, at_once.high) == (None, None, 1)


def test_patterns_that_do_not_tell_count_for_nothing():
    with pytest.raises(NoResult, match="three dates or more that tells δ; there are 2"):
        days_to_delta(series((0, False), (4, None), (9, True)))
    with pytest.raises(NoResult, match="there are 0"):
        days_to_delta([])


def test_delta_that_goes_away_is_refused():
    with pytest.raises(NoResult, match="day 4 and not on day 9"):
        days_to_delta(series((0, False), (4, True), (9, False)))
