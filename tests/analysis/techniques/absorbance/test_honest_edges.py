"""First excitons and gaps of edges that are none of the fitted shapes: covered, or said to be undetermined."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.signal import savgol_filter

from analysis.techniques.absorbance.absorption import run
from analysis.techniques.shared.calibration import LEVEL
from tests.analysis.instruments import shared_file
from tests.analysis.techniques.absorbance.edges import (
    HC,
    bulk,
    measured,
    nanocrystals,
    size_series,
    urbach,
)
from tests.analysis.techniques.readings import figures, spectrum, two_columns


def analysed(x, y, **settings):
    return run(spectrum(x, y, technique="absorbance", y_unit=""), settings)


def particles(energy):
    return nanocrystals(energy, 2.30, 0.06, 0.25)


def test_u_of_an_exciton_holds_what_lies_under_it_and_the_grid():
    # a band with tails on a bent background, without noise: a level, a line and a parabola under it put it 2 meV apart
    wavelength = np.arange(1150.0, 1901.0, 1.0)
    energy = HC / wavelength
    band = 0.3 / (1 + ((energy - 0.855) / 0.04) ** 2) ** 2
    above = 0.9 / (1 + np.exp(-(energy - 1.0) / 0.03))
    found = figures(analysed(wavelength, band + above + 0.02))["first_exciton_ev"]
    assert abs(found.value - 0.855) < 1.96 * found.uncertainty
    assert found.uncertainty > 0.0007


@pytest.mark.parametrize(
    ("shape", "first_ev"), [(nanocrystals, 1.85), (particles, 2.30), (size_series, 1.95)]
)
@pytest.mark.parametrize("noise", [3e-4, 3e-3])
@pytest.mark.parametrize("seed", range(2))
def test_the_first_exciton_of_nanocrystals_comes_before_any_gap(shape, first_ev, noise, seed):
    result = analysed(*measured(shape, seed, noise))
    exciton = figures(result)["first_exciton_ev"]
    assert result.figures[0] is exciton
    assert abs(exciton.value - first_ev) < 3 * exciton.uncertainty
    assert exciton.uncertainty < 0.01
    assert exciton.level == LEVEL
    assert "first_exciton_fwhm_ev" in figures(result)
    assert result.summary.startswith("First exciton at")


@pytest.mark.parametrize("shape", [nanocrystals, particles])
def test_no_gap_above_the_first_exciton_is_given_without_a_word(shape):
    result = analysed(*measured(shape, 0))
    exciton, gap = figures(result)["first_exciton_ev"], figures(result).get("gap_ev")
    assert gap is None or gap.value < exciton.value
    assert any(
        "n exciton stands at" in w and "no gap is given" in w.lower() for w in result.warnings
    )


@pytest.mark.parametrize("sigma_ev", [0.025, 0.035, 0.05])
def test_the_width_of_the_first_exciton_is_that_of_its_band(sigma_ev):
    shape = lambda energy: nanocrystals(energy, 1.9, sigma_ev, 0.25)  # noqa: E731
    width = figures(analysed(*measured(shape, 1)))["first_exciton_fwhm_ev"]
    assert abs(width.value - 2.3548 * sigma_ev) < 3 * width.uncertainty
    assert width.uncertainty < 0.03


@pytest.mark.parametrize(("gap_ev", "binding_ev"), [(1.79, 0.015), (1.70, 0.010), (2.0, 0.025)])
@pytest.mark.parametrize("seed", range(2))
def test_the_gap_behind_an_exciton_is_within_its_u_and_the_exciton_is_named(
    gap_ev, binding_ev, seed
):
    # Tauc reads such an edge 44 meV low at ± 20
    result = analysed(*measured(lambda e: bulk(e, gap_ev, binding_ev), seed))
    gap = figures(result)["gap_ev"]
    assert abs(gap.value - gap_ev) < 3 * gap.uncertainty
    assert gap.uncertainty < 0.1
    assert any("exciton" in w.lower() for w in result.warnings)


@pytest.mark.parametrize("gap_ev", [1.9, 2.3])
@pytest.mark.parametrize("gamma_ev", [0.022, 0.030])
def test_a_gap_whose_exciton_is_hardly_resolved_is_within_its_u_too(gap_ev, gamma_ev):
    # the Tauc line reads such an edge 150 to 190 meV low
    result = analysed(*measured(lambda e: bulk(e, gap_ev, 0.025, gamma_ev), 3, 3e-4))
    gap = figures(result)["gap_ev"]
    assert abs(gap.value - gap_ev) < 2.5 * gap.uncertainty
    assert any("exciton" in w.lower() for w in result.warnings)


@pytest.mark.parametrize("gap_ev", [1.80, 2.2])
def test_a_plain_edge_has_no_exciton(gap_ev):
    result = analysed(*measured(lambda e: urbach(e, gap_ev), 0))
    assert "first_exciton_ev" not in figures(result)
    assert figures(result)["gap_ev"].value == pytest.approx(gap_ev, abs=0.02)


def test_an_exciton_below_the_emission_is_said():
    x, y = measured(nanocrystals, 0)
    assert any("below the emission" in w for w in analysed(x, y, pl_peak_nm=HC / 1.90).warnings)
    assert not any("below the emission" in w for w in analysed(x, y, pl_peak_nm=HC / 1.80).warnings)


def curved_most(x, y, low_nm, high_nm):
    """Energies of the least second derivative near a band, by cubics of three lengths: no band shape of ours."""
    e = np.linspace(HC / high_nm, HC / low_nm, 400)
    order = np.argsort(HC / x)
    absorbance = np.interp(e, (HC / x)[order], y[order])
    for span_ev in (0.06, 0.1, 0.14):
        length = int(span_ev / (e[1] - e[0])) | 1
        second = savgol_filter(absorbance, length, 4, deriv=2)[length // 2 : -(length // 2)]
        yield e[length // 2 + second.argmin()]


@pytest.mark.parametrize(
    ("name", "low_nm", "high_nm"),
    [
        ("PbSe_batch1_JASCO.txt", 1300, 1700),
        ("Fluoracle_absorbance.txt", 500, 570),
        ("CuPCtS_H2O_vis.csv", 500, 800),
    ],
)
def test_the_first_exciton_of_a_real_spectrum_is_where_it_is_curved_most(name, low_nm, high_nm):
    data = two_columns(shared_file(f"optical/{name}"))
    wanted = list(curved_most(data[:, 0], data[:, 1], low_nm, high_nm))
    found = figures(analysed(data[:, 0], data[:, 1]))["first_exciton_ev"]
    assert abs(found.value - np.mean(wanted)) <= 2 * np.hypot(found.uncertainty, np.std(wanted))


@pytest.mark.parametrize(("points", "seconds"), [(4000, 3), (10**6, 8)])
def test_long_spectra_are_analysed_at_once(points, seconds):
    x = np.linspace(400, 850, points)
    y = bulk(HC / x) + np.random.default_rng(0).normal(0, 1e-3, points)
    started = time.process_time()
    analysed(x, y)
    assert time.process_time() - started < seconds
