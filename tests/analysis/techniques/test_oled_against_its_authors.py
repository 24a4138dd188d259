"""OLED-004: sweep and spectrum as they were published, against the table of figures that its authors computed."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from analysis.techniques.files import read
from analysis.techniques.jvl.efficiency import power_efficiency
from analysis.techniques.jvl.electroluminescence import run
from analysis.techniques.jvl.eqe import factor_of_reading
from analysis.techniques.jvl.sweep import Sweep, sweeps_of
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.test_from_files import analyse

SWEEP, SPECTRUM = "device/OLED-004_A1-1_JVL.txt", "device/OLED-004_avgspectra_250cdm2.csv"

HIGHEST = {
    "eqe_percent": "EQE(%)_max",
    "current_efficiency_cd_a": "CE(cd/A)_max",
    "power_efficiency_lm_w": "PE(lm/W)_max",
}


def authors():
    """The rows of the authors' table by pixel, of those that work."""
    text = shared_file("device/OLED-004_condensed_oled_data.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text), delimiter="\t")
    return {row["Pixel"]: row for row in rows if row["Status"] == "Working"}


def test_a_pixel_has_the_figures_of_its_row():
    row = authors()["A1-1"]
    result = analyse("device/OLED-004_A1-1_JVL.txt", "jvl")
    found = {one.quantity: one for one in result.figures}
    assert found["luminance_cd_m2"].value == pytest.approx(float(row["Max Luminance (cd/m2)"]))
    for quantity, column in HIGHEST.items():
        # theirs is the highest point, 1 % above the curve through its neighbours: its noise, no calibration
        assert result.detail["highest_points"][quantity] == pytest.approx(
            float(row[column]), rel=1e-4
        )
        assert 0.98 * float(row[column]) < found[quantity].value < float(row[column])
    # theirs is the first point with light, after steps of 0.2 V
    first = float(row["Turnon Voltage (V)"])
    assert first - 0.2 < found["turn_on_v"].value < first
    assert (found["turn_on_v"].low, found["turn_on_v"].high) == pytest.approx(
        (first - 0.2, first), abs=1e-3
    )


def test_the_mean_spectrum_has_the_colour_of_the_pixels():
    rows = authors().values()
    result = analyse("device/OLED-004_avgspectra_250cdm2.csv", "el_spectrum")
    found = {one.quantity: one for one in result.figures}
    x, y = result.detail["cie_1931_xy"]
    for value, u, column in (
        (found["el_peak_nm"].value, found["el_peak_nm"].uncertainty, "λmax (nm)"),
        (found["el_fwhm_nm"].value, found["el_fwhm_nm"].uncertainty, "FWHM (nm)"),
        (x, 0, "CIE-x"),
        (y, 0, "CIE-y"),
    ):
        of_pixels = [float(row[f"{column} @ 250 cd/m2"]) for row in rows]
        assert abs(value - np.mean(of_pixels)) < np.hypot(u, np.std(of_pixels)), column


@pytest.mark.parametrize("luminance", [100, 250])
def test_the_power_efficiency_of_all_26_working_pixels_is_the_authors(luminance):
    rows = [row for row in authors().values() if row["Status"] == "Working"]
    assert len(rows) == 26
    volts, ce, pe = (
        np.array([float(row[f"{column} @ {luminance} cd/m2"]) for row in rows])
        for column in ("V (V)", "CE(cd/A)", "PE(lm/W)")
    )
    light = np.full(26, float(luminance))
    at_that = Sweep(volts, light, light / ce / 10, None, None, "up")
    np.testing.assert_allclose(power_efficiency(at_that), pe, rtol=1e-3)


def test_every_lit_point_of_a_pixel_has_the_authors_power_efficiency():
    reading = read(shared_file(SWEEP).read_bytes(), "A1-1.txt", "jvl")
    (sweep,), _area = sweeps_of(reading, None)
    lit = sweep.luminance_cd_m2 >= 10
    assert lit.sum() == 32
    np.testing.assert_allclose(
        power_efficiency(sweep)[lit], sweep.power_efficiency_lm_w[lit], rtol=1e-3
    )


def test_the_eqe_of_the_mean_spectrum_is_nine_tenths_of_the_authors():
    # docs/reference/oled-004.md says why: theirs rises and falls by pixel, and the file holds counts of a detector
    spectrum = read(shared_file(SPECTRUM).read_bytes(), "mean.csv", "el_spectrum")
    factor = factor_of_reading(spectrum)
    ratios = [
        factor.value * float(row["CE(cd/A) @ 250 cd/m2"]) / float(row["EQE(%) @ 250 cd/m2"])
        for row in authors().values()
    ]
    assert np.mean(ratios) == pytest.approx(0.90, abs=0.01)
    assert min(ratios) > 0.86
    assert max(ratios) < 0.94
    assert factor.counts
    without = read(shared_file(SWEEP).read_bytes(), "A1-1.txt", "jvl")
    kept = [channel for channel in without.channels if channel.name != "eqe"]
    result = run(replace(without, channels=tuple(kept)), {"el_spectrum": spectrum})
    eqe = next(one for one in result.figures if one.quantity == "eqe_percent")
    assert eqe.value == pytest.approx(0.88 * 0.5481, rel=0.02)
    assert "counts, taken as corrected" in eqe.note
