"""Suspects are ranked with intervals that hold, nobody is convicted by chance, and what goes together is said."""

import numpy as np
import pytest

from analysis.suspects import Suspect, TooFew, _of_number, _of_word, suspects

LEVEL = 0.95


def word(values, bad):
    seen = np.array([float(one) for one in values])
    return _of_word("lot", "L-0001", seen, np.array(bad, dtype=bool), LEVEL)


def test_the_interval_of_two_shares_is_newcombes():
    """Newcombe, Stat. Med. 17 (1998) 873, table II, method 10: 56/70 and 48/80; 9/10 and 3/10; 6/7 and 2/7."""
    for (a, n), (b, m), (low, high) in [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
    ]:
        has = [1] * n + [0] * m
        bad = [1] * a + [0] * (n - a) + [1] * b + [0] * (m - b)
        found = word(has, bad)
        assert found.effect == pytest.approx(a / n - b / m)
        assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_cliffs_delta_is_counted_by_hand():
    found = _of_number(
        "humidity",
        np.array([60.0, 70, 80, 50, 65, np.nan]),
        np.array([1, 1, 1, 0, 0, 0], bool),
        LEVEL,
    )
    assert found.effect == pytest.approx((5 - 1) / 6)  # of six pairs five are higher, one is lower
    assert (found.median_bad, found.median_good) == (70, 57.5)
    assert (found.n_bad, found.n_good) == (3, 2)


@pytest.mark.parametrize("true_shift", [0.0, 1.0])
def test_the_interval_of_a_number_covers_what_many_batches_would_give(true_shift):
    """The truth is Φ: for two normal groups a shift apart, delta = 2 Φ(shift / √2) - 1."""
    from scipy.stats import norm

    truth = 2 * norm.cdf(true_shift / np.sqrt(2)) - 1
    dice = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        values = np.concatenate((dice.normal(true_shift, 1, 9), dice.normal(0, 1, 14)))
        found = _of_number("h", values, np.arange(23) < 9, LEVEL)
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 400 <= 0.99


def lab(dice, batches=24):
    """A lab in which nothing is to blame: 12 words and numbers drawn apart from what came."""
    factors = {f"number {n}": list(dice.normal(0, 1, batches)) for n in range(6)}
    factors |= {f"lot {n}": [str(x) for x in dice.integers(0, 3, batches)] for n in range(6)}
    return factors


def test_where_nobody_is_guilty_hardly_anybody_is_accused():
    dice = np.random.default_rng(11)
    accused = 0
    for _ in range(100):
        bad = dice.permutation(24) < 8
        accused += any(one.stands_out for one in suspects(lab(dice), list(bad)))
    assert accused <= 10  # of 100 with a chance of 5 %: more would be one in a hundred


def test_the_lot_that_spoils_batches_is_named_first_and_its_companion_with_it():
    dice = np.random.default_rng(12)
    factors = lab(dice, 40)
    spoilt = dice.random(40) < 0.35
    factors["CaI2"] = ["L-0207" if one else "L-0150" for one in spoilt]
    factors["made by"] = ["mk" if one else "jw" for one in spoilt]
    bad = [bool(one) and dice.random() < 0.9 for one in spoilt]
    first, second, *rest = suspects(factors, bad)
    assert {first.factor, second.factor} == {"CaI2", "made by"}
    assert first.stands_out
    assert first.together == (second.name,)
    assert not any(one.stands_out for one in rest)


def test_a_humid_day_is_found_beside_what_is_not_known_of_every_batch():
    humidity = [75.0, 78, 80, 77, 79, 82, 76, 81, 55, 58, 50, 61, 57, None, 60, 59, 52, 56]
    bad = [True] * 8 + [False] * 10
    first = suspects({"humidity": humidity, "made by": ["a", "b"] * 9}, bad)[0]
    assert first.factor == "humidity"
    assert first.effect == 1
    assert first.stands_out
    assert (first.median_bad, first.n_good) == (78.5, 9)


def test_two_against_two_convict_nobody():
    found = suspects({"humidity": [80.0, 81, 50, 51], "lot": ["a", "a", "b", "b"]}, [1, 1, 0, 0])
    assert [one.stands_out for one in found] == [False, False]


@pytest.mark.parametrize("bad", [[True, False, False], [True, True, False], [False] * 3])
def test_too_small_a_group_is_refused_in_words(bad):
    with pytest.raises(TooFew, match="2 bad batches and 2 others"):
        suspects({"humidity": [1.0, 2.0, 3.0]}, bad)


def test_what_is_the_same_everywhere_or_hardly_known_is_no_suspect():
    factors = {"lot": ["a"] * 6, "humidity": [50.0, None, None, None, None, 60], "x": [3.0] * 6}
    assert suspects(factors, [1, 1, 1, 0, 0, 0]) == []


def test_a_suspect_says_its_name():
    assert Suspect("CaI2", "L-0207", 0, 0, 0, 1, 1).name == "CaI2 L-0207"
    assert Suspect("humidity", "", 0, 0, 0, 1, 1).name == "humidity"
