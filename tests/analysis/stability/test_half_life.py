"""The half-life of a dated number: truths of no fitted form, bounds, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.result import NoResult
from analysis.stability.half_life import Dated, half_life

# Decays that are neither exponential nor stretched, with their half-lives: closed forms.
DECAYS = {
    "1/(1 + t/6)": (lambda t: 1 / (1 + t / 6), 6.0),
    "Gompertz": (lambda t: np.exp(-0.15 * np.expm1(0.3 * t)), np.log1p(np.log(2) / 0.15) / 0.3),
    "straight line": (lambda t: np.maximum(1 - t / 16, 0), 8.0),
    "power law": (lambda t: (1 + t) ** -0.5, 3.0),
}


def drawn(name: str, seed: int, noise: float) -> list[Dated]:
    """A batch that is looked at on four to nine days, at random within three half-lives."""
    decay, half = DECAYS[name]
    rng = np.random.default_rng(seed)
    days = np.concatenate([[0], np.sort(rng.uniform(0.5, 3 * half, rng.integers(3, 9)))])
    values = 4000 * decay(days) * (1 + noise * rng.normal(size=days.size))
    return [Dated(day, max(value, 0), noise * max(value, 1e-9)) for day, value in zip(days, values, strict=True)]  # fmt: skip


def test_the_interval_holds_the_half_life_of_other_forms():
    held, inside = [], []
    for seed in range(60):
        name = list(DECAYS)[seed % len(DECAYS)]
        found, right = half_life(drawn(name, seed, 0.04)), DECAYS[name][1]
        if found.value is not None:
            held.append(abs(found.value - right) <= 1.96 * found.uncertainty)
            inside.append(found.low <= right <= found.high)
    assert len(held) > 40
    assert np.mean(held) >= 0.9
    assert np.mean(inside) >= 0.93


def days(*pairs, u=2.0) -> list[Dated]:
    return [Dated(day, value, u) for day, value in pairs]


def test_it_counts_from_the_first_date_in_any_order():
    found = half_life(days((24, 25), (10, 100), (17, 50.1), (12, 84)))
    assert found.value == pytest.approx(7, abs=0.4)
    assert (found.unit, found.level) == ("d", "standard uncertainty")


def test_what_nobody_saw_fall_may_have_fallen_on_any_day():
    watched = half_life(days((0, 100), (2, 95), (16, 52), (18, 46), (20, 40)))
    unseen = half_life(days((0, 100), (2, 95), (30, 2)))
    assert watched.uncertainty < 2
    assert unseen.uncertainty > 28 / np.sqrt(12) * 0.9
    assert (unseen.low, unseen.high) == (2, 30)


def test_what_has_not_fallen_yet_is_a_lower_bound():
    # γ film of the paper: no change of the PL until day 26
    found = half_life(days((0, 100), (5, 101), (14, 98), (26, 97)))
    assert (found.value, found.low, found.level) == (None, 26, "lower bound, 95 %")


def test_a_first_value_that_is_barely_told_from_zero_gives_a_bound_and_no_crash():
    found = half_life([Dated(0, 10, 4), Dated(3, 0.2, 0.1), Dated(6, 0.1, 0.1)])
    assert (found.low, found.high) == (0, 3)
    never = half_life([Dated(0, 10, 4), Dated(3, 9, 4), Dated(6, 8, 4)])
    assert (never.value, never.high) == (None, None)


def test_measurements_of_one_day_are_one_date():
    with pytest.raises(NoResult, match="three dates or more; there are 2"):
        half_life(days((0, 100), (0.1, 99), (9, 20), (9.2, 21)))
    with pytest.raises(NoResult, match="there are 0"):
        half_life([])
    with pytest.raises(NoResult, match="there is 1"):
        half_life(days((3, 1)))


def test_a_number_that_comes_back_or_never_was_is_refused():
    with pytest.raises(
        NoResult, match="below half of its first on day 4 and above it again on day 9"
    ):
        half_life(days((0, 100), (4, 30), (9, 80), (12, 10)))
    with pytest.raises(NoResult, match="cannot be told from zero"):
        half_life(days((0, 3), (4, 2), (9, 1)))
