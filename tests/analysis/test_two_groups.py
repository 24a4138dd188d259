"""Two groups: a table of the literature, a permutation, other programs' numbers, and too few."""

import doctest
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import somersd

from analysis import phase_map
from analysis.phase_map import Place, map_phases
from analysis.two_groups import compare_groups

# Hollander and Wolfe, Nonparametric Statistical Methods (1973), p. 69: permeability of the human
# chorioamnion at term and at 12 to 26 weeks; the answer is that of `wilcox.test(x, y, conf.int = TRUE)` in R.
AT_TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]


def test_the_example_of_hollander_and_wolfe():
    found = compare_groups(AT_TERM, EARLY)
    assert found.p_value == pytest.approx(0.2544, abs=5e-5)
    assert found.shift == pytest.approx(0.305, abs=5e-4)
    assert (found.low, found.high) == (pytest.approx(-0.15), pytest.approx(0.76))
    assert not found.is_claimed


def test_the_p_value_is_that_of_every_way_to_deal_the_batches():
    draws = np.random.default_rng(8)
    a, b = draws.normal(0, 1, 6), draws.normal(1.2, 1, 5)
    every = np.concatenate([a, b])

    def wins(chosen) -> int:
        rest = np.delete(every, chosen)
        return int((every[list(chosen), None] > rest[None, :]).sum())

    middle = a.size * b.size / 2
    seen = abs(wins(range(6)) - middle)
    dealt = [abs(wins(c) - middle) for c in combinations(range(11), 6)]
    assert compare_groups(a, b).p_value == pytest.approx(np.mean(np.array(dealt) >= seen))


def test_delta_is_somers_d_with_ties_and_turns_with_the_groups():
    a, b = [1, 2, 2, 3, 5, 5, 8], [1, 1, 2, 3, 3, 4]
    found, turned = compare_groups(a, b), compare_groups(b, a)
    belongs = [1] * len(a) + [0] * len(b)
    assert found.delta == pytest.approx(somersd(belongs, a + b).statistic)
    assert (turned.delta, turned.shift) == (-found.delta, -found.shift)
    assert (turned.low, turned.high) == (-found.high, -found.low)


def test_the_interval_holds_the_shift_as_often_as_it_says():
    draws = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        found = compare_groups(draws.exponential(1, 12) + 0.5, draws.exponential(1, 9))
        held += found.low <= 0.5 <= found.high
    assert 0.93 <= held / 400 <= 0.985


@pytest.mark.parametrize(("a", "b"), [([1.0] * 4, [9.0] * 50), ([1.0], [2.0])])
def test_too_few_claim_nothing(a, b):
    found = compare_groups(a, b)
    assert (found.p_value, found.low, found.is_claimed) == (None, None, False)


def test_equal_numbers_claim_nothing():
    found = compare_groups([2.0] * 9, [2.0] * 7)
    assert (found.p_value, found.shift, found.low, found.high) == (1.0, 0.0, 0.0, 0.0)


def test_a_cell_says_the_majority_of_its_own_batches():
    places = [Place(0.5, 165, "gamma")] * 3 + [Place(0.5, 165, "alpha"), Place(0.5, 165, "")]
    places += [Place(0.25, 165, "alpha"), Place(0.25, 165, "delta"), Place(0.25, 150, "")]
    found = map_phases(places)
    assert [one.low for one in found.columns] == [0.25, 0.5]
    (high, (tie, most)), (low, (unknown, nothing)) = found.rows
    assert (high.low, low.low) == (165, 150)
    assert (most.phase, most.share, most.n, most.is_few) == ("gamma", 3, 5, False)
    assert (tie.phase, tie.n, tie.is_few) == ("", 2, True)
    assert (unknown.phase, unknown.n) == ("", 1)
    assert nothing is None


def test_no_batch_is_lost_between_cells():
    draws = np.random.default_rng(5)
    places = [
        Place(round(float(x), 2), float(y), "alpha") for x, y in draws.normal(0.3, 0.2, (500, 2))
    ]
    found = map_phases(places)
    assert len(found.columns) <= 8
    assert len(found.rows) <= 6
    filled = [
        (row, column, cell)
        for row, cells in found.rows
        for column, cell in zip(found.columns, cells, strict=True)
        if cell
    ]
    assert sum(cell.n for _, _, cell in filled) == 500
    for row, column, cell in filled:
        assert column.low <= cell.x.low <= cell.x.high < column.high
        assert row.low <= cell.y.low <= cell.y.high < row.high


def test_the_examples_hold():
    assert doctest.testmod(phase_map).failed == 0
