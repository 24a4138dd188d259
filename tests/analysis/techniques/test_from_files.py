"""From an instrument file through its reader to figures, as the worker does it."""

from __future__ import annotations

import json

import pytest

from analysis.result import NoResult
from analysis.techniques.files import read
from analysis.techniques.registry import default_method
from tests.analysis.instruments import own_file, shared_file
from tests.analysis.techniques.readings import values


def analyse(name: str, technique: str, find=shared_file):
    path = find(name)
    result = default_method(technique).run(read(path.read_bytes(), path.name, technique), {})
    json.dumps(result.as_dict(), allow_nan=False)
    return result


XRD = ["two_theta.xy", "three_columns.xye", "theta_header.xy", "panalytical.csv", "bruker.UXD"]
PL = ["fluoracle_emission.csv", "fluoressence.txt", "cary_eclipse.csv", "luqy.abspl.txt"]
PL += ["avantes.Raw8.TXT", "spectrasuite.txt"]
ABSORBANCE = ["fluoracle_absorbance.txt", "cary50.csv", "jasco.txt", "perkin_elmer.asc"]
ABSORBANCE += ["uv_winlab.csv"]
TRPL = ["timeharp.dat", "spcm.asc", "picoquant_curve.dat", "background_subtracted.csv"]


@pytest.mark.parametrize("name", [*XRD, "attenuated.xrdml"])
def test_simulated_gamma_crystals_are_named_from_every_format(name):
    # whole crystals of 12.5 nm by the Debye equation: no program of ours made the pattern
    result = analyse(f"xrd/{name}", "xrd", own_file)
    assert result.phase == "gamma", result.summary
    assert values(result)["crystallite_nm"] == pytest.approx(12.5, rel=0.2)
    assert values(result)["lattice_a_pc_angstrom"] == pytest.approx(6.187, abs=0.02)


@pytest.mark.parametrize(
    ("name", "said"), [("methylammonium.xy", "MAPbI3"), ("quartz.xrdml", "26.6")]
)
def test_what_is_no_lead_caesium_iodide_is_not_called_so(name, said):
    result = analyse(f"xrd/{name}", "xrd", own_file)
    assert result.phase is None
    assert said in result.summary


@pytest.mark.parametrize("name", PL)
def test_a_simulated_band_has_its_peak_and_width_in_every_format(name):
    # a Gaussian of σ = 34 meV whose maximum over wavelength is 686.0 nm: FWHM 2.3548 σ λ²/hc = 30.4 nm
    found = values(analyse(f"optical/{name}", "pl", own_file))
    assert found["pl_peak_nm"] == pytest.approx(686.0, abs=0.1)
    assert found["pl_fwhm_nm"] == pytest.approx(30.39, abs=0.1)


@pytest.mark.parametrize("name", ABSORBANCE)
def test_a_simulated_edge_gives_its_gap_in_every_format(name):
    found = values(analyse(f"optical/{name}", "absorbance", own_file))
    assert found["gap_ev"] == pytest.approx(1.80, abs=0.02)


@pytest.mark.parametrize("name", TRPL)
def test_a_simulated_decay_gives_its_lifetimes_in_every_format(name):
    # 0.6 of 12 ns and 0.4 of 45 ns: 25.2 ns by amplitude, (0.6·12² + 0.4·45²)/25.2 = 35.57 ns by intensity
    found = values(analyse(f"trpl/{name}", "trpl", own_file))
    assert found["lifetime_ns"] == pytest.approx(25.2, rel=0.01)
    assert found["lifetime_intensity_ns"] == pytest.approx(35.57, rel=0.01)


def test_a_counter_at_its_limit_gives_no_lifetime():
    with pytest.raises(NoResult, match="16-bit counter"):
        analyse("trpl/spcm_saturated.asc", "trpl", own_file)


def test_the_response_of_an_instrument_gives_no_lifetime():
    with pytest.raises(NoResult, match="flat as background"):
        analyse("trpl/edinburgh_response.txt", "trpl", own_file)


def test_a_simulated_led_has_its_figures():
    # EQE 15.8 % at 4.2 V, 1.1 cd/A for each per cent; at 6.0 V J = 1e-5 + 1.5·4.1³ = 103.38 mA/cm² and
    # EQE 15.8·exp(-(1.8/2.4)²) = 9.003 %, so L = 9.003·1.1·103.38·10 = 10238 cd/m²
    result = analyse("device/oled_jvl.txt", "jvl", own_file)
    found = values(result)
    # the top of a fit through the points about it, not the highest point: 0.01 % below it here
    assert found["eqe_percent"] == pytest.approx(15.8, rel=1e-3)
    assert found["current_efficiency_cd_a"] == pytest.approx(17.38, rel=1e-3)
    assert found["luminance_cd_m2"] == pytest.approx(10_238, abs=1)
    # L is 0.9706 at 2.1 V and 3.516 at 2.2 V: its logarithm crosses 1 cd/m² at 2.1023 V
    assert found["turn_on_v"] == pytest.approx(2.1023, abs=5e-4)
    assert result.detail["area_mm2"] == pytest.approx(4.0, rel=1e-4)


def test_the_simulated_el_spectrum_has_its_peak():
    found = values(analyse("device/mean_el_spectrum.csv", "el_spectrum", own_file))
    assert found["el_peak_nm"] == pytest.approx(688.0, abs=0.2)
    assert found["el_fwhm_nm"] == pytest.approx(30.57, abs=0.3)  # 2.3548 · 0.034 · 688² / 1239.84


@pytest.mark.parametrize("name", ["kit.jv.csv", "keithley.jv.txt", "sbtps.IV", "sbtps.SEQ"])
def test_a_simulated_solar_cell_has_its_figures_in_every_format(name):
    # J = -20 + 20 exp((V - 1.02)/0.06): the current is 0 at 1.02 V; V·J is highest where ln(1 + V/0.06) = (1.02 - V)/0.06
    found = values(analyse(f"device/{name}", "jvl", own_file))
    assert found["v_oc_v"] == pytest.approx(1.02, abs=1e-3)
    assert found["j_sc_ma_cm2"] == pytest.approx(20, rel=1e-3)
    assert found["v_mpp_v"] == pytest.approx(0.856, abs=0.01)
    assert found["pce_percent"] == pytest.approx(0.8563 * 20 * (1 - 0.06 / 0.9163), rel=2e-3)


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
