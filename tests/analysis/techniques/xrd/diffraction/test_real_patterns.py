"""Real files: none of them is CsPbI3, and none may be called so."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from analysis.techniques.xrd.diffraction import XRD_PHASE
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.xrd.diffraction.simulated import reading


def two_columns(name):
    table = np.loadtxt(shared_file(f"xrd/{name}"))
    return reading(table[:, 0], table[:, 1])


def quartz():
    root = ElementTree.parse(shared_file("xrd/XRD-918-16_10.xrdml")).getroot()
    space = {"x": root.tag[1:].split("}")[0]}
    counts = np.array(root.find(".//x:intensities", space).text.split(), float)
    axis = next(e for e in root.findall(".//x:positions", space) if e.get("axis") == "2Theta")
    start = float(axis.find("x:startPosition", space).text)
    end = float(axis.find("x:endPosition", space).text)
    return reading(np.linspace(start, end, counts.size), counts, wavelength_angstrom=1.540598)


def unexplained_near(result, two_theta_deg):
    return [
        line
        for line in result.detail["unexplained"]
        if abs(line["two_theta_deg"] - two_theta_deg) < 0.15
    ]


def test_methylammonium_lead_iodide_is_told_by_its_lattice_and_not_called_gamma():
    result = XRD_PHASE.run(two_columns("MAPI_3D_2theta.xy"), {})
    assert result.phase is None
    lattice = next(f for f in result.figures if f.quantity == "lattice_a_pc_angstrom")
    assert lattice.value == pytest.approx(6.28, abs=0.03)  # literature, pseudo-cubic MAPbI3
    assert "not CsPbI3" in result.summary
    assert "MAPbI3" in result.summary
    assert result.warnings[0] == (
        "The file does not say its wavelength; Cu Kα (1.5418 Å) was assumed. Set it if that is wrong."
    )


def test_the_yellow_formamidinium_phase_stops_the_answer():
    result = XRD_PHASE.run(two_columns("FAPbI3_2-Theta_Omega.xy"), {})
    assert result.phase is None
    line = unexplained_near(result, 11.76)[0]
    assert line["relative_percent"] > 90
    assert "11.7" in result.summary
    assert any("FAPbI3" in name for name in line["candidates"])


def test_a_lead_free_halide_stops_the_answer():
    result = XRD_PHASE.run(two_columns("Cs3Bi2Br9_2-Theta_Omega.xy"), {})
    assert result.phase is None
    assert unexplained_near(result, 10.92)


def test_quartz_stops_the_answer_and_is_named():
    result = XRD_PHASE.run(quartz(), {})
    assert result.phase is None
    assert "quartz" in unexplained_near(result, 26.62)[0]["candidates"][0]


def test_a_film_full_of_lead_iodide_says_so():
    result = XRD_PHASE.run(two_columns("5pctCs_dark_2-Theta_Omega.xy"), {})
    assert result.phase is None
    assert result.summary.startswith("PbI2 dominates")
    assert "12.64" in result.summary


def test_an_unknown_bulk_crystal_stops_the_answer():
    result = XRD_PHASE.run(two_columns("210520step1_30min.xy"), {})
    assert result.phase is None
    assert len(result.detail["unexplained"]) >= 4
