"""Least-squares fits of band shapes to a measured spectrum, and what each makes of peak and width."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from analysis.techniques.shared.band_shapes import SHAPES, Floats
from analysis.techniques.shared.spectrum import HC_EV_NM

GRID_POINTS = 1501
BLOCKS_PER_WIDTH = 4  # neighbours closer than a quarter of the width may err together


@dataclass(frozen=True, slots=True)
class BandFit:
    """One fitted band.

    ``values`` = those of the shape, level[, slope]. ``covariance`` is the sandwich of the residuals, so it
    holds when the weights are not the noise; ``bic`` compares shapes on the same points.
    """

    shape: str  # a key of SHAPES
    sloped: bool
    per_energy: bool
    pivot_nm: float
    scale: float  # signal per unit of height
    first_nm: float
    last_nm: float
    values: Floats
    covariance: Floats
    bic: float
    reduced_chi2: float

    @property
    def background_values(self) -> int:
        """How many of the values belong to the background."""
        return 2 if self.sloped else 1

    def energy_shape(self, energy_ev: Floats, values: Floats | None = None) -> Floats:
        """The band in I(E), in units of ``scale``."""
        p = self.values if values is None else values
        return SHAPES[self.shape].function(energy_ev, p[: p.size - self.background_values])

    def band(self, wavelength_nm: Floats, values: Floats | None = None) -> Floats:
        """The band alone, in the units of the measured signal."""
        jacobian = 1.0 if self.per_energy else (self.pivot_nm / wavelength_nm) ** 2
        shape = self.energy_shape(HC_EV_NM / wavelength_nm, values)
        return np.asarray(self.scale * shape * jacobian, dtype=float)

    def background(self, wavelength_nm: Floats, values: Floats | None = None) -> Floats:
        """The background alone: a level, or a straight line in wavelength."""
        p = self.values if values is None else values
        first = p.size - self.background_values
        level = np.full_like(wavelength_nm, p[first])
        if self.sloped:
            level = level + p[first + 1] * (wavelength_nm / self.pivot_nm - 1)
        return np.asarray(self.scale * level, dtype=float)

    def reading(self, values: Floats | None = None) -> Floats:
        """Peak (nm) and width (nm) of I(λ), peak (eV) and width (eV) of I(E), NaN where there is none."""
        low, high = HC_EV_NM / self.last_nm, HC_EV_NM / self.first_nm
        margin = 0.3 * (high - low)
        energy = np.linspace(max(low - margin, low / 2), high + margin, GRID_POINTS)
        curve = self.energy_shape(energy, values)
        top_ev, below_ev, above_ev = crest(energy, curve)
        top, below, above = crest(energy, curve * energy**2)
        with np.errstate(divide="ignore", invalid="ignore"):
            width_nm = HC_EV_NM / below - HC_EV_NM / above
        return np.array([HC_EV_NM / top, width_nm, top_ev, above_ev - below_ev])

    def reading_covariance(self) -> Floats:
        """Covariance of `reading`, shape (4, 4)."""
        errors = np.sqrt(np.clip(np.diag(self.covariance), 0, None))
        slopes = np.empty((4, self.values.size))
        for k in range(self.values.size):
            size = max(1e-2, abs(self.values[k]))
            step = np.clip(0.1 * errors[k], 1e-6 * size, 1e-2 * size)
            up, down = self.values.copy(), self.values.copy()
            up[k] += step
            down[k] -= step
            slopes[:, k] = (self.reading(up) - self.reading(down)) / (2 * step)
        return np.asarray(slopes @ self.covariance @ slopes.T, dtype=float)


def crest(x: Floats, y: Floats) -> tuple[float, float, float]:
    """Return where ``y`` is highest and where it falls to half on either side, NaN where it does not.

    Between the points of the even, ascending grid ``x`` the top is that of a parabola.
    """
    k = int(np.clip(np.argmax(y), 1, y.size - 2))
    bend = y[k - 1] - 2 * y[k] + y[k + 1]
    shift = 0.5 * (y[k - 1] - y[k + 1]) / bend if bend else 0.0
    top = float(x[k] + np.clip(shift, -1, 1) * (x[1] - x[0]))
    half = (y[k] - 0.25 * (y[k - 1] - y[k + 1]) * shift) / 2
    below = np.flatnonzero(y < half)
    before, after = below[below < k], below[below > k]
    left = _crossing(x, y, int(before[-1]), half) if before.size else np.nan
    right = _crossing(x, y, int(after[0]) - 1, half) if after.size else np.nan
    return top, left, right


def _crossing(x: Floats, y: Floats, k: int, level: float) -> float:
    return float(x[k] + (x[k + 1] - x[k]) * (level - y[k]) / (y[k + 1] - y[k]))


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
    starts: list[list[float]] | None = None,
) -> BandFit | None:
    """Fit one shape and its background to points of shape (n,); None when the fit does not converge.

    ``starts`` are first values of the shape in place of its own.
    """
    floor, scale = float(np.min(signal)), float(np.ptp(signal)) or 1.0
    first, last = float(wavelength_nm[0]), float(wavelength_nm[-1])
    family = SHAPES[shape]
    straight = [(-np.inf, np.inf)] * (1 + sloped)
    bounds = [*family.bounds(HC_EV_NM / last, HC_EV_NM / first, fwhm_ev), *straight]
    low, high = (np.array([pair[k] for pair in bounds]) for k in (0, 1))
    empty = np.zeros((0, 0))
    draft = BandFit(
        shape, sloped, per_energy, centre_nm, scale, first, last, empty, empty, 0.0, 0.0
    )

    def residuals(values: Floats) -> Floats:
        model = draft.band(wavelength_nm, values) + draft.background(wavelength_nm, values)
        return np.asarray((signal - model) / sigma, dtype=float)

    best = None
    for start in starts or family.starts(HC_EV_NM / centre_nm, fwhm_ev):
        begin = np.array([*start, *[floor / scale, 0.0][: 1 + sloped]])
        if np.any(begin[1:2] <= low[1:2]) or np.any(begin[1:2] >= high[1:2]):
            return None  # the band is not inside the points
        inner = (
            np.where(np.isfinite(low), low + 1e-9, low),
            np.where(np.isfinite(high), high - 1e-9, high),
        )
        found = scipy.optimize.least_squares(
            residuals, np.clip(begin, *inner), bounds=(low, high), x_scale="jac", max_nfev=60
        )
        if np.isfinite(found.cost) and (best is None or found.cost < best.cost):
            best = found
    if best is None:
        return None
    free = best.active_mask == 0  # a value at its limit is not uncertain
    finished = _finish(draft, best.x, best.jac[:, free], residuals(best.x), wavelength_nm, fwhm_ev)
    if finished is None:
        return None
    whole = np.zeros((best.x.size, best.x.size))
    whole[np.ix_(free, free)] = finished.covariance
    return replace(finished, covariance=whole)


def _finish(
    draft: BandFit, values: Floats, jac: Floats, rest: Floats, wavelength_nm: Floats, fwhm_ev: float
) -> BandFit | None:
    points, free = jac.shape
    if points <= free + 1:
        return None
    chi2 = max(float(rest @ rest), 1e-300)
    bread = np.linalg.pinv(jac.T @ jac)
    alone = jac * rest[:, None]
    block = np.floor(HC_EV_NM / wavelength_nm / fwhm_ev * BLOCKS_PER_WIDTH)
    starts = np.flatnonzero(np.diff(block, prepend=np.inf))
    together = np.add.reduceat(alone, starts)
    correction = points / (points - free)
    plain = bread @ (alone.T @ alone) @ bread * correction
    if starts.size > 2 * free:
        # the larger of the two, value by value: residuals in blocks tell what a wrong shape does
        grouped = bread @ (together.T @ together) @ bread * correction
        with np.errstate(divide="ignore", invalid="ignore"):
            more = np.sqrt(np.nan_to_num(np.diag(grouped) / np.diag(plain), nan=1.0, posinf=1.0))
        grow = np.maximum(more, 1.0)
        plain = plain * np.outer(grow, grow)
    # χ² of unknown scale: compare shapes by its logarithm (Gaussian likelihood, σ profiled out)
    bic = float(points * np.log(chi2 / points) + free * np.log(points))
    return replace(
        draft, values=values, covariance=plain, bic=bic, reduced_chi2=chi2 / (points - free)
    )
