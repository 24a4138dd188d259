"""OLED-004: sweep and spectrum as they were published, against the table of figures that its authors computed."""

import csv
import io

import numpy as np
import pytest

from tests.analysis.instruments import shared_file
from tests.analysis.techniques.test_from_files import analyse

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
