"""From watts to lumens: the eye's response, luminous efficacy, photon energy, colour.

Sources: CIE 1924 photopic luminosity function V(λ) and CIE 1931 2° colour matching functions
(CIE 018:2019, CIE 015:2018), 5 nm tables; K_m = 683.002 lm/W (CIE 018:2019; 683 lm/W at
540 THz defines the candela). Between the 5 nm points V(λ) is interpolated in its logarithm: it
falls by a third per 5 nm in the deep red, where a straight line would read several per cent high.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.techniques.shared.spectrum import HC_EV_NM

K_M_LM_W = 683.002
PLANCK_J_S = 6.62607015e-34
LIGHT_M_S = 299_792_458.0
ELEMENTARY_C = 1.602176634e-19

Floats = NDArray[np.float64]

TABLE_NM: Floats = np.arange(380.0, 781.0, 5.0)
# fmt: off
Y_BAR: Floats = np.array([
    0.000039, 0.000064, 0.00012, 0.000217, 0.000396, 0.00064, 0.00121, 0.00218, 0.004, 0.0073,
    0.0116, 0.01684, 0.023, 0.0298, 0.038, 0.048, 0.06, 0.0739, 0.09098, 0.1126,
    0.13902, 0.1693, 0.20802, 0.2586, 0.323, 0.4073, 0.503, 0.6082, 0.71, 0.7932,
    0.862, 0.91485, 0.954, 0.9803, 0.99495, 1.0, 0.995, 0.9786, 0.952, 0.9154,
    0.87, 0.8163, 0.757, 0.6949, 0.631, 0.5668, 0.503, 0.4412, 0.381, 0.321,
    0.265, 0.217, 0.175, 0.1382, 0.107, 0.0816, 0.061, 0.04458, 0.032, 0.0232,
    0.017, 0.01192, 0.00821, 0.005723, 0.004102, 0.002929, 0.002091, 0.001484, 0.001047, 0.00074,
    0.00052, 0.0003611, 0.0002492, 0.0001719, 0.00012, 0.0000848, 0.00006, 0.0000424, 0.00003,
    0.0000212, 0.000015,
])
X_BAR: Floats = np.array([
    0.001368, 0.002236, 0.004243, 0.00765, 0.01431, 0.02319, 0.04351, 0.07763, 0.13438, 0.21477,
    0.2839, 0.3285, 0.34828, 0.34806, 0.3362, 0.3187, 0.2908, 0.2511, 0.19536, 0.1421,
    0.09564, 0.05795, 0.03201, 0.0147, 0.0049, 0.0024, 0.0093, 0.0291, 0.06327, 0.1096,
    0.1655, 0.22575, 0.2904, 0.3597, 0.43345, 0.51205, 0.5945, 0.6784, 0.7621, 0.8425,
    0.9163, 0.9786, 1.0263, 1.0567, 1.0622, 1.0456, 1.0026, 0.9384, 0.85445, 0.7514,
    0.6424, 0.5419, 0.4479, 0.3608, 0.2835, 0.2187, 0.1649, 0.1212, 0.0874, 0.0636,
    0.04677, 0.0329, 0.0227, 0.01584, 0.011359, 0.008111, 0.00579, 0.004109, 0.002899, 0.002049,
    0.00144, 0.001, 0.00069, 0.000476, 0.000332, 0.000235, 0.000166, 0.000117, 0.000083,
    0.000059, 0.000042,
])
Z_BAR: Floats = np.array([
    0.00645, 0.01055, 0.02005, 0.03621, 0.06785, 0.1102, 0.2074, 0.3713, 0.6456, 1.03905,
    1.3856, 1.62296, 1.74706, 1.7826, 1.77211, 1.7441, 1.6692, 1.5281, 1.28764, 1.0419,
    0.81295, 0.6162, 0.46518, 0.3533, 0.272, 0.2123, 0.1582, 0.1117, 0.07825, 0.05725,
    0.04216, 0.02984, 0.0203, 0.0134, 0.00875, 0.00575, 0.0039, 0.00275, 0.0021, 0.0018,
    0.00165, 0.0014, 0.0011, 0.001, 0.0008, 0.0006, 0.00034, 0.00024, 0.00019, 0.0001,
    0.00005, 0.00003, 0.00002, 0.00001, *([0.0] * 27),
])
# fmt: on


def eye_response(wavelength_nm: Floats) -> Floats:
    """V(λ), 0 to 1, same shape as ``wavelength_nm``; 0 outside 380 to 780 nm."""
    inside = (wavelength_nm >= TABLE_NM[0]) & (wavelength_nm <= TABLE_NM[-1])
    log_v = np.interp(wavelength_nm, TABLE_NM, np.log(Y_BAR))
    return np.where(inside, np.exp(log_v), 0.0)


@dataclass(frozen=True, slots=True)
class EmissionSpectrum:
    """An emission spectrum: radiant power per nm (any scale) on an ascending wavelength axis."""

    wavelength_nm: Floats  # shape (n,)
    power: Floats  # shape (n,), W/nm up to a constant

    @property
    def efficacy_lm_w(self) -> float:
        """Luminous efficacy of the radiation, 683.002 ∫SV dλ / ∫S dλ (lm per radiant W)."""
        visible = np.trapezoid(self.power * eye_response(self.wavelength_nm), self.wavelength_nm)
        return float(K_M_LM_W * visible / np.trapezoid(self.power, self.wavelength_nm))

    @property
    def photon_energy_ev(self) -> float:
        """Mean energy per photon, hc ∫S dλ / ∫Sλ dλ (eV)."""
        photons = np.trapezoid(self.power * self.wavelength_nm, self.wavelength_nm)
        return float(HC_EV_NM * np.trapezoid(self.power, self.wavelength_nm) / photons)

    @property
    def eqe_percent_per_cd_a(self) -> float:
        """EQE (%) of a Lambertian emitter that gives 1 cd/A: 100 π e / (E_ph · LER)."""
        return 100.0 * np.pi / (self.photon_energy_ev * self.efficacy_lm_w)

    @property
    def cie_xy(self) -> tuple[float, float]:
        """CIE 1931 2° chromaticity (x, y)."""
        tristimulus = [
            float(np.trapezoid(self.power * matching(self.wavelength_nm, bar), self.wavelength_nm))
            for bar in (X_BAR, Y_BAR, Z_BAR)
        ]
        total = sum(tristimulus)
        return tristimulus[0] / total, tristimulus[1] / total


def matching(wavelength_nm: Floats, bar: Floats) -> Floats:
    """A colour matching function at ``wavelength_nm``; 0 outside its table."""
    return np.interp(wavelength_nm, TABLE_NM, bar, left=0.0, right=0.0)


def gaussian_spectrum(peak_nm: float, fwhm_nm: float, stray: float = 0.0) -> EmissionSpectrum:
    """A Gaussian emission band; ``stray`` is a flat floor over 380-780 nm, relative to the peak."""
    sigma_nm = fwhm_nm / 2.3548200450309493
    low, high = min(380.0, peak_nm - 5 * fwhm_nm), max(780.0, peak_nm + 5 * fwhm_nm)
    wavelength_nm = np.arange(low, high, 0.25)
    power = np.exp(-((wavelength_nm - peak_nm) ** 2) / (2 * sigma_nm**2))
    visible = (wavelength_nm >= 380.0) & (wavelength_nm <= 780.0)
    return EmissionSpectrum(wavelength_nm, power + stray * visible)
