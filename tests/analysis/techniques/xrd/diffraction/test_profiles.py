"""The folded columns of the fit are the plain sum over lines."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.techniques.xrd.diffraction.fit import non_negative
from analysis.techniques.xrd.diffraction.profiles import (
    SCHERRER_CONSTANT,
    ProfileGrid,
    march_weight,
    scherrer_size_nm,
)
from analysis.techniques.xrd.diffraction.radiation import COPPER, Radiation, from_wavelength
from analysis.techniques.xrd.diffraction.simulator import lines, lorentz_polarisation
from analysis.techniques.xrd.diffraction.structures import structures

ONE_LINE = Radiation("one line", 1.5418, ((1.5418, 1.0),))


def plain_sum(angle, found, size_nm, instrument_fwhm_deg):
    total = np.zeros_like(angle)
    for d, strength in zip(found.d_angstrom, found.strength, strict=True):
        theta = np.arcsin(1.5418 / 2 / d)
        broad = SCHERRER_CONSTANT * 1.5418 / (10 * size_nm * np.cos(theta))
        width = np.hypot(np.degrees(broad), instrument_fwhm_deg)
        x = (angle - np.degrees(2 * theta)) / width
        gauss = np.exp(-4 * np.log(2) * x**2) * 2 * np.sqrt(np.log(2) / np.pi) / width
        lorentz = 2 / np.pi / width / (1 + 4 * x**2)
        total += strength * lorentz_polarisation(theta) * (0.6 * gauss + 0.4 * lorentz)
    return total


@pytest.mark.parametrize("size_nm", [8.0, 14.5, 60.0])
@pytest.mark.parametrize("key", ["alpha", "gamma", "delta"])
def test_a_column_is_the_sum_of_its_lines(key, size_nm):
    angle = np.arange(9.0, 50.0, 0.02)
    found = lines(structures()[key], 1.5418, 1.70)
    column = ProfileGrid(angle, ONE_LINE, 0.12).columns(found, (size_nm,))[:, 0]
    expected = plain_sum(angle, found, size_nm, 0.12)
    cosine = column @ expected / np.linalg.norm(column) / np.linalg.norm(expected)
    assert cosine > 0.998
    assert column.sum() == pytest.approx(expected.sum(), rel=0.02)


def test_the_shift_and_the_scale_move_lines_where_they_should():
    angle = np.arange(10.0, 40.0, 0.02)
    found = lines(structures()["alpha"], COPPER.mean_angstrom, 2.0)
    grid = ProfileGrid(angle, COPPER, 0.12)
    at_rest = angle[grid.columns(found, (20.0,))[:, 0].argmax()]
    shifted = angle[grid.columns(found, (20.0,), shift_deg=0.3)[:, 0].argmax()]
    stretched = angle[grid.columns(found, (20.0,), scale=1.01)[:, 0].argmax()]
    assert shifted - at_rest == pytest.approx(0.3 * np.cos(np.radians(at_rest / 2)), abs=0.021)
    expected = -np.degrees(2 * 0.01 * np.tan(np.radians(at_rest / 2)))
    assert stretched - at_rest == pytest.approx(expected, abs=0.021)


@pytest.mark.parametrize("march_r", [0.3, 0.7, 1.0, 1.7])
def test_a_texture_keeps_the_total_scattering(march_r):
    cosine = np.linspace(-1, 1, 200001)
    assert march_weight(cosine**2, march_r).mean() == pytest.approx(1.0, rel=1e-3)


def test_one_size_is_read_back_and_a_mixture_lies_between():
    sizes = np.array([6.0, 12.0, 24.0])
    assert scherrer_size_nm(sizes, np.array([0.0, 1.0, 0.0])) == pytest.approx(12.0, rel=0.005)
    assert 12.0 < scherrer_size_nm(sizes, np.array([0.0, 1.0, 1.0])) < 24.0


def test_amounts_are_never_negative_and_survive_parallel_columns():
    rng = np.random.default_rng(0)
    base = rng.random((300, 3)) * 1e6
    matrix = np.column_stack([base, base[:, 0] * (1 + 1e-9), -base[:, 1] * 1e-6])
    amounts = non_negative(matrix, base @ [1.0, 0.0, 2.0])
    assert amounts.min() >= 0
    np.testing.assert_allclose(matrix @ amounts, base @ [1.0, 0.0, 2.0], rtol=1e-6)


@pytest.mark.parametrize(
    ("wavelength", "name"),
    [(1.5406, "Cu Kα"), (1.54184, "Cu Kα"), (0.7093, "Mo Kα"), (1.7903, "Co Kα")],
)
def test_a_wavelength_names_its_tube(wavelength, name):
    assert from_wavelength(wavelength).name == name


def test_a_synchrotron_wavelength_is_a_single_line():
    assert from_wavelength(0.4592).components == ((0.4592, 1.0),)
