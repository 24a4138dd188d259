"""P(phase) against R, as the plot draws it."""

from itertools import pairwise

import pytest

from analysis.forecast import (
    Conditions,
    UnforecastableConditions,
    curve_along_ratio,
    forecast_phase,
)

PAPER = Conditions(ratio_ca_pb=0.5)
RATIOS = [0.02 * step for step in range(41)]  # 0 to 0.8


def test_more_calcium_never_makes_gamma_less_likely_up_to_the_last_ratio_made():
    gamma = [point.phase["gamma"].value for point in curve_along_ratio(PAPER, RATIOS)]
    alpha = [point.phase["alpha"].value for point in curve_along_ratio(PAPER, RATIOS)]
    assert all(later >= earlier - 1e-12 for earlier, later in pairwise(gamma))
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(alpha))
    assert gamma[-1] - gamma[0] > 0.75


def test_each_point_is_the_forecast_at_that_ratio():
    ratios = [0.0, 0.375, 0.5, 0.9, 3.0]
    for point in curve_along_ratio(PAPER, ratios):
        alone = forecast_phase(Conditions(ratio_ca_pb=point.ratio_ca_pb))
        assert point.in_domain == alone.in_domain
        for phase, chance in point.phase.items():
            assert (chance.value, chance.low, chance.high) == pytest.approx(
                (alone.phase[phase].value, alone.phase[phase].low, alone.phase[phase].high)
            )


def test_a_long_curve_is_not_cut():
    ratios = [step / 100 for step in range(150)]
    assert [point.ratio_ca_pb for point in curve_along_ratio(PAPER, ratios)] == ratios


def test_no_ratios_give_no_points():
    assert curve_along_ratio(PAPER, []) == []


def test_an_impossible_ratio_on_the_axis_is_refused():
    with pytest.raises(UnforecastableConditions, match="0 to 10"):
        curve_along_ratio(PAPER, [0.5, -0.5])
