"""Luminous efficacy, photon energy and colour against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.techniques.shared.photometry import (
    TABLE_NM,
    X_BAR,
    Y_BAR,
    Z_BAR,
    EmissionSpectrum,
    eye_response,
    gaussian_spectrum,
)


@pytest.mark.parametrize(
    ("peak_nm", "ce_cd_a"), [(682, 2.07), (684, 1.82), (686, 1.59), (688, 1.39), (692, 1.06)]
)
def test_25_percent_eqe_in_the_deep_red_is_this_many_candela_per_ampere(peak_nm, ce_cd_a):
    # independent table of V(λ) (CIE 1924 at 1 nm), Gaussian EL of 31 nm, EQE 25.3 %
    assert 25.3 / gaussian_spectrum(peak_nm, 31).eqe_percent_per_cd_a == pytest.approx(
        ce_cd_a, rel=0.02
    )


def test_stray_light_of_a_thousandth_changes_the_efficacy_by_a_sixth():
    clean, stray = gaussian_spectrum(684, 31), gaussian_spectrum(684, 31, 0.001)
    assert clean.efficacy_lm_w == pytest.approx(12.45, rel=0.01)
    assert stray.efficacy_lm_w == pytest.approx(14.49, rel=0.01)


def test_monochromatic_green_is_683_lumens_per_watt():
    assert gaussian_spectrum(555, 1).efficacy_lm_w == pytest.approx(683.0, rel=0.002)


def test_equal_energy_white_is_one_third_one_third():
    white = EmissionSpectrum(TABLE_NM, np.ones(TABLE_NM.size))
    assert white.cie_xy == pytest.approx((1 / 3, 1 / 3), abs=2e-4)
    assert X_BAR.size == Y_BAR.size == Z_BAR.size == TABLE_NM.size
    # the published sums of the 5 nm tables, 380 to 780 nm
    assert (X_BAR.sum(), Y_BAR.sum(), Z_BAR.sum()) == pytest.approx(
        (21.3715, 21.3711, 21.3715), abs=5e-3
    )


@pytest.mark.parametrize(("peak_nm", "xy"), [(684, (0.732, 0.268)), (688, (0.7325, 0.2675))])
def test_the_colour_of_the_paper_is_deep_red(peak_nm, xy):
    assert gaussian_spectrum(peak_nm, 31).cie_xy == pytest.approx(xy, abs=5e-4)


def test_the_eye_sees_nothing_outside_its_table():
    assert eye_response(np.array([300.0, 379.0, 781.0, 1000.0])).tolist() == [0, 0, 0, 0]
    assert eye_response(np.array([555.0]))[0] == 1.0


def test_the_scale_of_the_spectrum_does_not_matter():
    one = gaussian_spectrum(620, 40)
    other = EmissionSpectrum(one.wavelength_nm, 1e6 * one.power)
    assert other.eqe_percent_per_cd_a == pytest.approx(one.eqe_percent_per_cd_a)
