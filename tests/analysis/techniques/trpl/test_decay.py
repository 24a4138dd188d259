"""TRPL histograms: what the lifetime method promises."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.reading import Channel
from analysis.result import NoResult
from analysis.techniques.trpl.decay import run
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.readings import figures, histogram, two_columns, values


def decay(components, *, peak=5000.0, background=3.0, step=0.2, span=800.0, pulse=20.0):
    """Expected counts of Σ a·exp(-t/τ) from ``pulse`` on, integrated over each bin as a counter does.

    ``components`` = [(a, τ)]; ``peak`` = counts per bin at the instant of the pulse.
    """
    t = np.arange(0, span, step)
    since = np.clip(t - pulse, 0, None)
    shape = sum(
        a * np.exp(-since / tau) * tau / step * -np.expm1(-step / tau) for a, tau in components
    )
    return t, np.where(t >= pulse - 1e-9, peak * shape, 0.0) + background


def simulated(components, seed=0, **kwargs):
    t, expected = decay(components, **kwargs)
    return histogram(t, np.random.default_rng(seed).poisson(expected))


TWO = [(0.7, 22.0), (0.3, 88.0)]
THREE = [(0.6, 3.0), (0.3, 22.0), (0.1, 120.0)]


def test_two_exponentials_give_both_averages():
    # truth of the shared check: 41.80 ns by amplitude, 63.68 ns by intensity
    result = run(simulated(TWO), {})
    assert [round(c["lifetime_ns"]) for c in result.detail["components"]] == [22, 88]
    found = figures(result)
    assert found["lifetime_ns"].value == pytest.approx(41.80, rel=0.015)
    assert found["lifetime_intensity_ns"].value == pytest.approx(63.68, rel=0.015)
    assert "amplitude" in found["lifetime_ns"].label
    assert found["reduced_deviance"].value == pytest.approx(1.0, abs=0.25)


def test_three_exponentials_are_found_when_they_are_there():
    result = run(simulated(THREE, peak=20000), {})
    lifetimes = [c["lifetime_ns"] for c in result.detail["components"]]
    assert lifetimes == pytest.approx([3, 22, 120], rel=0.06)


@pytest.mark.parametrize("seed", range(8))
def test_one_exponential_is_not_split_in_two(seed):
    result = run(simulated([(1.0, 40.0)], seed=seed, peak=2000), {})
    assert len(result.detail["components"]) == 1
    assert values(result)["lifetime_ns"] == pytest.approx(40, rel=0.02)


@pytest.mark.parametrize("peak", [300.0, 5000.0])
def test_the_stated_uncertainty_covers_the_truth_as_often_as_it_should(peak):
    pulls = []
    for seed in range(40):
        lifetime = figures(
            run(simulated(TWO, seed=seed, peak=peak, step=0.5), {"components": "2"})
        )["lifetime_ns"]
        pulls.append((lifetime.value - 41.80) / lifetime.uncertainty)
    inside = np.mean(np.abs(pulls) < 1)
    assert 0.5 <= inside <= 0.86  # 68 % expected, 40 draws: sd 7 %
    assert np.mean(np.abs(pulls) < 2.6) >= 0.92


def test_the_average_of_three_exponentials_is_not_biased():
    truth = 0.6 * 3 + 0.3 * 22 + 0.1 * 120
    pulls = []
    for seed in range(25):
        lifetime = figures(run(simulated(THREE, seed=seed, peak=20000), {}))["lifetime_ns"]
        pulls.append((lifetime.value - truth) / lifetime.uncertainty)
    assert abs(np.mean(pulls)) < 0.6  # three standard errors of 25 draws
    assert 0.65 < np.std(pulls) < 1.4


def test_weak_signals_are_not_biased():
    # √N-weighted least squares reads a weak decay on a low background short by several per cent
    found = [
        values(run(simulated([(1.0, 40.0)], seed=s, peak=20, background=0.2), {"components": "1"}))[
            "lifetime_ns"
        ]
        for s in range(30)
    ]
    assert np.mean(found) == pytest.approx(40, abs=3.5 * np.std(found) / np.sqrt(30) + 0.05)
    assert abs(np.mean(found) - 40) < 1.0


def test_an_instrument_response_is_deconvolved_with_its_shift():
    rng = np.random.default_rng(4)
    step = 0.1
    t = np.arange(0, 400, step)
    irf = np.exp(-((t - 10) ** 2) / (2 * 0.6**2)) + 0.05 * np.exp(-(t - 10) / 2.0) * (t > 10)
    shifted = np.interp(t - 0.35, t, irf)
    kernel = 0.7 * np.exp(-t / 4.0) + 0.3 * np.exp(-t / 40.0)
    model = np.convolve(shifted / shifted.sum(), 20000 * kernel)[: t.size] + 2
    reading = histogram(
        t, rng.poisson(model), Channel("irf", "counts", rng.poisson(50000 * irf + 1).astype(float))
    )
    result = run(reading, {})
    assert [c["lifetime_ns"] for c in result.detail["components"]] == pytest.approx(
        [4, 40], rel=0.03
    )
    assert values(result)["lifetime_ns"] == pytest.approx(14.8, rel=0.03)
    assert result.detail["irf_shift_ns"] == pytest.approx(0.35, abs=0.05)
    assert "instrument response" in result.summary
    assert values(result)["reduced_deviance"] == pytest.approx(1.0, abs=0.25)


def test_the_time_unit_and_the_position_of_the_pulse_do_not_matter():
    t, expected = decay(TWO)
    y = np.random.default_rng(0).poisson(expected)
    plain = values(run(histogram(t, y), {}))
    assert values(run(histogram(t * 1e3, y, unit="ps"), {})) == pytest.approx(plain, rel=1e-6)
    assert values(run(histogram(t + 55, y), {})) == pytest.approx(plain, rel=1e-6)


def test_a_repetition_period_below_five_lifetimes_is_said():
    # 20 MHz = 50 ns, less than the 79 ns of the paper
    result = run(simulated([(1.0, 79.3)]), {"repetition_mhz": 20})
    assert any("every 50 ns" in w for w in result.warnings)
    quiet = run(simulated([(1.0, 79.3)]), {"repetition_mhz": 0.5})
    assert not any("every" in w for w in quiet.warnings)


def test_a_window_shorter_than_three_lifetimes_is_said():
    result = run(simulated([(1.0, 200.0)], span=300), {"components": "1"})
    assert any("shorter than three times" in w for w in result.warnings)


def test_a_histogram_at_the_16_bit_limit_is_refused_in_words():
    t, expected = decay([(1.0, 40.0)], peak=90000)
    y = np.minimum(np.random.default_rng(0).poisson(expected), 65535)
    with pytest.raises(NoResult, match="16-bit"):
        run(histogram(t, y), {})


def test_a_raised_level_before_the_pulse_is_said():
    t, expected = decay([(1.0, 40.0)])
    before = np.where(t < 20, 60.0, 0.0)
    result = run(histogram(t, np.random.default_rng(0).poisson(expected + before)), {})
    assert any("previous pulse" in w for w in result.warnings)


def test_counts_that_are_not_whole_are_said_and_still_fitted():
    t, expected = decay([(1.0, 40.0)])
    y = np.random.default_rng(0).poisson(expected) - 3.3
    result = run(histogram(t, y), {})
    assert any("not whole numbers" in w for w in result.warnings)
    assert values(result)["lifetime_ns"] == pytest.approx(40, rel=0.02)


def test_a_second_pulse_is_cut_off_and_said():
    t, first = decay([(1.0, 15.0)], span=500)
    _, second = decay([(1.0, 15.0)], span=500, pulse=300.0, background=0.0)
    result = run(histogram(t, np.random.default_rng(0).poisson(first + second)), {})
    assert any("second pulse" in w for w in result.warnings)
    assert values(result)["lifetime_ns"] == pytest.approx(15, rel=0.02)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (np.zeros(500), "empty"),
        (np.eye(1, 500, 30)[0], "photons"),
        (np.append(np.zeros(495), [500, 100, 50, 20, 5]), "no decay"),
    ],
)
def test_what_holds_no_decay_is_refused_in_words(counts, words):
    with pytest.raises(NoResult, match=words):
        run(histogram(np.arange(500), counts), {})


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("level", [2.0, 200.0])
def test_background_alone_is_refused_in_words(seed, level):
    counts = np.random.default_rng(seed).poisson(level, 2000)
    with pytest.raises(NoResult, match=r"flat|hardly fall|no decay"):
        run(histogram(np.arange(2000) * 0.1, counts), {})


def test_an_uneven_time_axis_is_refused_in_words():
    with pytest.raises(NoResult, match="evenly spaced"):
        run(histogram(np.geomspace(1, 1000, 300), np.arange(300, 0, -1)), {})


def test_a_wavelength_axis_is_refused_in_words():
    with pytest.raises(NoResult, match="not a time"):
        run(histogram(np.arange(300), np.arange(300, 0, -1), unit="nm"), {})


def test_the_result_is_json_and_draws_the_fit():
    result = run(simulated(TWO), {})
    json.dumps(result.as_dict(), allow_nan=False)
    assert {curve.name for curve in result.curves} == {"fit", "background", "residual"}


def agrees(result, t, counts):
    """Whether a lifetime is ∫(I − B) dt over the highest count, by trapezoids: no exponential in it."""
    top = counts.argmax()
    above = counts[top:] - np.mean(counts[-counts.size // 10 :])
    wanted = np.trapezoid(above, t[top:]) / above[0]
    found = figures(result)["lifetime_ns"]
    u = np.hypot(found.uncertainty, wanted / np.sqrt(counts[top]))
    return abs(found.value - wanted) <= 2 * u


def test_a_real_histogram_of_32768_bins_is_fitted_where_its_decay_is():
    # facts: maximum 565 in bin 265, tail 0.187 per bin, falls to 1/e after 47 ns
    lines = shared_file("trpl/TimeHarp260_Si6505.trpl.dat").read_text().splitlines()
    counts = np.array([float(line) for line in lines[10:] if line.strip()])
    result = run(histogram(np.arange(counts.size), counts), {})
    assert result.detail["maximum_at_ns"] == pytest.approx(265, abs=2)
    assert result.detail["background_per_bin"] == pytest.approx(0.2, abs=0.06)
    shortest = result.detail["components"][0]["lifetime_ns"]
    assert 35 < shortest < 70
    assert agrees(result, np.arange(counts.size), counts)


@pytest.mark.parametrize(
    ("name", "maximum_ns", "maximum", "baseline", "one_over_e_ns"),
    [("trpl/F980_IRF.txt", 27.3438, 678, 2, 55.6), ("trpl/grapa_003.dat", 7.2, 4116, 23, 1.075)],
)
def test_the_fit_of_a_real_decay_is_at_one_over_e_when_the_data_are(
    name, maximum_ns, maximum, baseline, one_over_e_ns
):
    data = two_columns(shared_file(name))
    result = run(histogram(data[:, 0], data[:, 1]), {})
    assert result.detail["maximum_at_ns"] == pytest.approx(maximum_ns, abs=0.2)
    fit = next(curve for curve in result.curves if curve.name == "fit")
    there = np.interp(maximum_ns + one_over_e_ns, fit.x, fit.y)
    assert there == pytest.approx((maximum - baseline) / np.e + baseline, rel=0.08)
    assert agrees(result, data[:, 0], data[:, 1])


def test_a_real_histogram_near_the_counter_limit_is_flagged():
    data = two_columns(shared_file("trpl/spcm_test_data.asc"))
    result = run(histogram(data[:, 0], data[:, 1]), {})
    assert any("16-bit" in w for w in result.warnings)


def test_real_background_subtracted_counts_are_said_to_be_so():
    data = two_columns(shared_file("trpl/MetroTRPL_G600_N0.csv"), 3)
    reading = histogram(data[:, 0], data[:, 1], Channel("uncertainty", "counts", data[:, 2]))
    result = run(reading, {})
    assert any("not whole numbers" in w for w in result.warnings)
    assert 0.15 < result.detail["components"][0]["lifetime_ns"] < 0.4
    assert agrees(result, data[:, 0], data[:, 1])
