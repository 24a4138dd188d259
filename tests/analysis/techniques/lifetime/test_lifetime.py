"""T80 and T50: right, honest about noise and gaps, a bound where the trace does not reach them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.optimize import brentq

from analysis.quantities import QUANTITIES
from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.lifetime.lifetime import run
from tests.analysis.techniques.lifetime.traces import DECAYS, measured, trace, truth
from tests.analysis.techniques.readings import figures, values

SHARES = {"t80_h": 0.8, "t50_h": 0.5}


@pytest.mark.parametrize("name", DECAYS)
def test_lifetimes_hold_the_truth_of_decays_of_any_form(name):
    held = []
    for seed in range(6):
        found = figures(run(measured(name, seed), {}))
        for quantity, share in SHARES.items():
            figure = found[quantity]
            if figure.value is not None:
                held.append(abs(figure.value - truth(name, share)) <= 1.96 * figure.uncertainty)
                assert figure.uncertainty < 0.26 * truth(name, share)
    assert len(held) >= 9
    assert np.mean(held) >= 0.8


@pytest.mark.parametrize("kind", ["without noise", "coarse"])
def test_an_exponential_has_the_t50_of_its_formula(kind):
    t = np.linspace(0, 60, 601 if kind == "without noise" else 13)
    found = figures(run(trace(t, 500 * np.exp(-t / 20)), {}))["t50_h"]
    assert found.value == pytest.approx(
        20 * np.log(2), rel=2e-3 if kind == "without noise" else 0.06
    )
    if kind == "coarse":  # five hours between the points
        assert (found.low, found.high) == (10, 15)
        assert found.uncertainty >= 5 / np.sqrt(12)
        assert "interval-censored" in found.note


def test_what_is_not_reached_is_a_lower_bound_and_no_number():
    t = np.linspace(0, 10, 200)
    result = run(trace(t, 500 * np.exp(-t / 30)), {})
    found = figures(result)
    assert found["t50_h"].value is None
    assert (found["t50_h"].low, found["t50_h"].high, found["t50_h"].level) == (
        10,
        None,
        "lower bound",
    )
    assert found["t80_h"].value == pytest.approx(-30 * np.log(0.8), rel=0.01)
    assert any("T50 is not reached in 10 h" in w and "72%" in w for w in result.warnings)
    assert "T50 over 10 h" in result.summary
    assert "t50_extrapolated_h" not in found


def test_l0_is_said_and_its_luminance_is_a_figure_with_calibration():
    t = np.linspace(0, 60, 601)
    found = figures(run(trace(t, 500 * np.exp(-t / 20)), {}))
    assert "L0 = 500" in found["t50_h"].label
    assert "cd/m²" in found["t50_h"].label
    assert found["initial_luminance_cd_m2"].value == pytest.approx(500, rel=2e-3)
    assert found["initial_luminance_cd_m2"].uncertainty == pytest.approx(25, rel=0.02)
    relative = figures(run(trace(t, np.exp(-t / 20), unit=""), {}))
    assert "initial_luminance_cd_m2" not in relative
    assert relative["t50_h"].value == pytest.approx(found["t50_h"].value)


def test_a_rise_is_said_and_l0_may_be_its_maximum_or_the_level_after_burn_in():
    decay = DECAYS["rise of 25 % first"]
    t = np.linspace(0, 60, 1200)
    reading = trace(t, 1000 * decay(t))
    at_start = run(reading, {})
    assert any("rises by" in w and "L0 is the level" in w for w in at_start.warnings)
    top = t[np.argmax(decay(t))]
    later = t > top
    by_hand = np.interp(-0.5 * decay(top), -decay(t[later]), t[later])
    at_top = figures(run(reading, {"initial": "maximum"}))["t50_h"]
    assert at_top.value == pytest.approx(by_hand, rel=0.01)
    assert at_top.value < values(at_start)["t50_h"]
    assert at_start.detail["other_initials"]["maximum"]["t50_h"] == pytest.approx(at_top.value)
    burnt = figures(run(reading, {"initial": "after burn-in", "burn_in_h": 10}))["t50_h"]
    late = t > 10
    assert burnt.value == pytest.approx(
        np.interp(-0.5 * decay(10), -decay(t[late]), t[late]) - 10, rel=0.01
    )
    with pytest.raises(NoResult, match="hours of the burn-in"):
        run(reading, {"initial": "after burn-in"})


def test_a_start_below_the_level_is_no_crossing_when_l0_is_the_maximum():
    t = np.linspace(0, 60, 1200)
    y = 1000 * (1 - 0.6 * np.exp(-t)) * np.exp(-t / 20)
    found = figures(run(trace(t, y), {"initial": "maximum"}))["t80_h"]
    late = t > t[np.argmax(y)]
    assert found.value == pytest.approx(np.interp(-0.8 * y.max(), -y[late], t[late]), rel=0.02)


def test_a_plain_decay_does_not_rise():
    for seed in range(5):
        assert not any("rises" in w for w in run(measured("1/(1 + t/15 h)", seed), {}).warnings)


def test_a_saturated_start_gives_an_upper_bound():
    rng = np.random.default_rng(1)
    t = np.linspace(0, 60, 400)
    y = np.minimum(2000 * np.exp(-t / 20) * (1 + 0.01 * rng.normal(size=400)), 1500)
    result = run(trace(t, y), {})
    found = figures(result)["t50_h"]
    assert any("saturated" in w for w in result.warnings)
    assert found.value is None
    assert found.high > 20 * np.log(2)
    assert "initial_luminance_cd_m2" not in figures(result)


@pytest.mark.parametrize("digits", [0, 1])
def test_few_digits_are_no_saturation(digits):
    t = np.linspace(0, 60, 4000)
    result = run(trace(t, np.round(30 * np.exp(-t / 20), digits)), {})
    assert not any("saturated" in w for w in result.warnings)
    found = figures(result)["t50_h"]
    assert abs(found.value - 20 * np.log(2)) < 1.96 * found.uncertainty < 2


def test_a_gap_over_the_crossing_is_an_interval():
    t = np.concatenate([np.linspace(0, 10, 200), np.linspace(30, 60, 200)])
    result = run(trace(t, 500 * np.exp(-t / 20)), {})
    found = figures(result)["t50_h"]
    assert any("gap" in w and "10 to 30 h" in w for w in result.warnings)
    assert (found.low, found.high) == (10, 30)
    assert found.uncertainty >= 20 / np.sqrt(12)


def test_points_before_the_device_was_switched_on_are_left_out():
    t = np.linspace(0, 60, 601)
    y = np.where(t < 1, 0.0, 500 * np.exp(-(t - 1) / 20))
    result = run(trace(t, y), {})
    assert any("before the signal came on" in w for w in result.warnings)
    assert values(result)["t50_h"] == pytest.approx(20 * np.log(2), rel=0.01)


def test_a_failure_between_two_points_is_an_interval_not_an_off_time():
    t = np.linspace(0, 40, 201)
    y = np.where(t > 25, 0.0, 400 - t)
    found = figures(run(trace(t, y), {}))["t50_h"]
    assert found.low == pytest.approx(25)
    assert found.high == pytest.approx(25.2)


def test_only_hours_while_it_is_on_count():
    hours = np.arange(0, 100, 0.1)
    on = (hours % 10) < 6
    lit = np.cumsum(on) * 0.1
    result = run(trace(hours, np.where(on, 800 * np.exp(-lit / 20), 0.0)), {})
    assert values(result)["t50_h"] == pytest.approx(20 * np.log(2), rel=0.03)
    assert any("operating time" in w for w in result.warnings)


def test_maximum_power_has_a_lifetime_too_and_its_sign_does_not_matter():
    t = np.linspace(0, 60, 601)
    signed = run(trace(t, -18 * np.exp(-t / 20), "power", "mW/cm2"), {})
    assert values(signed)["t80_h"] == pytest.approx(-20 * np.log(0.8), rel=0.01)
    assert any("sign was turned" in w for w in signed.warnings)


def test_an_extrapolated_time_is_a_number_of_its_own_with_the_spread_of_the_models():
    held = []
    for name in ("1/(1 + t/15 h)", "three exponentials", "power law"):
        end = truth(name, 0.5) / 1.3
        for seed in range(2):
            reading = measured(name, seed, noise=0.005, end_h=end)
            result = run(reading, {"extrapolate": "yes"})
            found = figures(result)
            assert found["t50_h"].value is None
            extra = found["t50_extrapolated_h"]
            held.append(abs(extra.value - truth(name, 0.5)) < 1.96 * extra.uncertainty)
            assert "stretched exponential" in extra.note
            assert any("nobody has seen it" in w for w in result.warnings)
    assert np.mean(held) > 0.8


def test_an_extrapolated_time_counts_from_the_end_of_the_burn_in_in_warning_and_note_too():
    # an exponential from 10 h on reaches half of its level there 20 ln 2 h later, wherever it is counted from
    t = np.linspace(0, 20, 300)
    reading = trace(t, 1000 * np.exp(-t / 20))
    result = run(reading, {"extrapolate": "yes", "initial": "after burn-in", "burn_in_h": 10})
    extra = figures(result)["t50_extrapolated_h"]
    assert extra.value == pytest.approx(20 * np.log(2), rel=0.05)
    warning = next(w for w in result.warnings if "nobody has seen it" in w and "T50" in w)
    told, watched = (float(hours) for hours in re.findall(r"([\d.]+) h\b", warning))
    assert told == pytest.approx(extra.value, rel=0.01)
    assert watched == pytest.approx(10, rel=0.01)
    lowest, highest = (float(h) for h in re.search(r"([\d.]+) to ([\d.]+) h", extra.note).groups())
    assert lowest <= extra.value * 1.01
    assert extra.value <= highest * 1.01


def test_models_that_disagree_count_from_the_end_of_the_burn_in_too():
    decay, start, end = DECAYS["late failure"], 6.0, truth("late failure", 0.5) / 1.5
    right = brentq(lambda t: decay(t) - 0.8 * decay(start), start, 40) - start
    reading = measured("late failure", 1, points=150, noise=0.003, end_h=end)
    result = run(reading, {"extrapolate": "yes", "initial": "after burn-in", "burn_in_h": start})
    assert "t80_extrapolated_h" not in figures(result)
    told = next(w for w in result.warnings if "T80 is not extrapolated: the models disagree" in w)
    lowest, highest = (float(h) for h in re.search(r"([\d.]+) to ([\d.]+) h", told).groups())
    assert lowest == pytest.approx(
        right, rel=0.1
    )  # 5.9 h after the burn-in, 11.9 h after switch-on
    assert highest > right


@pytest.mark.parametrize("factor", [2.5, 6.0])
def test_a_time_far_beyond_the_trace_is_not_extrapolated(factor):
    end = truth("1/(1 + t/15 h)", 0.5) / factor
    result = run(measured("1/(1 + t/15 h)", 1, noise=0.002, end_h=end), {"extrapolate": "yes"})
    assert "t50_extrapolated_h" not in figures(result)
    assert any("T50 is not extrapolated" in w for w in result.warnings)


@pytest.mark.parametrize(
    "signal", [np.zeros(50), np.full(50, np.nan), np.full(50, 1e300), np.ones(3)]
)
def test_nonsense_is_refused_in_a_sentence(signal):
    with pytest.raises(NoResult, match=r"\.$"):
        run(trace(np.linspace(0, 10, signal.size), signal), {})


def test_every_figure_is_a_quantity_of_the_house():
    t = np.linspace(0, 10, 200)
    result = run(trace(t, 500 * np.exp(-t / 18)), {"extrapolate": "yes"})
    assert "t50_extrapolated_h" in figures(result)
    for figure in result.figures:
        assert figure.quantity in QUANTITIES


def test_a_long_trace_is_averaged_before_it_is_read():
    t = np.linspace(0, 60, 400_000)
    noise = 1 + 0.05 * np.random.default_rng(2).normal(size=t.size)
    found = figures(run(trace(t, 500 * np.exp(-t / 20) * noise), {}))["t50_h"]
    assert abs(found.value - 20 * np.log(2)) < 1.96 * found.uncertainty < 0.2


def test_another_luminance_takes_an_exponent_that_a_person_gives():
    hours = np.linspace(0, 30, 400)
    light = 500 * np.exp(-((hours / 18) ** 0.8))
    reading = Reading(
        "lifetime",
        "test 1",
        (Channel("time", "h", hours), Channel("luminance", "cd/m2", light)),
        {},
    )
    plain = figures(run(reading, {}))
    assert "t50_at_reference_h" not in plain
    both = {"acceleration_exponent": 1.8, "at_luminance_cd_m2": 100}
    found = figures(run(reading, both))["t50_at_reference_h"]
    assert found.value == pytest.approx(plain["t50_h"].value * 5**1.8, rel=1e-3)
    assert found.uncertainty / found.value > 1.8 * 0.05  # the meter counts n-fold
    only = run(reading, {"at_luminance_cd_m2": 100})
    assert any("takes both the exponent" in w for w in only.warnings)
