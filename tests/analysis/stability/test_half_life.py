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


# Looked at on three or four days far apart: a loss that stops, and a fall within a day.
SPARSE = {
    "two exponentials": (lambda t: 0.6 * np.exp(-t / 1.5) + 0.4 * np.exp(-t / 200), 2.6117487),
    "falls within a day": (lambda t: 0.65 / (1 + np.exp((t - 9) / 0.5)) + 0.35, 9 + 0.5 * np.log(0.5 / 0.15)),
}  # fmt: skip


def sparse(name: str, seed: int, noise: float) -> list[Dated]:
    """A batch that is looked at on three or four days, evenly drawn in the logarithm from 12 h to 60 days."""
    decay, _ = SPARSE[name]
    rng = np.random.default_rng(seed)
    days = np.concatenate([[0], np.sort(np.exp(rng.uniform(np.log(0.5), np.log(60), 2 + seed % 2)))])  # fmt: skip
    values = 4000 * decay(days) * (1 + noise * rng.normal(size=days.size))
    return [Dated(day, value, noise * value) for day, value in zip(days, values, strict=True)]


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
        if found.high is not None:
            inside.append(found.low <= right <= found.high)
    assert len(held) > 30  # of the others the interval alone is given
    assert np.mean(held) >= 0.9
    assert np.mean(inside) >= 0.93


def test_days_close_to_half_give_a_u_that_says_something():
    # half of 1/(1 + t/6) is passed between days that differ by some 15 % of the first value
    found = [half_life(drawn("1/(1 + t/6)", seed, 0.02)) for seed in range(60)]
    u = np.array([one.uncertainty for one in found if one.value is not None])
    off = np.array([one.value - 6 for one in found if one.value is not None])
    assert u.size > 45
    assert np.median(u) < 2 * np.sqrt(
        np.mean(off**2)
    )  # 1.05 d, not the 1.8 d of any day between the two


def days(*pairs, u=2.0) -> list[Dated]:
    return [Dated(day, value, u) for day, value in pairs]


def test_it_counts_from_the_first_date_in_any_order():
    found = half_life(days((24, 25), (10, 100), (17, 50.1), (12, 84)))
    assert found.value == pytest.approx(7, abs=0.4)
    assert (found.unit, found.level) == ("d", "standard uncertainty")


@pytest.mark.parametrize("name", SPARSE)
def test_days_that_are_few_give_a_wide_u_or_the_interval_alone(name):
    held, inside, right = [], [], SPARSE[name][1]
    for seed in range(80):
        try:
            found = half_life(sparse(name, seed, 0.05))
        except NoResult:  # two of the days are one date
            continue
        if found.value is not None:
            held.append(abs(found.value - right) <= 1.96 * found.uncertainty)
        if found.high is not None:
            inside.append((found.low or 0) <= right <= found.high)
    assert len(inside) > 20
    assert np.mean(held) >= 0.9
    assert np.mean(inside) >= 0.93


def test_what_nobody_saw_fall_may_have_fallen_on_any_day():
    watched = half_life(days((0, 100), (2, 95), (16, 52), (18, 46), (20, 40)))
    unseen = half_life(days((0, 100), (2, 95), (30, 2)))
    assert watched.uncertainty < 2
    assert (unseen.value, unseen.uncertainty, unseen.level) == (None, None, "interval, 95 %")
    assert (unseen.low, unseen.high) == (2, 30)


def test_sentences_name_the_day_of_the_series_and_the_half_life_counts_from_the_first_date():
    with pytest.raises(NoResult, match="on day 14 and above it again on day 19"):
        half_life(days((10, 100), (14, 30), (19, 80), (22, 10)))
    found = half_life(days((10, 100), (12, 84), (17, 50.1), (24, 25)))
    assert found.note.startswith("after the first date, day 10")
    assert found.high == 14
    never = half_life(days((10, 100), (15, 101), (36, 97)))
    assert "not reached by day 36" in never.note
    assert never.low == 26
    unsure = half_life(days((10, 100), (15, 101), (40, 51)))
    assert "cannot be told from half on day 40" in unsure.note
    assert unsure.low == 5


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
