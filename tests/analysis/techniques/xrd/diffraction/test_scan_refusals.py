"""What is no diffraction pattern, or too little of one, is refused in words."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.xrd.diffraction import XRD_PHASE
from tests.analysis.techniques.xrd.diffraction.simulated import measured, reading


def refusal(scan, parameters=None):
    with pytest.raises(NoResult) as refused:
        XRD_PHASE.run(scan, parameters or {})
    return str(refused.value)


def angles(count=1000):
    return np.linspace(8.0, 52.0, count)


def noise(angle, seed=0):
    return np.random.default_rng(seed).poisson(100.0, angle.size).astype(float)


def test_too_few_points_are_refused():
    assert "120 points" in refusal(reading(angles(120), noise(angles(120))))


def test_a_scan_that_misses_the_lines_is_refused_with_the_range_it_needs():
    angle = np.linspace(30.0, 60.0, 1000)
    message = refusal(reading(angle, noise(angle)))
    assert "30.00 to 60.00" in message
    assert "Measure at least" in message


def test_a_flat_pattern_is_refused():
    assert "flat" in refusal(reading(angles(), np.full(1000, 50.0)))
    assert "stands out" in refusal(reading(angles(), noise(angles())))


@pytest.mark.parametrize(
    ("name", "unit"), [("wavelength", "nm"), ("time", "s"), ("two_theta", "rad")]
)
def test_a_first_column_that_is_no_angle_is_refused(name, unit):
    scan = Reading(
        "xrd", "test", (Channel(name, unit, angles()), Channel("counts", "counts", noise(angles())))
    )
    assert "not 2θ" in refusal(scan)


def test_angles_beyond_any_goniometer_are_refused():
    angle = np.linspace(300.0, 800.0, 1000)
    assert "no 2θ" in refusal(reading(angle, noise(angle)))


def test_an_abscissa_without_a_name_is_taken_as_two_theta_aloud():
    known = measured("tilt-1.0", 1000, 1)
    scan = Reading("xrd", "test", (Channel("x", "", known.x.values), known.y), known.metadata)
    result = XRD_PHASE.run(scan, {})
    assert result.phase == "gamma"
    assert any("taken as 2θ" in warning for warning in result.warnings)


def test_a_single_column_is_refused():
    scan = Reading("xrd", "test", (Channel("two_theta", "deg", angles()),))
    assert "one column" in refusal(scan)


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"wavelength_angstrom": "long"}, "number"),
        ({"wavelength_angstrom": 15.4}, "between 0.1 and 3"),
        ({"range_from_deg": 40.0, "range_to_deg": 20.0}, "empty"),
        ({"range_from_deg": 20.0}, "leaves out lines"),
        ({"instrument_fwhm_deg": 0.0}, "between"),
    ],
)
def test_impossible_settings_are_refused(parameters, word):
    assert word in refusal(measured("alpha", 500, 1), parameters)


@pytest.mark.parametrize("change", ["counts per second", "background subtracted", "falling angles"])
def test_other_ways_to_write_the_same_pattern_give_the_same_phase(change):
    scan = measured("tilt-1.0", 2000, 3)
    angle, counts = scan.x.values, scan.y.values
    if change == "counts per second":
        counts = counts / 7.3
    elif change == "background subtracted":
        counts = counts - np.percentile(counts, 30)
        assert counts.min() < 0
    else:
        angle, counts = angle[::-1], counts[::-1]
    result = XRD_PHASE.run(reading(angle, counts, wavelength_angstrom=1.5418), {})
    assert result.phase == "gamma", result.summary
    tilt = next(f for f in result.figures if f.quantity == "xrd_tilt")
    assert tilt.value == pytest.approx(1.0, abs=0.08)
    if change != "falling angles":
        assert any("not plain counts" in warning for warning in result.warnings)


def test_missing_points_are_dropped():
    scan = measured("tilt-1.0", 2000, 3)
    counts = scan.y.values.copy()
    counts[::97] = np.nan
    assert XRD_PHASE.run(reading(scan.x.values, counts, anode="Cu"), {}).phase == "gamma"


def test_a_wavelength_that_differs_from_the_files_is_used_aloud():
    scan = measured("tilt-1.0", 2000, 3)
    result = XRD_PHASE.run(
        reading(scan.x.values, scan.y.values, anode="Mo"), {"wavelength_angstrom": 1.5406}
    )
    assert result.phase == "gamma"
    assert any("The file says Mo" in warning for warning in result.warnings)
