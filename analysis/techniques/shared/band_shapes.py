"""Emission bands in energy and their least-squares fit to a measured spectrum.

The band is a function of energy, f(E). A spectrum measured per nm is compared with
f(hc/λ)·hc/λ² + background(λ): the same as fitting I(E) = I(λ)·λ²/hc with weights that carry the
Jacobian, but with the detector's background flat where it really is flat, in wavelength.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.techniques.shared.spectrum import HC_EV_NM

Floats = NDArray[np.float64]
BAND_VALUES = {"gaussian": 3, "pseudo-voigt": 4, "split pseudo-voigt": 5}


@dataclass(frozen=True, slots=True)
class BandFit:
    """One fitted band.

    ``values`` = height, centre_ev, fwhm_ev[, lorentz[, fwhm_low_ev]], level[, slope]; of a split band
    ``fwhm_ev`` counts above the centre and ``fwhm_low_ev`` below it. ``covariance`` is scaled by the
    reduced χ²; ``bic`` compares shapes on the same points.
    """

    shape: str  # a key of BAND_VALUES
    sloped: bool
    per_energy: bool
    pivot_nm: float
    scale: float  # signal per unit of height
    values: Floats
    covariance: Floats
    bic: float
    reduced_chi2: float

    def energy_shape(self, energy_ev: Floats, values: Floats) -> Floats:
        """The band in I(E), height 1."""
        lorentz = values[3] if BAND_VALUES[self.shape] > 3 else 0.0
        width = np.full_like(energy_ev, values[2])
        if BAND_VALUES[self.shape] > 4:
            width = np.where(energy_ev < values[1], values[4], width)
        reduced = (energy_ev - values[1]) / width
        gaussian = np.exp(-4 * np.log(2) * reduced**2)
        return np.asarray((1 - lorentz) * gaussian + lorentz / (1 + 4 * reduced**2), dtype=float)

    def fwhm_ev(self, values: Floats) -> float:
        """Full width at half maximum in I(E), eV."""
        split = BAND_VALUES[self.shape] > 4
        return float((values[2] + values[4]) / 2) if split else float(values[2])

    def band(self, wavelength_nm: Floats, values: Floats | None = None) -> Floats:
        """The band alone, in the units of the measured signal."""
        p = self.values if values is None else values
        jacobian = 1.0 if self.per_energy else (self.pivot_nm / wavelength_nm) ** 2
        shape = self.energy_shape(HC_EV_NM / wavelength_nm, p)
        return np.asarray(self.scale * p[0] * shape * jacobian, dtype=float)

    def background(self, wavelength_nm: Floats, values: Floats | None = None) -> Floats:
        """The background alone: a level, or a straight line in wavelength."""
        p = self.values if values is None else values
        first = BAND_VALUES[self.shape]
        level = np.full_like(wavelength_nm, p[first])
        if self.sloped:
            level = level + p[first + 1] * (wavelength_nm / self.pivot_nm - 1)
        return np.asarray(self.scale * level, dtype=float)

    def uncertainty_of(self, quantity: Callable[[Floats], float]) -> float:
        """One standard uncertainty of a number computed from the fitted values."""
        gradient = np.empty(self.values.size)
        errors: Floats = np.sqrt(np.clip(np.diag(self.covariance), 0, None))
        for k in range(self.values.size):
            step = max(1e-2 * errors[k], 1e-9 * max(1.0, abs(self.values[k])))
            up, down = self.values.copy(), self.values.copy()
            up[k] += step
            down[k] -= step
            gradient[k] = (quantity(up) - quantity(down)) / (2 * step)
        return float(np.sqrt(max(float(gradient @ self.covariance @ gradient), 0.0)))


def fit_band(
    wavelength_nm: Floats,
    signal: Floats,
    sigma: Floats,
    *,
    per_energy: bool,
    centre_nm: float,
    fwhm_ev: float,
    shape: str,
    sloped: bool,
) -> BandFit | None:
    """Fit one band and its background; None when the fit does not converge."""
    floor = float(np.min(signal))
    scale = float(np.ptp(signal)) or 1.0
    count = BAND_VALUES[shape]
    bounds = [
        (0.0, 20.0),
        (HC_EV_NM / wavelength_nm[-1], HC_EV_NM / wavelength_nm[0]),
        (fwhm_ev / 8, fwhm_ev * 8),
        (0.0, 1.0),
        (fwhm_ev / 8, fwhm_ev * 8),
    ][:count] + [(-np.inf, np.inf)] * (1 + sloped)
    start = [1.0, HC_EV_NM / centre_nm, fwhm_ev, 0.3, fwhm_ev][:count]
    start += [floor / scale, 0.0][: 1 + sloped]
    empty = np.zeros((0, 0))
    draft = BandFit(shape, sloped, per_energy, centre_nm, scale, empty, empty, 0.0, 0.0)

    def residuals(values: Floats) -> Floats:
        model = draft.band(wavelength_nm, values) + draft.background(wavelength_nm, values)
        return np.asarray((signal - model) / sigma, dtype=float)

    low, high = [pair[0] for pair in bounds], [pair[1] for pair in bounds]
    try:
        found = scipy.optimize.least_squares(
            residuals, start, bounds=(low, high), x_scale="jac", max_nfev=400
        )
    except ValueError:  # the start lies outside the bounds: the band is not inside the points
        return None
    return _finish(draft, found.x, found.jac, 2 * found.cost) if found.success else None


def _finish(draft: BandFit, values: Floats, jac: Floats, chi2: float) -> BandFit | None:
    points, free = jac.shape
    if points <= free:
        return None
    reduced = chi2 / (points - free)
    covariance = np.linalg.pinv(jac.T @ jac) * reduced
    # χ² of unknown scale: compare shapes by its logarithm (Gaussian likelihood, σ profiled out)
    bic = float(points * np.log(max(chi2, 1e-300) / points) + free * np.log(points))
    return replace(
        draft, values=values, covariance=covariance, bic=bic, reduced_chi2=float(reduced)
    )


@dataclass(frozen=True, slots=True)
class Apex:
    """Where a band peaks and how wide it is, on one axis."""

    position: float
    fwhm: float


def apex_nm(fit: BandFit, values: Floats | None = None) -> Apex:
    """Peak and full width at half maximum of the band in I(λ) = f(E)·E²/hc, in nm."""
    p = fit.values if values is None else values
    centre, reach = float(p[1]), 3 * fit.fwhm_ev(p)
    # an odd count puts the centre of a split band, where its curvature jumps, on the grid
    energy = np.linspace(max(centre - reach, 0.05 * centre), centre + reach, 6001)
    curve = fit.energy_shape(energy, p) * energy**2
    k = int(np.clip(np.argmax(curve), 1, curve.size - 2))
    bend = curve[k - 1] - 2 * curve[k] + curve[k + 1]
    shift = 0.5 * (curve[k - 1] - curve[k + 1]) / bend if bend else 0.0
    top = float(energy[k] + shift * (energy[1] - energy[0]))
    above = np.flatnonzero(curve >= curve[k] / 2)
    low, high = (_crossing(energy, curve, i, curve[k] / 2) for i in (above[0] - 1, above[-1]))
    return Apex(HC_EV_NM / top, HC_EV_NM / low - HC_EV_NM / high)


def _crossing(x: Floats, y: Floats, k: int, level: float) -> float:
    k = int(np.clip(k, 0, x.size - 2))
    rise = y[k + 1] - y[k]
    return float(x[k] + (x[k + 1] - x[k]) * (level - y[k]) / rise) if rise else float(x[k])
