"""From an instrument file through its reader to figures, as the worker does it."""

from __future__ import annotations

import json

import pytest

from analysis.methods import default_method
from analysis.readers import read
from analysis.result import NoResult
from tests.analysis.methods.readings import shared_file, values


def analyse(name: str, technique: str):
    path = shared_file(name)
    result = default_method(technique).run(read(path.read_bytes(), path.name, technique), {})
    json.dumps(result.as_dict(), allow_nan=False)
    return result


def test_a_fluoracle_scan_gives_its_peak():
    result = analyse("optical/MAPI_2PACz_EmScan_Fluoracle.csv", "pl")
    assert values(result)["pl_peak_nm"] == pytest.approx(773, rel=0.01)
    assert values(result)["pl_fwhm_nm"] == pytest.approx(49.2, rel=0.06)


def test_a_picoquant_histogram_gives_lifetimes():
    result = analyse("trpl/TimeHarp260_Si6505.trpl.dat", "trpl")
    assert result.detail["maximum_at_ns"] == pytest.approx(265, abs=2)
    assert values(result)["lifetime_ns"] < values(result)["lifetime_intensity_ns"]


def test_an_instrument_response_is_not_passed_off_as_a_lifetime():
    result = analyse("trpl/F980_IRF.txt", "trpl")
    assert any("instrument response" in w for w in result.warnings)


def test_a_jvl_sweep_gives_its_authors_figures():
    found = values(analyse("device/OLED-004_A1-1_JVL.txt", "jvl"))
    assert found["luminance_cd_m2"] == pytest.approx(1600.96)
    assert found["eqe_percent"] == pytest.approx(0.5481, abs=5e-5)
    assert found["turn_on_v"] == pytest.approx(3.26, abs=0.01)


def test_a_solar_cell_sweep_is_refused_in_words():
    with pytest.raises(NoResult, match="no luminance column"):
        analyse("device/KIT_px7_mid.jv.csv", "jvl")
