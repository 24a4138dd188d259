"""Density of traps and mobility of simulated single-carrier devices; what is no SCLC is refused."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.quantities import QUANTITIES
from analysis.reading import Channel
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.sclc.sclc import Film, run, trap_density
from tests.analysis.techniques.readings import figures, values
from tests.analysis.techniques.sclc.devices import current, empty, sweep, v_tfl

DEVICE = {"thickness_nm": 200, "thickness_u_nm": 2, "relative_permittivity": 6.32}
LOG, LINEAR = np.logspace(-2, 1.25, 100), np.arange(0.05, 18, 0.05)


def noisy(volts, seed=0, noise=0.02, **device):
    j = current(volts, **device)
    return sweep(volts, j * np.exp(noise * np.random.default_rng(seed).normal(size=j.size)))


def test_the_papers_limit_gives_the_papers_density_of_traps():
    # Guo et al. 2023: 0.65 V and 5.03e17 per cm³ for about 30 nm; ε_r = 6.32
    film = Film(30e-7, 0.1, 6.32 * 8.8541878128e-14)
    assert trap_density(0.653, film) == pytest.approx(5.07e17, rel=2e-3)
    assert trap_density(0.653, film) == pytest.approx(5.03e17, rel=0.01)
    assert v_tfl(5.03e17, 30, 6.32) == pytest.approx(0.653, rel=0.01)


CASES = [(depth, p0) for depth in (1e-4, 1e-3, 1e-2, 0.1) for p0 in (1e11, 1e12, 1e13)]


@pytest.mark.parametrize("volts", [LOG, LINEAR], ids=["logarithmic", "linear"])
def test_the_density_of_traps_of_simulated_devices_is_held(volts):
    held = []
    for seed, (depth, p0) in enumerate(CASES):
        found = figures(run(noisy(volts, seed, depth=depth, p0_cm3=p0), DEVICE))
        figure = found["trap_density_per_cm3"]
        right = empty(5e16, p0, depth)
        held.append(abs(figure.value - right) < 1.96 * figure.uncertainty)
        assert found["v_tfl_v"].low < v_tfl(right, 200, 6.32) < found["v_tfl_v"].high
    assert np.mean(held) >= 0.9


@pytest.mark.parametrize("mobility", [1e-6, 1e-4, 3e-4])
def test_the_mobility_of_simulated_devices_is_held(mobility):
    found = figures(run(noisy(LOG, 3, mobility=mobility), DEVICE))["mobility_cm2_per_vs"]
    assert abs(found.value - mobility) < 1.96 * found.uncertainty
    assert (
        found.uncertainty < 0.1 * mobility
    )  # full traps go on repelling: their charge is taken off


def test_without_traps_there_is_a_mobility_and_no_density_of_traps():
    result = run(noisy(LOG, traps_cm3=1e12, p0_cm3=1e11), DEVICE)
    assert "trap_density_per_cm3" not in figures(result)
    assert values(result)["mobility_cm2_per_vs"] == pytest.approx(1e-4, rel=0.15)
    assert any("no density of traps" in w for w in result.warnings)


def test_the_thickness_counts_twice_in_the_density_of_traps():
    reading = noisy(LOG, depth=1e-4)
    sure, unsure = (
        figures(run(reading, {**DEVICE, "thickness_u_nm": u}))["trap_density_per_cm3"]
        for u in (0, 20)
    )
    added = np.sqrt(unsure.uncertainty**2 - sure.uncertainty**2)
    assert added / unsure.value == pytest.approx(2 * 20 / 200, rel=1e-3)


def test_a_built_in_voltage_shifts_the_limit():
    j = current(LOG)
    moved = figures(run(sweep(LOG + 0.4, j), {**DEVICE, "v_bi_v": 0.4}))["v_tfl_v"]
    assert moved.value == pytest.approx(
        figures(run(sweep(LOG, j), DEVICE))["v_tfl_v"].value, rel=1e-6
    )


def test_the_crossings_can_be_read_instead():
    reading = noisy(LOG)
    by = {
        how: values(run(reading, {**DEVICE, "reading": how}))["v_tfl_v"]
        for how in ("crossing below", "steepest point", "crossing above")
    }
    assert by["crossing below"] < by["steepest point"] < by["crossing above"]


def test_thickness_and_permittivity_are_asked_for():
    with pytest.raises(NoResult, match=r"thickness L and ε_r; no file says it"):
        run(noisy(LOG), {})


def test_a_current_that_no_film_survives_is_refused():
    with pytest.raises(NoResult, match="no film of a few mm² survives"):
        run(sweep(LOG, current(LOG) * 1e6), DEVICE)


def test_a_resistor_and_a_device_that_emits_are_refused():
    with pytest.raises(NoResult, match="No space-charge-limited part"):
        run(sweep(LOG, LOG), DEVICE)
    light = Channel("luminance", "cd/m2", 100 * LOG)
    with pytest.raises(NoResult, match="emits up to"):
        run(sweep(LOG, current(LOG), light), DEVICE)


def test_a_rise_that_never_ends_is_said():
    result = run(noisy(LOG[LOG < 2.9]), DEVICE)
    assert any("does not come back to slope 2" in w for w in result.warnings)
    with pytest.raises(NoResult, match="higher voltage"):
        run(noisy(LOG[LOG < 2.9]), {**DEVICE, "reading": "crossing above"})


def test_a_loop_whose_ways_differ_is_hysteresis_and_one_whose_ways_agree_is_none():
    there, back = current(LINEAR), current(LINEAR, traps_cm3=3e16)
    volts = np.concatenate([LINEAR, LINEAR[::-1]])
    loop = run(sweep(volts, np.concatenate([there, back[::-1]])), DEVICE)
    assert any(w.startswith("Hysteresis") and "V_TFL" in w for w in loop.warnings)
    same = run(sweep(volts, np.concatenate([there, there[::-1]])), DEVICE)
    assert not any("Hysteresis" in w for w in same.warnings)


def test_a_compliance_is_left_out():
    j = current(LOG)
    result = run(sweep(LOG, np.minimum(j, np.max(j) / 4)), DEVICE)
    assert any("compliance" in w for w in result.warnings)
    assert values(result)["v_tfl_v"] == pytest.approx(
        values(run(sweep(LOG, j), DEVICE))["v_tfl_v"], rel=0.05
    )


def test_so_few_traps_in_a_thin_film_are_an_upper_bound():
    thin = {"thickness_nm": 30, "relative_permittivity": 6.32}
    some = run(noisy(LOG, thickness_nm=30, traps_cm3=5.03e17, p0_cm3=1e13, mobility=1e-7), thin)
    assert values(some)["trap_density_per_cm3"] == pytest.approx(5.03e17, rel=0.3)
    assert any("by diffusion" in w for w in some.warnings)
    few = run(noisy(LOG, thickness_nm=30, traps_cm3=1e17, p0_cm3=1e13, mobility=1e-7), thin)
    figure = figures(few)["trap_density_per_cm3"]
    assert figure.value is None
    assert figure.high > 1e17


def test_a_current_needs_its_area_and_negative_polarity_is_turned():
    volts, j = LOG, current(LOG)
    text = "\n".join(
        [
            "Voltage (V)\tCurrent (mA)",
            *(f"{-v:.6g}\t{-i * 0.04:.6g}" for v, i in zip(volts, j, strict=True)),
        ]
    )
    reading = read(text.encode(), "a.txt", "sclc")
    with pytest.raises(NoResult, match="area of the pixel"):
        run(reading, DEVICE)
    found = run(reading, {**DEVICE, "area_mm2": 4})
    assert values(found)["mobility_cm2_per_vs"] == pytest.approx(
        values(run(sweep(volts, j), DEVICE))["mobility_cm2_per_vs"], rel=1e-4
    )
    assert all(figure.quantity in QUANTITIES for figure in found.figures)


@pytest.mark.parametrize("name", ["NC-0042_sclc.txt", "hole-only_3.csv", "NC-0042_HOD2.txt"])
def test_a_file_is_told_by_its_name(name):
    assert guess_technique(name, b"Voltage (V)\tCurrent (A)\n") == "sclc"


@pytest.mark.parametrize(
    "density", [np.zeros(50), np.full(50, np.nan), np.ones(50), -np.ones(50), np.arange(50.0)]
)
def test_nonsense_is_refused_in_a_sentence(density):
    with pytest.raises(NoResult, match=r"\.$"):
        run(sweep(np.linspace(0, 5, 50), density), DEVICE)
