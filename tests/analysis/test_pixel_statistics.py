"""Statistics of pixels against simulated labs whose truth is known: substrates differ, pixels of one do less."""

import numpy as np
import pytest
from scipy import stats

from analysis.pixel_statistics import (
    PixelRow,
    compare,
    group_statistics,
    median_interval,
    needed_substrates,
    yield_interval,
)


def lab(rng, substrates, pixels=4, median=20.0, between=2.0, within=1.0, skew=False):
    """Return (values, names of substrates): what a substrate has in common is drawn once."""
    own = rng.normal(0, between, substrates)
    if skew:
        own = between * (rng.exponential(1, substrates) - np.log(2))
    values = median + np.repeat(own, pixels) + rng.normal(0, within, substrates * pixels)
    return values, [f"D{n}" for n in range(substrates) for _ in range(pixels)]


@pytest.mark.parametrize("substrates", [5, 8, 20])
@pytest.mark.parametrize("skew", [False, True])
def test_the_interval_of_the_median_holds_it_although_pixels_hang_together(substrates, skew):
    rng = np.random.default_rng(4)
    truth = 20.0
    if skew:
        truth = float(np.median(lab(rng, 100_000, skew=True)[0]))
    held, naive = 0, 0
    for _ in range(300):
        values, names = lab(rng, substrates, skew=skew)
        low, high = median_interval(values, names)
        held += low <= truth <= high
        ordered, k = np.sort(values), int(stats.binom.ppf(0.025, values.size, 0.5))
        naive += ordered[k - 1] <= truth <= ordered[-k]
    assert 0.90 <= held / 300 <= 0.99
    assert naive / 300 < held / 300 - 0.05  # pixels taken as independent hold it too seldom


def test_fewer_than_four_substrates_have_no_interval():
    values, names = lab(np.random.default_rng(1), 3)
    assert median_interval(values, names) is None
    said = group_statistics([PixelRow(n, "working", v) for n, v in zip(names, values, strict=True)])
    assert (said.low, said.high) == (None, None)
    assert said.median == pytest.approx(np.median(values))


@pytest.mark.parametrize("fails_together", [0.0, 0.8])
def test_the_interval_of_the_yield_holds_it(fails_together):
    rng, held, wilson = np.random.default_rng(2), 0, 0
    for _ in range(400):
        fate = rng.random(12) < 0.7
        works = np.repeat(fate, 4)
        alone = rng.random(48) < 0.7
        works = np.where(rng.random(48) < fails_together, works, alone)
        low, high = yield_interval(works.tolist(), [f"D{n // 4}" for n in range(48)])
        held += low <= 0.7 <= high
        theirs = stats.binomtest(int(works.sum()), 48).proportion_ci(method="wilson")
        wilson += theirs.low <= 0.7 <= theirs.high
    assert held / 400 >= 0.91
    assert fails_together == 0 or wilson / 400 < 0.85


def test_the_papers_twenty_devices():
    """20 devices, mean 23.5 %, best 25.3 %: one pixel each."""
    values = np.linspace(21.7, 25.3, 20)
    said = group_statistics([PixelRow(f"D{n}", "working", v) for n, v in enumerate(values)])
    assert (said.champion, said.measured, said.measured_on) == (25.3, 20, 20)
    assert said.mean == pytest.approx(23.5)
    assert said.low < said.median < said.high < said.champion
    assert (said.q1, said.q3) == pytest.approx(tuple(np.quantile(values, (0.25, 0.75))))


def test_who_is_out_is_counted_and_said():
    rows = [
        PixelRow("D1", "working", 20.0), PixelRow("D1", "shorted", 1.0), PixelRow("D1", "leaky", None),
        PixelRow("D2", "", 21.0), PixelRow("D2", "working", None), PixelRow("D2", "open", None),
    ]  # fmt: skip
    said = group_statistics(rows)
    assert (said.pixels, said.substrates, said.measured, said.measured_on) == (6, 2, 2, 2)
    assert said.out == {"leaky": 1, "open": 1, "shorted": 1, "unmeasured": 1}
    assert sum(said.out.values()) + said.measured == said.pixels
    assert (said.seen, said.working, said.share) == (5, 2, 0.4)


def test_the_champion_of_a_turn_on_is_the_lowest():
    rows = [PixelRow("D1", "working", 2.9), PixelRow("D2", "working", 2.1)]
    assert group_statistics(rows, lower_is_better=True).champion == 2.1
    assert group_statistics(rows, lower_is_better=True).best_on == "D2"


@pytest.mark.parametrize(
    "rows", [[], [PixelRow("D1", "shorted", None)], [PixelRow("D1", "", None)]]
)
def test_nothing_measured_gives_no_number(rows):
    said = group_statistics(rows)
    assert said.median is said.champion is said.low is None
    assert said.pixels == len(rows)


def test_no_difference_is_claimed_seldom_and_a_false_one_by_pixels_often():
    """Two groups of 6 substrates of one lab: the rank test on substrates keeps its 5 %, on pixels it does not."""
    rng, claimed, by_pixels = np.random.default_rng(9), 0, 0
    for _ in range(300):
        groups = [lab(rng, 6) for _ in range(2)]
        rows = [
            [PixelRow(n, "working", v) for n, v in zip(names, values, strict=True)]
            for values, names in groups
        ]
        claimed += compare(*rows).difference.is_claimed
        by_pixels += stats.mannwhitneyu(groups[0][0], groups[1][0]).pvalue < 0.05
    assert claimed / 300 <= 0.08
    assert by_pixels / 300 > 0.2


@pytest.mark.parametrize("effect", [0.8, 1.5])
def test_as_many_substrates_as_it_says_show_the_difference_four_times_of_five(effect):
    n, rng = needed_substrates(effect), np.random.default_rng(6)
    seen = [
        stats.mannwhitneyu(rng.normal(effect, 1, n), rng.normal(0, 1, n)).pvalue < 0.05
        for _ in range(1000)
    ]
    assert 0.76 <= np.mean(seen) <= 0.88  # few substrates come in steps
    fewer = max(n * 2 // 3, 3)
    less = [
        stats.mannwhitneyu(rng.normal(effect, 1, fewer), rng.normal(0, 1, fewer)).pvalue < 0.05
        for _ in range(500)
    ]
    assert np.mean(less) < 0.75


def test_the_effect_is_in_standard_deviations_between_substrates():
    rng = np.random.default_rng(3)
    a, b = (lab(rng, 200, within=0.01, median=m) for m in (22.0, 20.0))
    rows = [
        [PixelRow(n, "working", v) for n, v in zip(names, values, strict=True)]
        for values, names in (a, b)
    ]
    found = compare(*rows)
    assert found.effect == pytest.approx(1.0, abs=0.2)
    assert found.spread == pytest.approx(2.0, abs=0.2)
    assert found.difference.is_claimed
    assert compare(*rows, wanted=1.0).needed > found.needed
    assert needed_substrates(0.0) is None
