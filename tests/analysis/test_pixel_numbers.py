"""Median, mean and yield of pixels, against scipy's own intervals."""

import random
from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from analysis.pixel_numbers import (
    LEVEL,
    PixelNumber,
    median_interval,
    share_interval,
    summary_of,
)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 13, 20, 40, 401])
@pytest.mark.parametrize("level", [0.6, 0.8, 0.95])
def test_the_interval_of_the_median_is_that_of_scipys_quantile_test(n, level):
    values = np.random.default_rng(n).normal(22, 2, n)
    theirs = stats.quantile_test(values, p=0.5).confidence_interval(confidence_level=level)
    ours = median_interval(list(values), level)
    if ours is None:  # scipy gives nan for an end that so few values cannot hold
        assert np.isnan([theirs.low, theirs.high]).any()
    else:
        assert ours == pytest.approx((theirs.low, theirs.high), rel=1e-12)


def test_it_holds_the_true_median_as_often_as_it_says():
    draw, true = random.Random(5), NormalDist(22, 2).median
    turns = 2000
    held = sum(
        low <= true <= high
        for low, high in (
            median_interval([draw.gauss(22, 2) for _ in range(13)]) for _ in range(turns)
        )
    )
    exact = 1 - 2 * stats.binom.cdf(3, 13, 0.5)  # 4th lowest to 4th highest of 13
    assert held / turns == pytest.approx(exact, abs=0.02)
    assert exact >= LEVEL


@pytest.mark.parametrize(("found", "of"), [(0, 1), (1, 1), (0, 8), (13, 16), (16, 16), (1, 40)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_interval_of_the_yield_is_scipys_wilson_interval(found, of, level):
    theirs = stats.binomtest(found, of).proportion_ci(level, method="wilson")
    assert share_interval(found, of, level) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_mean_and_spread_are_those_of_the_working_pixels():
    values = [22.4, 24.6, 20.7]
    pixels = [PixelNumber("working", value) for value in values]
    said = summary_of([*pixels, PixelNumber("shorted"), PixelNumber("leaky", 3.0)])
    assert said.mean == pytest.approx(np.mean(values))
    assert said.deviation == pytest.approx(np.std(values, ddof=1))
    assert said.median == 22.4
    assert (said.pixels, said.seen, said.working, said.measured) == (5, 5, 3, 3)
    assert said.share == 0.6
    assert (said.low, said.high) == (None, None)  # three values hold no 80 % interval


def test_a_pixel_that_nobody_looked_at_counts_for_its_efficiency_and_for_no_yield():
    said = summary_of([PixelNumber("", 20.0), PixelNumber("")])
    assert (said.pixels, said.seen, said.measured, said.median) == (2, 0, 1, 20.0)
    assert (said.share, said.yield_low, said.deviation) == (None, None, None)


def test_all_shorted_is_a_yield_of_nothing_and_no_efficiency():
    said = summary_of([PixelNumber("shorted")] * 4)
    assert (said.share, said.yield_low, said.measured, said.median) == (0.0, 0.0, 0, None)
    assert said.yield_high == pytest.approx(stats.binomtest(0, 4).proportion_ci(0.8, "wilson").high)


def test_no_pixels_say_nothing():
    said = summary_of([])
    assert (said.pixels, said.median, said.mean, said.share) == (0, None, None, None)
