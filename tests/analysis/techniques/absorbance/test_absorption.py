"""Optical gaps from absorbance: recovered with scattering present, refused without a red end."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.absorbance.absorption import run
from tests.analysis.techniques.readings import spectrum, values

HC = 1239.841984
LAMBDA = np.arange(450.0, 800.0, 1.0)


def absorbance(gap_ev, scatter=0.0, level=0.0, seed=0, wavelength_nm=LAMBDA):
    """Direct edge A = 2√(E-Eg)/E with an Urbach tail, λ⁻⁴ scattering and detector noise."""
    energy = HC / wavelength_nm
    edge = 2 * np.sqrt(np.clip(energy - gap_ev, 0, None)) / energy
    tail = 0.02 * np.exp(np.clip(energy - gap_ev, -1, 0) / 0.018)
    noise = np.random.default_rng(seed).normal(0, 5e-4, energy.size)
    return edge + tail + scatter * (600 / wavelength_nm) ** 4 + level + noise


def gap(wavelength_nm, y, **settings):
    return run(spectrum(wavelength_nm, y, technique="absorbance", y_unit=""), settings)


@pytest.mark.parametrize("scatter", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("gap_ev", [1.78, 1.79, 2.3])
def test_the_gap_is_recovered_with_scattering_left_in_the_file(gap_ev, scatter):
    # left uncorrected, 5 % of scattering reads 2.06 eV instead of 1.78
    result = gap(LAMBDA, absorbance(gap_ev, scatter, level=0.01))
    assert values(result)["gap_ev"] == pytest.approx(gap_ev, abs=0.006)
    assert result.figures[0].uncertainty >= 0.02


@pytest.mark.parametrize("factor", [0.05, 1.0, 1.5])
def test_the_concentration_does_not_matter(factor):
    y = absorbance(1.79, 0.05)
    assert values(gap(LAMBDA, factor * y))["gap_ev"] == pytest.approx(1.79, abs=0.006)


def test_the_order_of_the_points_does_not_matter():
    y = absorbance(1.79)
    assert values(gap(LAMBDA[::-1], y[::-1])) == values(gap(LAMBDA, y))


def test_a_spectrum_without_a_red_end_is_refused_in_words():
    x = np.arange(450.0, 690.0, 1.0)
    with pytest.raises(NoResult, match="red"):
        gap(x, absorbance(1.79, wavelength_nm=x))


def test_a_spectrum_without_an_edge_is_refused_in_words():
    y = 0.2 * (600 / LAMBDA) ** 4 + np.random.default_rng(0).normal(0, 5e-4, LAMBDA.size)
    with pytest.raises(NoResult, match="No absorption edge"):
        gap(LAMBDA, y)


def test_a_gap_below_the_emission_is_said():
    # the paper: Tauc 1.78 eV, PL 691 nm = 1.794 eV
    result = gap(LAMBDA, absorbance(1.78), pl_peak_nm=691)
    assert any("below the emission" in w for w in result.warnings)
    assert not gap(LAMBDA, absorbance(1.82), pl_peak_nm=691).warnings


def test_an_excitonic_peak_is_said():
    energy = HC / LAMBDA
    exciton = 0.8 * np.exp(-(((energy - 1.85) / 0.03) ** 2))
    result = gap(LAMBDA, absorbance(1.82) + exciton)
    assert any("xciton" in w for w in result.warnings)


def test_transmittance_is_refused_in_words():
    reading = Reading(
        "absorbance", "test 1",
        (Channel("wavelength", "nm", LAMBDA), Channel("transmittance", "%", 100 * 10 ** -absorbance(1.8))),
    )  # fmt: skip
    with pytest.raises(NoResult, match="transmittance, not absorbance"):
        run(reading, {})


def test_counts_are_no_absorbance():
    with pytest.raises(NoResult, match="far too high for an absorbance"):
        gap(LAMBDA, 3000 + 100 * absorbance(1.79))


def test_a_sample_too_dark_to_see_through_is_used_only_where_light_passes():
    result = gap(LAMBDA, np.minimum(6 * absorbance(1.79), 4.0))
    assert any("Dilute" in w for w in result.warnings)
    assert values(result)["gap_ev"] == pytest.approx(1.79, abs=0.006)
    with pytest.raises(NoResult):
        gap(LAMBDA, np.minimum(100 * absorbance(1.79), 5.0))


def test_the_result_is_json():
    json.dumps(gap(LAMBDA, absorbance(1.79)).as_dict(), allow_nan=False)
