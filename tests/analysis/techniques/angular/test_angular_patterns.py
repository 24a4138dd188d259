"""Patterns of light with known factors: cos^m has 2/(m + 1) of a Lambertian emitter's light."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.result import NoResult
from analysis.techniques.angular.pattern import run
from analysis.techniques.files import read
from analysis.techniques.guess import guess_technique
from analysis.techniques.jvl.electroluminescence import run as run_sweep
from tests.analysis.techniques.jvl.test_electroluminescence import sweep
from tests.analysis.techniques.jvl.test_what_a_sweep_says_further import V as VOLTS
from tests.analysis.techniques.jvl.test_what_a_sweep_says_further import made
from tests.analysis.techniques.readings import figures

ANGLES = np.arange(-85.0, 85.1, 5.0)


def table(angles, light, head="Angle (deg),Intensity (a.u.)"):
    rows = "\n".join(f"{a:g},{b:.6g}" for a, b in zip(angles, light, strict=True))
    return f"{head}\n{rows}\n".encode()


def reading(angles, light, head="Angle (deg),Intensity (a.u.)"):
    return read(table(angles, light, head), "pattern.csv", "angular")


def cos_power(m, angles=ANGLES):
    return 700 * np.clip(np.cos(np.radians(angles)), 0, None) ** m


@pytest.mark.parametrize("m", [0.5, 1.0, 1.5, 3.0])
def test_a_power_of_the_cosine_has_its_factor_and_its_exponent(m):
    found = figures(run(reading(ANGLES, cos_power(m)), {}))
    assert found["lambertian_factor"].value == pytest.approx(2 / (m + 1), rel=0.01)
    assert found["pattern_exponent"].value == pytest.approx(m, abs=0.02)


def test_noisy_patterns_that_are_no_power_of_a_cosine_hold_their_truth():
    # a cavity's lobe beside a Lambertian: its factor by quadrature on a fine grid, not by the code under test
    fine = np.radians(np.linspace(0, 90, 200_001))
    shape = lambda t: 0.7 * np.cos(t) + 0.3 * np.cos(t) * np.exp(-((t - 0.9) ** 2) / 0.1)  # noqa: E731
    truth = 2 * np.trapezoid(shape(fine) / shape(0.0) * np.sin(fine), fine)
    rng, inside = np.random.default_rng(7), 0
    for _ in range(200):
        light = 500 * shape(np.abs(np.radians(ANGLES))) * rng.normal(1, 0.02, ANGLES.size)
        one = figures(run(reading(ANGLES, light), {}))["lambertian_factor"]
        inside += abs(one.value - truth) <= 1.96 * one.uncertainty
    assert 0.9 <= inside / 200 <= 1


def test_a_luminance_that_is_the_same_everywhere_is_lambertian():
    result = run(
        reading(ANGLES, np.full(ANGLES.size, 320.0), "Viewing angle (deg),Luminance (cd/m2)"), {}
    )
    assert result.detail["is_lambertian"] is True
    assert figures(result)["lambertian_factor"].value == pytest.approx(1, abs=0.01)


def test_a_narrow_pattern_says_by_how_much_the_eqe_is_too_high():
    result = run(reading(ANGLES, cos_power(1.5)), {})
    assert result.summary.startswith(
        "Narrower than Lambertian: EQE from the luminance is too high by 25% without it"
    )
    assert result.detail["is_lambertian"] is False


def test_one_side_alone_will_do_and_two_that_differ_are_said():
    half = ANGLES[ANGLES >= 0]
    one = figures(run(reading(half, cos_power(1.0, half)), {}))["lambertian_factor"]
    assert one.value == pytest.approx(1, rel=0.01)
    skewed = run(reading(ANGLES, cos_power(1.0, ANGLES - 12)), {})
    assert any("0° is not the normal" in warning for warning in skewed.warnings)


@pytest.mark.parametrize(
    ("angles", "light", "words"),
    [
        (np.arange(0.0, 41.0, 5.0), np.ones(9), "to 45° at least"),
        (np.arange(30.0, 86.0, 5.0), np.ones(12), "from the normal"),
        (ANGLES, -cos_power(1), "no light along the normal"),
    ],
)
def test_what_is_no_whole_pattern_is_refused_in_words(angles, light, words):
    with pytest.raises(NoResult, match=words):
        run(reading(angles, light), {})


def test_a_pattern_is_told_from_a_diffraction_pattern():
    content = table(ANGLES, cos_power(1), "Viewing angle (deg),Intensity (a.u.)")
    assert guess_technique("a.csv", content) == "angular"
    assert guess_technique("device 3 angular.csv", b"1,2\n") == "angular"


def test_the_eqe_from_the_luminance_takes_the_pattern_of_the_pixel():
    j, light = made()
    spectrum = {"el_peak_nm": 688, "el_fwhm_nm": 31}
    of = sweep(voltage=VOLTS, current_density=j, luminance=light)
    lambert = figures(run_sweep(of, spectrum))["eqe_percent"]
    narrow = figures(run_sweep(of, spectrum | {"angular": reading(ANGLES, cos_power(1.5))}))[
        "eqe_percent"
    ]
    assert narrow.value == pytest.approx(0.8 * lambert.value, rel=0.01)
    assert "by its angular pattern" in narrow.label
    assert "Lambertian" in lambert.label
    assert narrow.uncertainty / narrow.value > lambert.uncertainty / lambert.value
