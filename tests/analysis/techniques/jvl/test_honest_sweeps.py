"""J-V-L sweeps at a limit, with noise, with an impossible efficiency, there and back."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.quantities import QUANTITIES
from analysis.techniques.jvl.clipping import limits_of
from analysis.techniques.jvl.electroluminescence import run
from analysis.techniques.jvl.peak import peak_of
from analysis.techniques.jvl.sweep import dark_noise, sweeps_of, turn_on
from tests.analysis.techniques.jvl.test_electroluminescence import sweep
from tests.analysis.techniques.readings import figures, values

HIGHEST = 1.4705  # cd/A: at 2.1 V, the first row above 10 cd/m² (1.2 mA/cm²)
DEEP_RED = {"el_peak_nm": 688, "el_fwhm_nm": 31}


def diode(step=0.1, knee=60.0):
    """Voltage, current density and luminance of an LED whose CE falls as 1.5/(1 + J/knee) cd/A."""
    v = np.arange(0.5, 7 + step / 2, step)
    j = 1e-4 + 30 * np.clip(v - 1.9, 0, None) ** 2
    return v, j, 10 * 1.5 * (j - 1e-4) / (1 + j / knee)


def of(v, j, light, **settings):
    return run(sweep(voltage=v, current_density=j, luminance=light), settings)


# ---- limits


@pytest.mark.parametrize("limit", [20.0, 100.0, 250.0])
@pytest.mark.parametrize("stray", [0.0, 2e-4])
def test_rows_at_the_compliance_are_named_and_left_out(limit, stray):
    v, j, light = diode()
    regulated = limit * (1 + np.random.default_rng(4).uniform(-stray, stray, v.size))
    clipped = of(v, np.where(j > limit, regulated, j), light)
    whole = values(of(v, j, light))
    assert values(clipped)["current_efficiency_cd_a"] == pytest.approx(
        whole["current_efficiency_cd_a"], rel=0.01
    )
    told = " ".join(clipped.warnings)
    assert "compliance" in told
    assert f"{int((j > limit).sum())} rows" in told
    assert "current_density_ma_cm2" not in values(clipped)


def test_a_compliance_would_have_been_taken_for_efficiency():
    v, j, light = diode()
    naive = np.max(light / (10 * np.minimum(j, 25.0)))
    honest = values(of(v, np.minimum(j, 25.0), light))["current_efficiency_cd_a"]
    assert honest == pytest.approx(HIGHEST, rel=0.01)
    assert naive > 2 * honest


def test_a_saturated_detector_is_named_and_gives_no_maximum():
    v, j, light = diode()
    result = of(v, j, np.minimum(light, 600.0))
    assert any("saturated" in w and "600 cd/m²" in w for w in result.warnings)
    assert "luminance_cd_m2" not in values(result)
    assert values(result)["current_density_ma_cm2"] == j.max()
    assert values(result)["current_efficiency_cd_a"] == pytest.approx(HIGHEST, rel=0.01)


@pytest.mark.parametrize("decimals", [0, 1, 4])
def test_the_apex_of_a_luminance_written_with_few_digits_is_no_limit(decimals):
    v, j, _ = diode()
    light = np.round(100 * np.exp(-(((v - 5.5) / 1.5) ** 2)), decimals)
    result = of(v, j, light)
    assert values(result)["luminance_cd_m2"] == light.max()
    assert result.detail["limits"][0].startswith("None")


def test_noise_makes_no_limit():
    rng = np.random.default_rng(2)
    v, j, light = diode()
    for _ in range(200):
        noisy = sweep(
            voltage=v,
            current_density=j * rng.normal(1, 0.002, v.size),
            luminance=light * rng.normal(1, 0.02, v.size) + rng.normal(0, 0.05, v.size),
        )
        assert limits_of(sweeps_of(noisy, None)[0][0]) == ()


def test_a_short_at_the_compliance_from_the_first_row_is_answered():
    v, _, _ = diode()
    result = of(v, np.full(v.size, 100.0), 0 * v)
    assert result.detail["suggested_state"] == "shorted"
    assert any("compliance" in w for w in result.warnings)


def test_dark_and_dead_columns_are_at_no_limit():
    v, j, _ = diode()
    assert (
        limits_of(sweeps_of(sweep(voltage=v, current_density=j, luminance=0 * v), None)[0][0]) == ()
    )


# ---- the top of a noisy curve


@pytest.mark.parametrize("noise", [0.02, 0.05])
def test_the_efficiency_is_the_curve_and_not_its_luckiest_point(noise):
    """200 draws of a droop that no parabola is: 95 % intervals of scatter alone hold the truth."""
    rng = np.random.default_rng(11)
    v = np.arange(0, 7.05, 0.1)
    j = 1e-4 + 0.02 * np.expm1(np.clip(v - 2, 0, None) / 0.45)
    ce = 6 * j / (j + 0.8) / (1 + j / 40)
    found = []
    for _ in range(200):
        light = ce * 10 * j * rng.normal(1, noise, v.size) + rng.normal(0, 0.02, v.size)
        one = sweeps_of(sweep(voltage=v, current_density=j, luminance=light), None)[0][0]
        top = peak_of(one, one.current_efficiency_cd_a, 10, dark_noise(one))
        found.append((top.value, top.uncertainty, top.highest))
    value, u, highest = np.array(found).T
    truth = 6 / (1 + np.sqrt(0.8 / 40)) ** 2  # the maximum of J/((J + a)(1 + J/b))
    assert abs(value.mean() / truth - 1) < noise / 5
    assert highest.mean() / truth - 1 > 2.5 * abs(value.mean() / truth - 1)
    assert 0.88 <= np.mean(np.abs(value - truth) < 2 * u) <= 0.99


def test_calibration_is_in_every_efficiency_and_said():
    found = figures(of(*diode()))
    for name in ("current_efficiency_cd_a", "power_efficiency_lm_w"):
        assert found[name].uncertainty / found[name].value == pytest.approx(0.058, abs=0.004)
        assert "luminance 5 % (default), area 3 % (default)" in found[name].note
    assert found["luminance_cd_m2"].uncertainty == pytest.approx(
        0.05 * found["luminance_cd_m2"].value
    )


def test_the_turn_on_knows_more_than_its_step():
    """Light grows by ×10 in 0.4 V: 5 % of it are 9 mV, where the step alone says 29 mV."""
    rng = np.random.default_rng(3)
    v = np.arange(0, 6.05, 0.1)
    z, u = [], []
    for at in rng.uniform(2.9, 3.1, 200):
        light = 10 ** (2.5 * (v - at)) * rng.normal(1, 0.03, v.size) + rng.normal(0, 0.01, v.size)
        one = sweeps_of(sweep(voltage=v, current_density=v, luminance=light), None)[0][0]
        on = turn_on(one, dark_noise(one))
        z.append(abs(on.voltage_v - at) / on.uncertainty_v)
        u.append(on.uncertainty_v)
    assert np.median(u) < 0.012
    assert np.mean(np.array(z) < 2) > 0.93


def test_the_last_digit_of_a_meter_in_the_dark_is_no_first_light():
    """A meter that never shows less than 0.01 cd/m², in steps of 0.2 V; L grows with the square of V − V0."""
    v = np.arange(0, 6.1, 0.2)
    z = []
    for at in np.random.default_rng(5).uniform(3.9, 4.1, 200):
        light = np.maximum(0.01, np.round(70 * np.clip(v - (at - 70**-0.5), 0, None) ** 2, 2))
        one = sweeps_of(sweep(voltage=v, current_density=v, luminance=light), None)[0][0]
        on = turn_on(one, dark_noise(one))
        z.append(abs(on.voltage_v - at) / on.uncertainty_v)
    assert np.mean(np.array(z) < 2) > 0.93


# ---- what cannot be


@pytest.mark.parametrize("too_small", [20, 50, 1000])
def test_an_efficiency_above_100_percent_is_no_figure(too_small):
    v, j, light = diode()
    result = of(v, j / too_small, light, **DEEP_RED)
    assert not {"eqe_percent", "current_efficiency_cd_a", "power_efficiency_lm_w"} & set(
        values(result)
    )
    told = " ".join(result.warnings)
    assert all(word in told for word in ("area", "unit", "100 %"))
    assert "eqe_percent" not in {curve.name for curve in result.curves}


def test_an_eqe_above_40_percent_is_asked_about():
    v, j, light = diode()
    assert values(of(v, j, light, **DEEP_RED))["eqe_percent"] < 40
    asked = of(v, j / 2, light, **DEEP_RED)
    assert 40 < values(asked)["eqe_percent"] < 100
    assert any("area" in w and "unit" in w and "?" in w for w in asked.warnings)


def test_no_colour_makes_500_candela_of_an_ampere():
    """683 lm/W at 555 nm (2.234 eV): 100 % EQE is 683 · 2.234 / π = 486 cd/A."""
    v, j, light = diode()
    assert "current_efficiency_cd_a" in values(of(v, j, 320 * light))
    refused = of(v, j, 335 * light)
    assert "current_efficiency_cd_a" not in values(refused)
    assert any("at least" in w and "area" in w for w in refused.warnings)


def test_a_files_own_eqe_above_100_percent_leaves_the_current_efficiency():
    v, j, light = diode()
    eqe = np.where(j > 1, 1500 / (1 + j / 60), 0)
    result = run(sweep(voltage=v, current_density=j, luminance=light, eqe=eqe), {})
    assert "eqe_percent" not in values(result)
    assert values(result)["current_efficiency_cd_a"] == pytest.approx(HIGHEST, rel=0.01)
    assert any("No EQE is given" in w for w in result.warnings)


# ---- there and back, and what leaks


def test_hysteresis_is_a_figure_of_its_own():
    v, j, light = diode()
    shifted = 1e-4 + 30 * np.clip(v - 2.1, 0, None) ** 2
    back = 10 * 1.5 * (shifted - 1e-4) / (1 + shifted / 60)
    found = figures(
        of(np.append(v, v[::-1]), np.append(j, shifted[::-1]), np.append(light, back[::-1]))
    )
    assert found["turn_on_hysteresis_v"].value == pytest.approx(0.2, abs=0.06)
    # areas of 30 (V - V0)² up to 7 V: 10 · 4.9³ and 10 · 5.1³
    truth = 100 * (4.9**3 - 5.1**3) / ((4.9**3 + 5.1**3) / 2)
    assert found["current_hysteresis_percent"].value == pytest.approx(truth, rel=0.02)
    assert not [f for f in figures(of(v, j, light)) if "hysteresis" in f]


def test_leakage_is_a_figure_of_its_own():
    v, j, light = diode()
    leak = figures(of(v, j + 0.004 * v, light))["leakage_ma_cm2"]
    assert leak.value == pytest.approx(0.0041, rel=0.01)
    assert leak.uncertainty >= 0.03 * leak.value
    lit_early = of(v, 30 * v**2, 100 * v**2)
    assert "leakage_ma_cm2" not in values(lit_early)


def test_every_figure_of_a_sweep_is_a_quantity_of_the_house():
    v, j, light = diode()
    loop = of(
        np.append(v, v[::-1]), np.append(j, j[::-1]), np.append(light, light[::-1]), **DEEP_RED
    )
    for figure in loop.figures:
        quantity = QUANTITIES[figure.quantity]
        assert figure.unit == quantity.written_unit
        assert figure.uncertainty is not None
        assert figure.level.startswith("standard uncertainty")
