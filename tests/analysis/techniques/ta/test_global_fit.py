"""Global fits of maps that no sum of DAS made: lifetimes, the bleach, its shift, and what is refused."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from analysis.quantities import QUANTITIES
from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.registry import TECHNIQUES
from analysis.techniques.ta.global_fit import run
from analysis.techniques.ta.kinetics import decay
from analysis.techniques.ta.matrix import cell_noise
from analysis.techniques.ta.readers.maps import map_reading
from tests.analysis.techniques.readings import figures
from tests.analysis.techniques.ta.maps import (
    WAVELENGTHS,
    auger,
    cascade,
    delays,
    falls,
    measured,
    nearest_lifetimes,
    second_order,
    stretched,
    truth,
)  # fmt: skip


@cache
def made(name: str):
    return {
        "still": truth(cascade(0.4, 800), 680, 680),
        "7 nm": truth(cascade(0.4, 800), 673, 680),
        "3 nm": truth(cascade(0.4, 800), 671, 674, moves_ps=30),
        "auger": truth(auger(0.4, 2000, 1 / 50), 680, 680),
    }[name]


@cache
def found(name: str, seed: int = 1):
    return run(measured(made(name), seed), {})


def within(figure, right, sigmas=3.0):
    return abs(figure.value - right) <= sigmas * figure.uncertainty


def test_rates_of_a_cascade_come_back_without_their_number_being_told():
    result = found("still")
    seen = figures(result)
    assert within(seen["ta_tau1_ps"], 0.4)
    assert within(seen["ta_tau2_ps"], 800)
    assert seen["ta_tau1_ps"].uncertainty < 0.02
    assert seen["ta_tau2_ps"].uncertainty < 10
    assert "ta_tau3_ps" not in seen
    assert result.detail["models"][1]["model"] == "2 exponentials"
    # the laser drifts and the pulse is no Gaussian: what is left is noise all the same
    assert result.detail["reduced_chi2"] < 1.4


@pytest.mark.parametrize(("name", "right"), [("7 nm", 7.0), ("3 nm", 3.0), ("still", 0.0)])
def test_the_shift_of_the_bleach_is_found(name, right):
    seen = figures(found(name, 2))
    early, late = made(name).apex_nm(1.0), made(name).apex_nm(2000.0)
    assert late - early == pytest.approx(
        right, abs=0.15
    )  # hot carriers and the absorption beside it
    assert within(seen["bleach_shift_nm"], late - early)
    assert seen["bleach_shift_nm"].uncertainty < 0.3
    assert within(seen["bleach_early_nm"], early)
    assert within(seen["bleach_late_nm"], late)
    assert seen["bleach_early_nm"].uncertainty >= 0.3  # the wavelength scale
    assert "at 1 ps" in seen["bleach_early_nm"].label


def test_the_half_life_needs_no_exponential():
    # two carriers that meet: 1/(1 + t/50 ps), while hot ones come and what is left lives 2 ns; loud noise
    right, waves = made("auger").half_life_ps(), np.arange(640, 720.5, 2.0)
    seen = [
        figures(run(measured(made("auger"), seed, 0.2, 0.02, wavelengths=waves), {}))["bleach_half_life_ps"]
        for seed in range(4)
    ]  # fmt: skip
    pulls = [(one.value - right) / one.uncertainty for one in seen]
    assert np.abs(pulls).max() < 3
    assert abs(np.mean(pulls)) < 1.96 / np.sqrt(4)  # no bias: the tail is not taken for a baseline
    assert max(one.uncertainty for one in seen) < 4


def test_what_does_not_decay_within_the_window_has_no_lifetime():
    seen = run(measured(made("still"), 5, at=delays(end_ps=60, points=60)), {})
    assert figures(seen)["bleach_half_life_ps"].value is None
    assert figures(seen)["bleach_half_life_ps"].low > 30
    assert all(
        f.value is None or f.value < 2 for q, f in figures(seen).items() if q.startswith("ta_tau")
    )


def sparse(points: int, end_ps: float = 1500.0, law=lambda t: np.exp(-t / 80), drift=0.0):
    """A bleach that falls by a law, of one lifetime, 80 ps, after a sharp rise between −0.5 and 0.1 ps, at delays even in their logarithm."""
    at = np.concatenate([np.linspace(-3, -0.5, 6), np.geomspace(0.1, end_ps, points)])
    waves = np.linspace(450, 550, 40)
    band = -np.exp(-(((waves[:, None] - 500) / 20) ** 2))
    clean = band * np.where(at >= 0, law(np.maximum(at, 0)), 0.0)
    rng = np.random.default_rng(0)
    noisy = clean + 0.004 * rng.standard_normal(clean.shape)
    noisy += clean * drift * rng.standard_normal(at.size)
    return map_reading(TECHNIQUES["ta"], "test 1", waves, at, noisy, "", {}, ())


@pytest.mark.parametrize("points", [20, 30, 60])
def test_a_bleach_that_decayed_to_nothing_has_a_half_life_also_at_sparse_delays(points):
    seen = figures(run(sparse(points), {}))["bleach_half_life_ps"]
    assert within(seen, 80 * np.log(2))
    assert seen.uncertainty < 3


def test_each_reason_for_no_half_life_has_its_own_sentence():
    few = figures(run(sparse(12), {}))["bleach_half_life_ps"]
    assert (few.value, few.low) == (None, None)
    assert "fewer than 5 delays lie within a factor of 5" in few.note
    short = figures(run(sparse(40, end_ps=30), {}))["bleach_half_life_ps"]
    assert "not reached within the window" in short.note
    assert short.low == pytest.approx(30, rel=0.02)
    ends = figures(run(sparse(40, end_ps=58), {}))["bleach_half_life_ps"]
    assert "only at the last delays" in ends.note
    assert ends.low < 80 * np.log(2)


def test_a_larger_model_begins_where_the_smaller_one_ended_and_finds_the_lifetimes_of_the_nearest_sum():
    seen = run(sparse(80, law=second_order, drift=0.01), {"exponentials": "3"})
    chi2 = {one["model"]: one["reduced_chi2"] for one in seen.detail["models"]}
    assert chi2["3 exponentials"] < 0.9 * chi2["2 exponentials"]  # no third one lost at the rise
    for n, right in enumerate(nearest_lifetimes(second_order, 3), 1):
        one = figures(seen)[f"ta_tau{n}_ps"]
        assert one.value is None or within(one, right)


@pytest.mark.parametrize("law", [second_order, stretched])
def test_a_decay_that_is_no_sum_has_lifetimes_that_hold_those_of_every_part_of_it(law):
    for seed in range(2):
        seen = figures(run(measured(falls(law), seed), {}))
        taus = [seen[q] for q in sorted(seen) if q.startswith("ta_tau")]
        for one, right in zip(taus, nearest_lifetimes(law, len(taus)), strict=True):
            assert one.value is None or within(one, right)
        # the laser alone would leave 2 or 3 %
        assert all(one.value is None or one.uncertainty > 0.05 * one.value for one in taus)


def test_where_fewer_lifetimes_do_as_well_the_map_says_so():
    loud = run(measured(falls(second_order), 0, 0.12), {})
    assert "is not settled" in " ".join(loud.warnings)
    assert "is not settled" not in " ".join(found("still").warnings)


def test_more_noise_means_more_uncertainty():
    quiet, loud = figures(found("7 nm", 2)), figures(run(measured(made("7 nm"), 2, 0.3), {}))
    assert loud["bleach_shift_nm"].uncertainty > 2 * quiet["bleach_shift_nm"].uncertainty
    assert loud["bleach_early_nm"].uncertainty > quiet["bleach_early_nm"].uncertainty


def test_an_exponential_is_convolved_as_by_numbers():
    grid = np.arange(-20, 60, 0.005)
    pulse = np.exp(-0.5 * (np.arange(-5, 5.001, 0.005) / 0.7) ** 2)
    plain = np.where(grid >= 0, np.exp(-grid / 3), 0)
    by_numbers = np.convolve(plain, pulse / pulse.sum(), "same")
    inside = (grid > -8) & (grid < 40)
    assert decay(grid, 0.7, 3.0)[inside] == pytest.approx(by_numbers[inside], abs=2e-3)
    assert np.isfinite(decay(np.array([[-1e4, 0, 1e6]]), 0.001, 1e-3)).all()


def test_scattered_pump_and_empty_cells_are_left_out_and_named():
    reading = measured(made("still"), 7)
    values = np.array(reading.image.values, dtype=float)
    values[20:24] += 20 * np.random.default_rng(1).normal(size=(4, values.shape[1]))
    values[:3] = np.nan
    values[60, 40] = np.nan
    spoilt = map_reading(TECHNIQUES["ta"], "test 1", WAVELENGTHS, delays(), values, "mOD", {}, ())
    result = run(spoilt, {})
    assert "3 wavelengths" in result.warnings[0]
    assert "scattered pump" in result.warnings[1]
    assert within(figures(result)["ta_tau2_ps"], 800)


def test_delays_that_begin_behind_zero_are_fitted_without_a_response():
    at = np.geomspace(3, 3000, 80)
    result = run(measured(made("still"), 8, at=at), {})
    assert "Fewer than three delays" in result.warnings[0]
    assert within(figures(result)["ta_tau1_ps"], 800)
    assert "ta_response_fwhm_ps" not in figures(result)


def a_map(values):
    return map_reading(TECHNIQUES["ta"], "test 1", WAVELENGTHS, delays(), values, "", {}, ())


def test_maps_without_an_answer_are_refused_in_words():
    rng = np.random.default_rng(9)
    shape = (WAVELENGTHS.size, delays().size)
    with pytest.raises(NoResult, match="stands out of its noise"):
        run(a_map(rng.normal(size=shape)), {})
    with pytest.raises(NoResult, match="has no noise"):
        run(a_map(np.zeros(shape)), {})
    with pytest.raises(NoResult, match="empty or no number"):
        run(a_map(np.where(rng.random(shape) < 0.4, np.nan, 1.0)), {})
    with pytest.raises(NoResult, match="at least 8"):
        run(measured(made("still"), 1), {"from_nm": 600, "to_nm": 603})
    with pytest.raises(NoResult, match="no map"):
        run(Reading("ta", "test 1", (Channel("wavelength", "nm", WAVELENGTHS),) * 2), {})


def test_a_map_of_the_other_sign_has_no_bleach_and_says_so():
    reading = measured(made("still"), 1)
    result = run(a_map(-np.array(reading.image.values, dtype=float)), {})
    assert "bleach_early_nm" not in figures(result)
    assert "export ΔA" in " ".join(result.warnings)


def test_every_figure_is_a_quantity_of_the_registry():
    assert {figure.quantity for figure in found("7 nm", 2).figures} <= QUANTITIES.keys()


def test_the_noise_of_a_cell_is_read_beside_a_slow_signal_on_uneven_delays():
    at = delays(points=200)
    signal = np.exp(-np.maximum(at, 0) / 300)
    noisy = signal + np.random.default_rng(3).normal(0, [[0.01], [0.04]], (2, at.size))
    assert cell_noise(noisy, at) == pytest.approx([0.01, 0.04], rel=0.2)
