"""Axes hold their data and write round numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labnotebook.records.presentation.axes import Axis


def test_numbers_are_round_and_lie_on_the_axis():
    ticks = Axis(0, 0.9, "R").ticks()
    assert [tick.text for tick in ticks] == ["0", "0.2", "0.4", "0.6", "0.8"]
    assert all(0 <= tick.at <= 1 for tick in ticks)


def test_quarters_are_written_in_full():
    assert [tick.text for tick in Axis(0, 1, "p", wanted=4).ticks()] == [
        "0",
        "0.25",
        "0.5",
        "0.75",
        "1",
    ]


def test_a_negative_number_carries_a_true_minus():
    assert "−2" in [tick.text for tick in Axis(-3, 3, "residual").ticks()]


def test_long_numbers_leave_their_power_to_the_title():
    axis = Axis(0, 2_400_000, "Counts")
    assert axis.title == "Counts / 10⁶"
    assert [tick.text for tick in axis.ticks()] == ["0", "0.5", "1", "1.5", "2"]


def test_a_log_axis_writes_decades_and_holds_zero_at_its_foot():
    axis = Axis.over([[0.0, 3.0, 9000.0]], "Counts", log=True)
    assert [tick.text for tick in axis.ticks()] == ["10", "100", "1000", "10⁴"]
    assert axis.at(0.0) == 0.0
    assert math.isnan(axis.along([np.nan])[0])


def test_a_short_log_axis_still_has_numbers():
    assert [t.text for t in Axis(1.5, 6.0, "L", log=True).ticks()] == ["2", "5"]


@pytest.mark.parametrize("values", [[], [float("nan")], [5.0], [0.0, 0.0], [-7.0, -7.0]])
@pytest.mark.parametrize("log", [False, True])
def test_an_axis_over_little_or_nothing_still_stands(values, log):
    axis = Axis.over([values], "x", log=log)
    assert axis.low < axis.high
    assert axis.ticks()


def test_an_impossible_axis_is_refused_by_name():
    with pytest.raises(ValueError, match="R runs from 1 to 1"):
        Axis(1, 1, "R")
    with pytest.raises(ValueError, match="log axis Counts"):
        Axis(0, 10, "Counts", log=True)


@given(st.lists(st.floats(min_value=-1e9, max_value=1e9), min_size=1, max_size=20))
def test_every_value_lies_on_the_axis_drawn_over_it(values):
    axis = Axis.over([values], "x")
    assert all(-1e-9 <= axis.at(value) <= 1 + 1e-9 for value in values)
    assert 2 <= len(axis.ticks()) <= 12


def test_the_smallest_number_there_is_has_an_axis_too():
    axis = Axis.over([[5e-324]], "x")
    assert axis.low < 5e-324 < axis.high


@pytest.mark.parametrize("log", [False, True])
def test_an_axis_that_falls_has_its_least_value_at_the_right(log):
    axis = Axis.over([[1.0, 100.0]], "Binding energy", "eV", log=log, tight=True, falls=True)
    assert axis.at(axis.low) == pytest.approx(1)
    assert axis.at(axis.high) == pytest.approx(0)
    assert axis.along([1.0, 10.0, 100.0]).tolist() == pytest.approx(
        [axis.at(1.0), axis.at(10.0), axis.at(100.0)]
    )
    places = [tick.at for tick in axis.ticks()]
    assert places == sorted(places, reverse=True)
