"""The individuals control chart, against published numbers and counted runs."""

import numpy as np
import pytest

from analysis.control_chart import LEAST, Rule, chart_of

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: ten batches of a flow rate, and what it prints.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
PRINTED = {"middle": 50.81, "high": 55.8041, "low": 45.8159}
QUIET = [0.0, 1.0] * 10  # middle 0.5, moving range 1: sigma 0.887


def said(values) -> list[tuple[Rule, int, int, bool]]:
    return [tuple(one) for one in chart_of(values).findings]


def test_the_limits_are_those_of_the_handbook():
    chart = chart_of(FLOW)
    found = {name: getattr(chart, name) for name in PRINTED}
    assert found == pytest.approx(PRINTED, abs=5e-5)
    assert chart.sigma * 1.128 == pytest.approx(1.8778, abs=5e-5)
    assert chart.findings == ()
    assert chart.is_provisional


def test_a_batch_beyond_a_limit_stands_out_alone():
    values = [*QUIET, 0.5, 9.0, 0.5]
    chart = chart_of(values)
    assert chart.beyond == {21}
    assert (Rule.BEYOND, 21, 21, True) in said(values)
    assert (Rule.BEYOND, 21, 21, False) in said([-one for one in values])


def test_eight_in_a_row_above_the_middle_are_one_stretch_however_long():
    shifted = [*[-0.2, 0.2] * 10, *[1.0, 1.3] * 5]
    assert (Rule.EIGHT, 20, 29, True) in said(shifted)
    # Of seven nothing is said.
    assert Rule.EIGHT not in {rule for rule, *_ in said([-1, 1, 1, 1, 1, 1, 1, 1, -6, 1, -1])}


def test_two_of_three_and_four_of_five_are_counted_on_one_side_only():
    # The moving range of QUIET hardly changes: sigma stays near 0.9.
    two = [*QUIET, 2.6, 0.5, 2.6, *QUIET]
    assert (Rule.TWO_OF_THREE, 20, 22, True) in said(two)
    apart = [*QUIET, 2.6, 0.5, -1.6, *QUIET]
    assert Rule.TWO_OF_THREE not in {rule for rule, *_ in said(apart)}
    four = [*QUIET, 1.8, 1.9, 0.6, 1.8, 1.9, *QUIET]
    assert (Rule.FOUR_OF_FIVE, 20, 24, True) in said(four)


def test_six_in_a_row_that_fall_are_a_trend_and_five_are_none():
    saw = [0, 1] * 4 + [0]
    assert (Rule.TREND, 9, 14, False) in said([*saw, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 1.0, 0.2])
    five = [*saw, 1.0, 0.9, 0.8, 0.7, 0.6, 1.0, 0.2]
    assert Rule.TREND not in {rule for rule, *_ in said(five)}


def test_too_few_or_all_the_same_have_no_limits():
    assert chart_of(FLOW[: LEAST - 1]) is None
    assert chart_of([5.0] * 30) is None
    assert chart_of([]) is None


def test_the_unit_does_not_matter():
    chart, scaled = chart_of(FLOW), chart_of([1000 * one - 7 for one in FLOW])
    assert scaled.low == pytest.approx(1000 * chart.low - 7)
    assert scaled.findings == chart.findings


def test_noise_alone_is_called_out_about_as_often_as_the_handbook_says():
    """With the limits known, one false alarm in 92 batches by the first four rules (6.3.1); here they are estimated."""
    draw = np.random.default_rng(20261127)
    named = {Rule.BEYOND, Rule.TWO_OF_THREE, Rule.FOUR_OF_FIVE, Rule.EIGHT}
    charts = [chart_of(draw.normal(size=400)) for _ in range(40)]
    alarms = sum(one.rule in named for chart in charts for one in chart.findings)
    assert 92 / 2 < 40 * 400 / alarms < 92 * 2
