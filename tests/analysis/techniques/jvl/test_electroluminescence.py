"""J-V-L sweeps: figures of merit, their guards and the state of the pixel."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.jvl.electroluminescence import run
from analysis.techniques.shared.photometry import gaussian_spectrum
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.readings import figures, values

UNITS = {
    "voltage": "V", "current": "A", "current_density": "mA/cm2", "luminance": "cd/m2", "eqe": "%",
    "power_efficiency": "lm/W",
}  # fmt: skip


def sweep(metadata=None, **columns) -> Reading:
    channels = tuple(Channel(k, UNITS[k], np.asarray(v, float)) for k, v in columns.items())
    return Reading("jvl", "test 1", channels, metadata or {})


def led(step=0.1, stop=7.0, eqe_max=0.253, seed=None, peak_nm=684, fwhm_nm=31):
    """A deep-red LED of known EQE: voltage, current density (mA/cm²), luminance, EQE (fraction)."""
    v = np.arange(0, stop + step / 2, step)
    j = 1e-5 + 3 * np.clip(v - 1.9, 0, None) ** 3
    eqe = eqe_max * np.exp(-(((v - 4) / 2.2) ** 2)) * (v > 2.0)
    per_ce = gaussian_spectrum(peak_nm, fwhm_nm).eqe_percent_per_cd_a
    light = 100 * eqe / per_ce * 10 * j
    if seed is not None:
        rng = np.random.default_rng(seed)
        light = light * np.exp(rng.normal(0, 0.02, v.size)) + rng.normal(0, 0.02, v.size)
    return v, j, light, eqe


def test_a_known_device_gives_back_its_figures():
    v, j, light, _ = led()
    result = run(
        sweep(voltage=v, current_density=j, luminance=light), {"el_peak_nm": 684, "el_fwhm_nm": 31}
    )
    found = figures(result)
    assert found["eqe_percent"].value == pytest.approx(25.3, rel=1e-3)
    assert found["current_efficiency_cd_a"].value == pytest.approx(1.817, rel=0.01)
    assert found["luminance_cd_m2"].value == light.max()
    assert "at 4 V" in found["eqe_percent"].label
    assert "Lambertian" in found["eqe_percent"].label
    # 5 % of luminance, 3 % of area, and the stray light of a deep-red EL spectrum
    assert 0.05 < found["eqe_percent"].uncertainty / 25.3 < 0.15
    assert any("the eye hardly sees" in w for w in result.warnings)
    assert result.detail["suggested_state"] == "working"


@pytest.mark.parametrize("step", [0.05, 0.1, 0.2])
def test_the_turn_on_is_right_to_half_a_step(step):
    fine_v, _, fine_l, _ = led(step=0.0005)
    truth = fine_v[np.argmax(fine_l >= 1)]
    v, j, light, _ = led(step=step, seed=1)
    on = figures(run(sweep(voltage=v, current_density=j, luminance=light), {}))["turn_on_v"]
    assert on.value == pytest.approx(truth, abs=step / 2)
    assert abs(on.value - truth) < 2 * on.uncertainty <= 2 * step / np.sqrt(12)


def test_the_turn_on_of_an_exponential_is_interpolated_in_the_logarithm():
    v = np.arange(0, 5.1, 0.5)
    light = 10 ** (2 * (v - 3.2))
    found = figures(run(sweep(voltage=v, current_density=10 * v, luminance=light), {}))
    assert found["turn_on_v"].value == pytest.approx(3.2, abs=1e-9)


def test_noise_near_zero_current_never_becomes_an_efficiency():
    v, j, light, _ = led(seed=3)
    j[0], light[0] = 2.7e-6, 9.9
    result = run(
        sweep(voltage=v, current_density=j, luminance=light), {"el_peak_nm": 684, "el_fwhm_nm": 31}
    )
    assert values(result)["eqe_percent"] < 30
    raw = np.nanmax(light / (10 * j)) * gaussian_spectrum(684, 31).eqe_percent_per_cd_a
    assert raw > 1000  # the artefact is really there


def test_glimmer_in_the_noise_is_no_turn_on():
    v = np.arange(0, 6, 0.1)
    light = np.abs(np.random.default_rng(0).normal(0, 0.8, v.size))
    result = run(sweep(voltage=v, current_density=0.01 * v, luminance=light), {})
    assert "turn_on_v" not in values(result)
    assert any("No turn-on" in w for w in result.warnings)
    assert any("never reaches 10" in w for w in result.warnings)


def test_a_sweep_that_starts_lit_has_no_turn_on():
    v, j, light, _ = led()
    later = v > 3
    result = run(sweep(voltage=v[later], current_density=j[later], luminance=light[later]), {})
    assert "turn_on_v" not in values(result)
    assert any("Start lower" in w for w in result.warnings)


def test_the_order_of_the_sweep_does_not_matter_and_is_reported():
    v, j, light, _ = led(seed=1)
    up = run(sweep(voltage=v, current_density=j, luminance=light), {})
    down = run(sweep(voltage=v[::-1], current_density=j[::-1], luminance=light[::-1]), {})
    assert values(up) == pytest.approx(values(down))
    assert (up.detail["scan_direction"], down.detail["scan_direction"]) == ("up", "down")


def test_the_way_back_of_a_loop_is_kept_apart():
    v, j, light, _ = led()
    loop = run(
        sweep(
            voltage=np.append(v, v[::-1]),
            current_density=np.append(j, 2 * j[::-1]),
            luminance=np.append(light, 0.5 * light[::-1]),
        ),
        {},
    )
    out = values(run(sweep(voltage=v, current_density=j, luminance=light), {}))
    assert {name: values(loop)[name] for name in out} == pytest.approx(out)
    back = loop.detail["other_direction"]
    assert back["scan_direction"] == "down"
    assert back["luminance_cd_m2"] == pytest.approx(0.5 * light.max(), rel=0.01)


def test_swapped_contacts_are_turned_the_right_way_round():
    v, j, light, _ = led()
    swapped = run(sweep(voltage=-v, current_density=-j, luminance=light), {})
    assert values(swapped) == pytest.approx(
        values(run(sweep(voltage=v, current_density=j, luminance=light), {}))
    )


def test_current_and_area_stand_for_current_density():
    v, j, light, _ = led()
    whole = values(run(sweep(voltage=v, current_density=j, luminance=light), {}))
    current = 1e-3 * j * 0.04
    assert values(
        run(sweep(voltage=v, current=current, luminance=light), {"area_mm2": 4})
    ) == pytest.approx(whole)
    from_header = sweep({"area_cm2": 0.04}, voltage=v, current=current, luminance=light)
    assert values(run(from_header, {})) == pytest.approx(whole)
    unknown = run(sweep(voltage=v, current=current, luminance=light), {})
    assert "current_efficiency_cd_a" not in values(unknown)
    assert any("Give the area" in w for w in unknown.warnings)


@pytest.mark.parametrize(
    ("density", "light", "state"),
    [
        (lambda v: 200 * v, lambda v: 0 * v, "shorted"),
        (lambda v: 1e-6 * v, lambda v: 0 * v, "open"),
        (lambda v: 2 * v, lambda v: 10 ** (2 * (v - 3)), "leaky"),
        (
            lambda v: 1e-3 * v + 5 * np.clip(v - 2, 0, None) ** 2,
            lambda v: 10 ** (2 * (v - 3)),
            "working",
        ),
        (lambda v: 1e-3 * v + 5 * np.clip(v - 2, 0, None) ** 2, lambda v: 0 * v, None),
    ],
)
def test_the_state_of_the_pixel_is_suggested_with_a_reason(density, light, state):
    v = np.arange(0, 5.05, 0.1)
    result = run(sweep(voltage=v, current_density=density(v), luminance=light(v)), {})
    assert result.detail["suggested_state"] == state
    assert result.detail["state_reason"]
    if state in ("shorted", "open", "leaky"):
        assert any(state in w for w in result.warnings)


def test_joule_heat_is_said():
    # the paper's own figures: 649 mA/cm² at 7 V are 4.5 W/cm²
    v = np.arange(0, 7.1, 0.1)
    j = 649 * (v / 7) ** 6
    result = run(sweep(voltage=v, current_density=j, luminance=21 * j), {})
    assert any("4.5 W/cm²" in w for w in result.warnings)
    mild = run(sweep(voltage=v, current_density=0.1 * j, luminance=2 * j), {})
    assert not any("W/cm²" in w for w in mild.warnings)


def test_an_eqe_that_contradicts_the_luminance_is_said():
    v, j, light, eqe = led()
    settings = {"el_peak_nm": 684, "el_fwhm_nm": 31}
    agreeing = run(sweep(voltage=v, current_density=j, luminance=light, eqe=100 * eqe), settings)
    assert not any("file's EQE" in w for w in agreeing.warnings)
    doubled = run(sweep(voltage=v, current_density=j, luminance=light, eqe=200 * eqe), settings)
    assert any("file's EQE is 2.00 ×" in w for w in doubled.warnings)


def test_a_measured_el_spectrum_counts_like_its_gaussian():
    v, j, light, _ = led()
    band = gaussian_spectrum(684, 31)
    settings = {
        "el_wavelength_nm": band.wavelength_nm.tolist(),
        "el_power": (band.power + 0.002).tolist(),
    }
    result = run(sweep(voltage=v, current_density=j, luminance=light), settings)
    # the flat floor, 0.2 % of the peak, is stray light and must be taken off
    assert values(result)["eqe_percent"] == pytest.approx(25.3, rel=0.01)


@pytest.mark.parametrize(
    ("columns", "settings", "words"),
    [
        ({"voltage": np.arange(9), "current": np.arange(9)}, {}, "no luminance"),
        ({"current": np.arange(9), "luminance": np.arange(9)}, {}, "no voltage"),
        ({"voltage": np.arange(3), "luminance": np.arange(3)}, {}, "at least 5"),
        (
            {"voltage": np.arange(9), "luminance": np.arange(9)},
            {"el_peak_nm": 684},
            "peak and its width",
        ),
        (
            {"voltage": np.arange(9), "luminance": np.arange(9)},
            {"luminance_floor_cd_m2": 0.1},
            "at least 1|1 to",
        ),
    ],
)
def test_what_cannot_be_analysed_is_refused_in_words(columns, settings, words):
    with pytest.raises(NoResult, match=words):
        run(sweep(**columns), settings)


def test_a_dead_sweep_is_answered_not_crashed():
    v = np.arange(0, 5, 0.1)
    result = run(sweep(voltage=v, current_density=0 * v, luminance=0 * v), {})
    json.dumps(result.as_dict(), allow_nan=False)
    assert result.detail["suggested_state"] == "open"


def test_the_real_pixel_has_its_authors_figures():
    data = np.loadtxt(shared_file("device/OLED-004_A1-1_JVL.txt"), skiprows=1).T
    names = ("voltage", "current", "current_density", "power_efficiency", "eqe", "luminance")
    reading = sweep(**dict(zip(names, data, strict=True)))
    result = run(reading, {})
    found = figures(result)
    assert found["luminance_cd_m2"].value == 1600.96
    assert "9.909 V" in found["luminance_cd_m2"].label
    # the authors' maxima are single points, 1 % above the curve through their neighbours
    best = {
        "eqe_percent": 0.5481,
        "power_efficiency_lm_w": 0.9071,
        "current_efficiency_cd_a": 1.7304,
    }
    assert result.detail["highest_points"] == pytest.approx(best, rel=1e-3)
    for name, highest in best.items():
        assert 0.98 * highest < found[name].value < highest
        assert found[name].uncertainty == pytest.approx(0.0583 * highest, rel=0.1)
    assert abs(float(found["eqe_percent"].label.split("at ")[1].split()[0]) - 6.401) < 0.3
    assert result.detail["first_point_at_or_above_1_cd_m2_v"] == pytest.approx(3.400, abs=1e-3)
    # L is 0.618 at 3.200 V and 3.048 at 3.400 V: the logarithm crosses 1 cd/m² at 3.2603 V
    assert found["turn_on_v"].value == pytest.approx(3.2607, abs=1e-3)
    assert result.detail["area_mm2"] == pytest.approx(16.0, rel=1e-3)
    assert result.detail["suggested_state"] == "working"
    assert max(f.value for f in result.figures if f.quantity == "eqe_percent") < 1
    json.dumps(result.as_dict(), allow_nan=False)
