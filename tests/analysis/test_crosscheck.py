"""The current efficiency that an EQE stands for, against the numbers of the science notes."""

import numpy as np
import pytest

from analysis.crosscheck import efficiency_check
from analysis.result import NoResult

WAVELENGTH_NM = np.arange(380.0, 781.0, 0.5)


def band(peak_nm, fwhm_nm=31.0, floor=0.0):
    sigma = fwhm_nm / np.sqrt(8 * np.log(2))
    return np.exp(-((WAVELENGTH_NM - peak_nm) ** 2) / (2 * sigma**2)) + floor


@pytest.mark.parametrize(
    ("peak_nm", "ce_cd_a"), [(682, 2.07), (684, 1.82), (686, 1.59), (688, 1.39), (692, 1.06)]
)
def test_25_percent_eqe_stands_for_this_many_candela_per_ampere(peak_nm, ce_cd_a):
    # computed outside with V(λ) of CIE 1924 at 1 nm and a Gaussian of 31 nm
    check = efficiency_check(25.3, ce_cd_a, WAVELENGTH_NM, band(peak_nm))
    assert check.expected == pytest.approx(ce_cd_a, rel=0.02)
    assert check.low < check.expected < check.high
    assert check.agrees
    assert check.off_percent < 2


def test_one_nanometre_in_the_deep_red_is_6_7_percent():
    check = efficiency_check(25.3, 1.5, WAVELENGTH_NM, band(686))
    assert check.per_nm_percent == pytest.approx(6.7, abs=0.1)
    assert check.is_fragile
    assert not efficiency_check(15.0, 50.0, WAVELENGTH_NM, band(530)).is_fragile


def test_the_papers_2_1_cd_a_does_not_follow_from_its_peak_at_688():
    check = efficiency_check(25.3, 2.1, WAVELENGTH_NM, band(688))
    assert not check.agrees
    assert check.off_percent == pytest.approx(100 * (2.1 / 1.39 - 1), abs=3)


def test_the_order_of_the_points_and_a_dark_floor_change_nothing():
    straight = efficiency_check(20.0, 1.5, WAVELENGTH_NM, band(686))
    turned = efficiency_check(20.0, 1.5, WAVELENGTH_NM[::-1], band(686, floor=0.2)[::-1])
    assert turned.expected == pytest.approx(straight.expected, rel=1e-6)
    assert turned.per_nm_percent == pytest.approx(straight.per_nm_percent, rel=1e-6)


def test_a_spectrum_without_a_visible_band_checks_nothing():
    with pytest.raises(NoResult, match="no visible band"):
        efficiency_check(20.0, 1.5, np.arange(850.0, 950.0), np.ones(100))
