"""Files that chemists upload by mistake, each with the sentence it gets (pure twins stand in the other files here)."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.reading import UnreadableFile
from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.jvl.electroluminescence import run
from tests.analysis.techniques.readings import values

V = np.arange(0, 6, 0.25)
ROWS = "\n".join(f"{v},{1e-5 * v**3},{v**4}" for v in V)


def analysed(head, rows=ROWS, told=None, **settings):
    reading = read(
        f"{head},Luminance (cd/m2)\n{rows}\n".encode(), "sweep.csv", "jvl", told=told or {}
    )
    return run(reading, settings)


@pytest.mark.parametrize("rows", ["3,0.001,100", "3,0.001,100\n4,0.002,200"])
def test_one_point_is_no_sweep(rows):
    with pytest.raises(UnreadableFile, match="No table with at least 5 rows"):
        analysed("Voltage (V),Current (A)", rows)


@pytest.mark.parametrize(
    ("head", "asked"),
    [("Current", "mA or A"), ("J", "mA/cm2 or A/cm2"), ("Current density", "mA/cm2 or A/cm2")],
)
def test_a_current_without_a_unit_is_asked_about(head, asked):
    with pytest.raises(UnreadableFile, match=f"may be in {asked}.*factor of 1000"):
        analysed(f"Voltage (V),{head}")


def test_the_unit_that_a_person_tells_is_taken_and_one_that_cannot_be_is_said():
    amperes, milliamperes = (
        analysed("Voltage (V),Current", told={"y_unit": unit}, area_mm2=4) for unit in ("A", "mA")
    )
    # L = V⁴ over J = 2.5 V³ A/m² is V/2.5, highest at 5.75 V
    assert values(amperes)["current_efficiency_cd_a"] == pytest.approx(2.3, rel=0.01)
    assert "current_efficiency_cd_a" not in values(milliamperes)
    assert any("above 100 %" in one for one in milliamperes.warnings)


def test_a_current_without_an_area_gives_no_efficiency_and_says_what_to_give():
    result = analysed("Voltage (V),Current (A)")
    assert not {"current_efficiency_cd_a", "power_efficiency_lm_w", "eqe_percent"} & set(
        values(result)
    )
    assert "Give the area to get efficiencies." in result.warnings[0]


def test_rows_of_zeros_are_no_sweep():
    with pytest.raises(NoResult, match="stands at 0 V in all"):
        analysed("Voltage (V),Current (A)", "\n".join(["0,0,0"] * 20))


@pytest.mark.parametrize(
    ("head", "factor"), [("EQE", 1), ("EQE", 100), ("EQE (%)", 100), ("EQE [-]", 1)]
)
def test_an_eqe_without_a_unit_is_a_fraction_where_no_spectrum_allows_per_cent(head, factor):
    # green: 4 cd/A for each per cent; 0.04 % at 16 cd/A is below what the eye's best wavelength stands for
    eqe = np.where(V > 2, 0.04, 0.0)
    j = np.maximum(V - 2, 0) ** 2 * 5 + 1e-6
    light = 10 * j * 4 * 100 * eqe
    rows = "\n".join(
        f"{v},{a},{factor * e},{x}" for v, a, e, x in zip(V, j, eqe, light, strict=True)
    )
    result = analysed(f"Voltage (V),J (mA/cm2),{head}", rows)
    assert values(result)["eqe_percent"] == pytest.approx(4, rel=0.01)
    assert any("fractions" in one for one in result.warnings) == (head == "EQE" and factor == 1)
