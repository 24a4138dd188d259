"""PL and EL spectra: what the peak method promises."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.signal import savgol_filter

from analysis.result import NoResult
from analysis.techniques.emission.emission import run_pl
from analysis.techniques.shared.calibration import WAVELENGTH
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.readings import figures, spectrum, two_columns, values

HC = 1239.841984
LAMBDA = np.arange(600, 780.1, 1.0)


def gaussian_in_energy(wavelength_nm, centre_ev=1.802, fwhm_ev=0.081, height=5000.0):
    """A Gaussian in I(E), as measured per nm, ``height`` counts at its maximum."""
    energy = HC / np.asarray(wavelength_nm)
    band = np.exp(-4 * np.log(2) * ((energy - centre_ev) / fwhm_ev) ** 2) * energy**2
    return height * band / band.max()


def noisy(counts, seed=0):
    return np.random.default_rng(seed).poisson(counts).astype(float)


def test_both_peak_conventions_come_from_one_fit():
    # truth of the shared check: E-peak 1.8020 eV = 688.04 nm; I(λ) peaks lower by about 2σ²/E³·hc
    found = values(run_pl(spectrum(LAMBDA, gaussian_in_energy(LAMBDA) + 50), {}))
    assert found["pl_peak_ev"] == pytest.approx(1.8020, abs=1e-4)
    assert found["pl_peak_energy_fit_nm"] == pytest.approx(688.04, abs=0.05)
    assert found["pl_fwhm_mev"] == pytest.approx(81.0, abs=0.2)
    fine = np.arange(680, 695, 0.001)
    assert found["pl_peak_nm"] == pytest.approx(fine[np.argmax(gaussian_in_energy(fine))], abs=0.02)


def test_counting_noise_moves_the_peak_by_less_than_a_tenth_of_a_nanometre():
    truth = gaussian_in_energy(LAMBDA) + 50
    found = [values(run_pl(spectrum(LAMBDA, noisy(truth, seed)), {})) for seed in range(20)]
    peaks = np.array([one["pl_peak_nm"] for one in found])
    widths = np.array([one["pl_fwhm_mev"] for one in found])
    assert abs(peaks.mean() - 687.51) < 0.05
    assert peaks.std() < 0.12
    assert abs(widths.mean() - 81.0) < 0.5


def test_the_stated_uncertainty_covers_the_truth_as_often_as_it_should():
    truth = gaussian_in_energy(LAMBDA, height=800) + 50
    pulls = []
    for seed in range(40):
        # the figure's u holds 0.3 nm for the scale of the instrument, so each instrument has such an error
        scale_nm = np.random.default_rng(1000 + seed).normal(0, WAVELENGTH.u)
        found = run_pl(spectrum(LAMBDA + scale_nm, noisy(truth, seed)), {"shape": "gaussian"})
        peak = figures(found)["pl_peak_ev"]
        pulls.append((peak.value - 1.802) / peak.uncertainty)
    inside = np.mean(np.abs(pulls) < 1)
    assert 0.5 <= inside <= 0.9  # 68 % expected, 40 draws
    assert np.mean(np.abs(pulls) < 3) >= 0.95


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e9])
def test_the_scale_of_the_intensity_does_not_matter(factor):
    y = noisy(gaussian_in_energy(LAMBDA) + 50)
    plain = values(run_pl(spectrum(LAMBDA, y), {}))
    scaled = values(run_pl(spectrum(LAMBDA, y * factor), {}))
    assert scaled == pytest.approx(plain, rel=1e-4)


def test_the_order_of_the_points_does_not_matter():
    y = noisy(gaussian_in_energy(LAMBDA) + 50)
    shuffled = np.random.default_rng(1).permutation(LAMBDA.size)
    assert values(run_pl(spectrum(LAMBDA[shuffled], y[shuffled]), {})) == values(
        run_pl(spectrum(LAMBDA, y), {})
    )


@pytest.mark.parametrize(("unit", "convert"), [("eV", HC), ("1/cm", 1e7)])
def test_an_axis_in_energy_or_wavenumber_gives_the_same_band(unit, convert):
    x = np.linspace(convert / 780, convert / 600, 300)
    energy = x if unit == "eV" else x * HC / 1e7
    y = 5000 * np.exp(-4 * np.log(2) * ((energy - 1.802) / 0.081) ** 2) + 20
    found = values(run_pl(spectrum(x, y, unit=unit), {}))
    assert found["pl_peak_ev"] == pytest.approx(1.802, abs=1e-4)
    assert found["pl_fwhm_mev"] == pytest.approx(81, abs=0.3)
    assert found["pl_peak_nm"] == pytest.approx(687.51, abs=0.1)


def test_the_published_width_of_31_nm_is_81_mev():
    # Guo et al. 2023: FWHM 31 nm at 688 nm
    y = np.exp(-4 * np.log(2) * ((LAMBDA - 688) / 31) ** 2)
    found = values(run_pl(spectrum(LAMBDA, y * 1e4), {}))
    assert found["pl_peak_nm"] == pytest.approx(688, abs=0.4)
    assert found["pl_fwhm_nm"] == pytest.approx(31, rel=0.02)
    assert found["pl_fwhm_mev"] == pytest.approx(81.2, rel=0.02)


def test_scattered_excitation_is_ignored_and_named():
    x = np.arange(360, 800, 1.0)
    line = 40000 * np.exp(-4 * np.log(2) * ((x - 375) / 4) ** 2)
    second = 9000 * np.exp(-4 * np.log(2) * ((x - 750) / 4) ** 2)
    result = run_pl(
        spectrum(x, noisy(gaussian_in_energy(x) + line + second + 30)), {"excitation_nm": 375}
    )
    assert values(result)["pl_peak_nm"] == pytest.approx(687.5, abs=0.4)
    named = " ".join(result.warnings)
    assert "375" in named
    assert "750" in named


def test_a_scatter_line_is_told_from_the_band_without_knowing_the_excitation():
    x = np.arange(380, 800, 1.0)
    line = 60000 * np.exp(-4 * np.log(2) * ((x - 405) / 3) ** 2)
    result = run_pl(spectrum(x, noisy(gaussian_in_energy(x) + line + 30)), {})
    assert values(result)["pl_peak_nm"] == pytest.approx(687.5, abs=0.4)
    assert any("narrow line at 405" in warning for warning in result.warnings)


def test_a_bump_on_a_band_is_no_scattered_light():
    x = np.arange(600, 780, 1.0)
    bump = 600 * np.exp(-4 * np.log(2) * ((x - 700) / 5) ** 2)
    result = run_pl(spectrum(x, noisy(gaussian_in_energy(x, height=20000) + bump + 30)), {})
    assert not any("narrow line" in w for w in result.warnings)


def test_only_scattered_light_is_refused_in_words():
    x = np.arange(360, 600, 1.0)
    line = 40000 * np.exp(-4 * np.log(2) * ((x - 375) / 4) ** 2)
    with pytest.raises(NoResult, match="scattered excitation"):
        run_pl(spectrum(x, noisy(line + 30)), {"excitation_nm": 375})


def test_the_higher_of_two_bands_is_reported_and_the_other_named():
    x = np.arange(450, 800, 1.0)
    y = gaussian_in_energy(x) + gaussian_in_energy(x, centre_ev=2.38, fwhm_ev=0.1, height=1500) + 20
    result = run_pl(spectrum(x, noisy(y)), {})
    assert values(result)["pl_peak_nm"] == pytest.approx(687.5, abs=0.5)
    assert any("52" in w and "More than one band" in w for w in result.warnings)


def test_a_saturated_top_is_said_and_left_out():
    y = np.minimum(noisy(gaussian_in_energy(LAMBDA) + 50), 4000)
    result = run_pl(spectrum(LAMBDA, y), {})
    assert any("saturated" in w for w in result.warnings)
    assert values(result)["pl_peak_nm"] == pytest.approx(687.5, abs=1.0)


def test_an_asymmetric_band_peaks_where_a_person_reads_it():
    energy = HC / LAMBDA
    width = np.where(energy < 1.8, 0.12, 0.06)
    y = 1e4 * np.exp(-4 * np.log(2) * ((energy - 1.8) / width) ** 2) * energy**2
    found = values(run_pl(spectrum(LAMBDA, noisy(y + 100)), {}))
    assert found["pl_peak_nm"] == pytest.approx(LAMBDA[np.argmax(y)], abs=1.5)


@pytest.mark.parametrize("edge", [(690, 780), (600, 686)])
def test_a_band_cut_at_the_edge_is_refused_in_words(edge):
    x = np.arange(*edge, 1.0)
    with pytest.raises(NoResult, match=r"edge|cut"):
        run_pl(spectrum(x, noisy(gaussian_in_energy(x) + 20)), {})


@pytest.mark.parametrize("seed", range(10))
def test_noise_alone_is_refused_in_words(seed):
    y = np.random.default_rng(seed).normal(100, 10, LAMBDA.size)
    with pytest.raises(NoResult, match=r"noise|unexplained|edge|describe"):
        run_pl(spectrum(LAMBDA, y), {})


@pytest.mark.parametrize("y", [np.zeros(180), np.full(180, 5.0), np.full(180, np.nan)])
def test_an_empty_spectrum_is_refused_in_words(y):
    with pytest.raises(NoResult):
        run_pl(spectrum(LAMBDA[:180], y), {})


def test_too_few_points_are_refused_in_words():
    with pytest.raises(NoResult, match="at least 12"):
        run_pl(spectrum(LAMBDA[:9], np.arange(9)), {})


def test_a_setting_that_makes_no_sense_is_refused_in_words():
    y = gaussian_in_energy(LAMBDA)
    with pytest.raises(NoResult, match="150 to 2000"):
        run_pl(spectrum(LAMBDA, y), {"excitation_nm": -5})
    with pytest.raises(NoResult, match="no setting called"):
        run_pl(spectrum(LAMBDA, y), {"wavelenght": 5})
    with pytest.raises(NoResult, match="not a number"):
        run_pl(spectrum(LAMBDA, y), {"from_nm": "blue"})


def test_settings_typed_with_a_comma_or_left_empty_are_understood():
    y = gaussian_in_energy(LAMBDA)
    typed = run_pl(spectrum(LAMBDA, y), {"from_nm": "640,5", "to_nm": "", "excitation_nm": None})
    assert typed.curves[0].x[0] >= 640.5


def test_the_result_is_json_and_draws_the_fit():
    result = run_pl(spectrum(LAMBDA, noisy(gaussian_in_energy(LAMBDA) + 50)), {})
    json.dumps(result.as_dict(), allow_nan=False)
    assert {curve.name for curve in result.curves} == {"fit", "background", "residual"}
    assert "nm" in result.summary


def tops(x, y):
    """Highest points after smoothing by cubics over half, a third and a quarter of the width: no shape of ours."""
    width = np.ptp(x[y > y.max() / 2]) / np.median(np.diff(x))
    return [x[savgol_filter(y, int(width / part) | 1, 3).argmax()] for part in (2, 3, 4)]


@pytest.mark.parametrize(
    "name",
    [
        "MAPI_2PACz_EmScan_Fluoracle.csv",
        "Fluoracle_emission.txt",
        "FluorEssence.txt",
        "100_40-1.abspl.txt",
        "SpectraSuite_Header.txt",
    ],
)
def test_the_peak_of_a_real_spectrum_is_the_top_of_the_smoothed_points(name):
    data = two_columns(shared_file(f"optical/{name}"))
    wanted = tops(data[:, 0], data[:, 1])
    found = figures(run_pl(spectrum(data[:, 0], data[:, 1]), {}))["pl_peak_nm"]
    assert abs(found.value - np.mean(wanted)) <= 2 * np.hypot(found.uncertainty, np.std(wanted))
