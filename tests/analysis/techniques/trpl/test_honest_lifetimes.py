"""Lifetimes of decays that are no sum of three exponentials: covered, told apart or undetermined."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.result import NoResult
from analysis.techniques.shared.calibration import LEVEL
from analysis.techniques.trpl.decay import run
from tests.analysis.techniques.readings import figures, histogram, values
from tests.analysis.techniques.trpl.decays import DECAYS, measured
from tests.analysis.techniques.trpl.test_decay import decay, simulated


@pytest.mark.parametrize("irf_ns", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("name", DECAYS)
def test_the_lifetime_of_any_decay_is_within_its_u_or_undetermined(name, irf_ns):
    # the coverage of 1.96 u over 200 draws a case stands in docs/reference/coverage.md
    right = DECAYS[name][1]
    result = run(histogram(*measured(name, 2000, 1, irf_ns=irf_ns)), {})
    lifetime = figures(result).get("lifetime_ns")
    if lifetime is None:
        assert any("undetermined" in w and "between" in w for w in result.warnings)
    else:
        assert abs(lifetime.value - right) < 3 * lifetime.uncertainty
        assert lifetime.level == LEVEL


@pytest.mark.parametrize("name", ["one exponential", "two exponentials"])
def test_a_sum_of_exponentials_without_a_blurred_edge_is_certain_to_two_per_cent(name):
    lifetime = figures(run(histogram(*measured(name, 5000, 2)), {}))["lifetime_ns"]
    assert lifetime.uncertainty < 0.02 * lifetime.value


@pytest.mark.parametrize("name", ["stretched, β 0.45", "fast part and slow tail"])
@pytest.mark.parametrize("seed", range(3))
def test_a_lifetime_that_the_start_of_the_fit_decides_says_so_or_is_right(name, seed):
    result = run(histogram(*measured(name, 4000, seed)), {})
    lifetime = figures(result).get("lifetime_ns")
    right = (
        lifetime is not None and abs(lifetime.value - DECAYS[name][1]) < 2 * lifetime.uncertainty
    )
    assert right or any("start of the fit" in w for w in result.warnings)


@pytest.mark.parametrize(("sigma_ns", "step"), [(0.1, 0.1), (0.5, 0.1), (0.02, 0.1)])
@pytest.mark.parametrize("photons", [2000, 50000])
def test_an_instrument_response_alone_gives_no_lifetime(sigma_ns, step, photons):
    t = np.arange(0, 200, step)
    y = photons * np.exp(-((t - 10.03) ** 2) / 2 / sigma_ns**2) + 2
    with pytest.raises(NoResult, match="Instrument response, no decay to fit"):
        run(histogram(t, np.random.default_rng(0).poisson(y)), {})


def test_a_short_decay_behind_a_blurred_edge_is_no_response():
    result = run(histogram(*measured("one exponential", 3000, 0, irf_ns=4)), {})
    assert values(result)["lifetime_ns"] == pytest.approx(40, rel=0.02)


@pytest.mark.parametrize("period_ns", [120.0, 200.0])
def test_the_light_of_earlier_pulses_is_taken_off(period_ns):
    # ΣAτ/ΣA of one pulse is 41.8 ns; the folded amplitudes read a0.7/(1-e^(-T/22)) + 0.3/(1-e^(-T/88))
    pairs = [(a / -np.expm1(-period_ns / tau), tau) for a, tau in ((0.7, 22.0), (0.3, 88.0))]
    t, y = decay([(a, tau) for a, tau in pairs], peak=20000, span=20 + period_ns, step=0.1)
    y = y + sum(20000 * a * np.exp(-(t + period_ns - 20) / tau) for a, tau in pairs) * (t < 20)
    counts = np.random.default_rng(0).poisson(y)
    told = figures(run(histogram(t, counts), {"repetition_mhz": 1e3 / period_ns}))["lifetime_ns"]
    assert abs(told.value - 41.8) < 2.5 * told.uncertainty + 0.03 * 41.8
    untold = values(run(histogram(t, counts), {"components": "2"})).get("lifetime_ns")
    assert untold is None or abs(told.value - 41.8) < abs(untold - 41.8)


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_pile_up_is_undone_when_the_pulses_are_known(share):
    # each cycle keeps its first photon only: drawn photon by photon, not by Coates' own formula
    rng, cycles = np.random.default_rng(5), 2_000_000
    photons = rng.poisson(share, cycles)
    first = np.array([], dtype=float)
    for n in range(1, int(photons.max()) + 1):
        many = int(np.sum(photons == n))
        first = np.append(first, 40 * rng.exponential(size=(many, n)).min(axis=1))
    counts, edges = np.histogram(first + 20, np.arange(0, 600.1, 0.5))
    counts = counts + rng.poisson(1.0, counts.size)
    corrected = run(histogram(edges[:-1], counts), {"cycles": cycles})
    assert values(corrected)["lifetime_ns"] == pytest.approx(40, rel=0.01)
    assert any("corrected after Coates" in w for w in corrected.warnings)
    if share > 0.1:
        assert values(run(histogram(edges[:-1], counts), {})).get("lifetime_ns", 0) < 38


def test_more_counts_than_pulses_are_refused():
    with pytest.raises(NoResult, match="of the laser pulses gave a count"):
        run(simulated([(1.0, 40.0)]), {"cycles": 1e5})


@pytest.mark.parametrize("terms", [((5000, 1.5), (300, 200)), ((4000, 3), (500, 80), (150, 600))])
def test_a_lifetime_of_few_bins_is_right_or_says_that_the_start_in_its_bin_decides(terms):
    # each bin holds the value at its left edge, where the pulse comes: another convention than the mean over the bin
    t = 0.5 * np.arange(4001)
    law = sum(a * np.exp(-(t - 50) / tau) for a, tau in terms)
    counts = np.random.default_rng(1).poisson(np.where(t >= 50, law, 0) + 1)
    result = run(histogram(t, counts), {})
    truth = sum(a * tau for a, tau in terms) / sum(a for a, _ in terms)
    figure = figures(result).get("lifetime_ns")
    right = figure is None or abs(figure.value - truth) <= 2 * figure.uncertainty
    assert right or any("in its bin the decay starts" in one for one in result.warnings)


def test_a_decay_over_many_bins_has_no_word_about_one():
    t = 0.5 * np.arange(4001)
    law = np.where(t >= 50, 4000 * np.exp(-(t - 50) / 40) + 800 * np.exp(-(t - 50) / 200), 0)
    result = run(histogram(t, np.random.default_rng(1).poisson(law + 1)), {})
    assert not any("in its bin" in one for one in result.warnings)
