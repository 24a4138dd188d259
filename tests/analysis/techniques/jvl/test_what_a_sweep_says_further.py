"""Roll-off, power, EQE with a measured spectrum and its band, and the columns that cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.jvl.electroluminescence import run
from analysis.techniques.jvl.eqe import factor_of
from analysis.techniques.shared.photometry import gaussian_spectrum
from tests.analysis.techniques.jvl.test_electroluminescence import sweep
from tests.analysis.techniques.readings import figures, values

V = np.arange(0.0, 8.05, 0.1)
LEAK = 2e-5 * V


def density(v=V):
    """Space charge behind a diode: exponential from the foot on, then V², of no shape that a method fits."""
    inner = np.clip(v - 1.6, 0, None)
    return LEAK + inner**2.3 / (0.02 + 0.04 * inner**0.3) * 0.5


def droop(j, j_half=60.0, top=1.8):
    """Current efficiency (cd/A) with traps at the foot and the roll-off of two particles annihilating."""
    return top * (j / (j + 0.02)) * (np.sqrt(1 + 8 * j / (2 * j_half)) - 1) / (4 * j / (2 * j_half))


def made(rng=None, noise=0.02, ce=droop):
    j = np.maximum(density(), 1e-9)
    light = ce(j) * 10 * j * (V > 1.6)
    if rng is not None:
        light = light * rng.normal(1, noise, V.size) + rng.normal(0, 0.02, V.size)
    return j, light


def of(j, light, v=V, **settings):
    return run(sweep(voltage=v, current_density=j, luminance=light), settings)


def test_the_roll_off_is_where_half_of_the_top_is_left():
    fine = np.geomspace(1e-3, 1e4, 400_000)
    shape = droop(fine)
    peak = int(np.argmax(shape))
    truth = fine[peak:][np.argmax(shape[peak:] < shape[peak] / 2)]
    rng, found = np.random.default_rng(3), []
    for _ in range(200):
        one = figures(of(*made(rng))).get("roll_off_ma_cm2")
        found.append((one.value, one.uncertainty))
    value, u = np.array(found).T
    assert np.mean(value) == pytest.approx(truth, rel=0.05)
    of_area = 0.03 * value  # the area was drawn without its error
    assert 0.9 <= np.mean(np.abs(value - truth) <= 2 * np.sqrt(u**2 - of_area**2)) <= 1


def test_half_that_is_not_reached_is_no_number_and_says_how_far_it_holds():
    j, light = made(ce=lambda j: droop(j, j_half=5e4))
    result = of(j, light)
    assert "roll_off_ma_cm2" not in values(result)
    assert result.detail["roll_off"].startswith("Half of the top is not reached")


def test_the_power_of_the_papers_best_device_is_flagged_as_heat():
    """13 626 cd/m² at 2.1 cd/A and 7 V is at least 4.5 W/cm² (science notes, 1.11 no. 6)."""
    v = np.arange(0, 7.05, 0.1)
    j = 648.9 * np.clip((v - 2.9) / 4.1, 1e-6, None) ** 3
    result = of(j, 21.0 * j * (v > 2.9), v=v)
    power = figures(result)["power_density_w_cm2"]
    assert power.value == pytest.approx(4.54, abs=0.01)
    assert any("the pixel heats itself" in w for w in result.warnings)


# ---- the spectrum of the same pixel


def el(
    peak_nm=688.0, fwhm_nm=31.0, low=450.0, high=850.0, step=0.5, noise=0.0, floor=0.0, unit="W/nm"
):
    x = np.arange(low, high, step)
    rng = np.random.default_rng(8)
    y = np.exp(-4 * np.log(2) * ((x - peak_nm) / fwhm_nm) ** 2)
    y = 1000 * (y + floor + noise * rng.normal(size=x.size))
    channels = (Channel("wavelength", "nm", x), Channel("intensity", unit, y))
    return Reading("el_spectrum", "test 1", channels, {})


@pytest.mark.parametrize("floor", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("noise", [0.0, 0.002])
def test_a_flat_floor_and_noise_do_not_move_the_eqe(floor, noise):
    """Without the baseline a floor of 2 % of the peak would leave a tenth of this EQE."""
    j, light = made()
    truth = gaussian_spectrum(688, 31).eqe_percent_per_cd_a * 1.8
    found = figures(of(j, light, el_spectrum=el(floor=floor, noise=noise)))["eqe_percent"]
    eyes = figures(of(j, light))["current_efficiency_cd_a"].value / 1.8
    assert found.value / eyes == pytest.approx(truth, rel=0.03)
    assert found.low < truth * eyes < found.high
    assert "95 %" in found.level


def test_the_band_holds_what_one_nanometre_and_stray_light_do():
    x = np.arange(600, 780, 0.5)
    y = np.exp(-4 * np.log(2) * ((x - 688) / 31) ** 2)
    factor = factor_of(x, y)
    per_nm = [gaussian_spectrum(688 + by, 31).eqe_percent_per_cd_a for by in (-1, 1)]
    assert factor.low < min(per_nm) * 1.001
    assert factor.high > max(per_nm) * 0.999


def test_a_spectrum_without_light_for_the_eye_leaves_the_sweep_its_other_figures():
    result = of(*made(), el_spectrum=el(peak_nm=950, low=800, high=1050))
    assert "eqe_percent" not in values(result)
    assert values(result)["current_efficiency_cd_a"] > 1
    assert any("no visible band" in w and "sphere" in w for w in result.warnings)


def test_a_spectrum_that_ends_within_its_band_says_so():
    result = of(*made(), el_spectrum=el(peak_nm=688, low=680))
    assert any("ends at 680 nm within its band" in w for w in result.warnings)


def test_a_spectrum_per_electronvolt_gives_the_same():
    energy = np.arange(1.5, 2.4, 0.002)
    x = 1239.841984 / energy
    y = np.exp(-4 * np.log(2) * ((x - 688) / 31) ** 2) * x**2
    channels = (Channel("photon_energy", "eV", energy), Channel("intensity", "", y))
    reading = Reading("el_spectrum", "test 1", channels, {})
    j, light = made()
    both = [
        values(of(j, light, el_spectrum=one))["eqe_percent"]
        for one in (reading, el(low=520, high=820))
    ]
    assert both[0] == pytest.approx(both[1], rel=0.01)


# ---- what cannot be


def said(*columns, v=V, **settings):
    return " ".join(of(*columns, v=v, **settings).warnings)


def test_a_voltage_that_stands_is_no_sweep():
    j, light = made()
    with pytest.raises(NoResult, match="stands at 3 V in all"):
        of(j, light, v=0 * V + 3)


def test_nothing_but_zeros_is_asked_about():
    assert "are 0 in all 81 rows" in said(0 * V, 0 * V)


def test_swapped_columns_are_asked_about_and_right_ones_are_not():
    rng = np.random.default_rng(2)
    j, light = made(rng)
    assert "swapped" not in said(j, light)
    assert "swapped" in said(V, light, v=j)  # voltage and current
    assert "swapped" in said(j, V, v=light)  # voltage and luminance
    assert "swapped" in said(light, j)  # current and luminance


def test_a_sweep_driven_by_its_current_is_not_called_swapped():
    current = np.linspace(0.05, 400, 80)  # mA/cm², in equal steps
    volts = 2.0 + 0.35 * np.log(current / 0.05 + 1) + 0.004 * current
    assert "swapped" not in said(current, droop(current) * 10 * current, v=volts)


def test_amperes_taken_for_milliamperes_and_the_other_way_round_are_asked_about():
    j, light = made()
    assert "is the current in mA and not in A" in said(1000 * j, light)
    assert "the unit of the current density" in said(j / 1000, light)


def test_a_luminance_per_square_centimetre_is_asked_about():
    j, light = made()
    assert "cd/m² and not in cd/cm²" in said(j, 1e4 * light)


def test_a_detector_that_is_wired_the_wrong_way_is_named():
    j, light = made()
    assert "wired the wrong way" in said(j, -light)
