"""Absorption edge of a direct semiconductor with its excitons (Elliott, Phys. Rev. 1957, 108, 1384).

Below the gap the lines n = 1 to 3 at E_g − R/n² with weights 4πR^{3/2}/n³, above it the continuum with the
Sommerfeld factor, 2π√R/(1 − exp(−2π√(R/(E − E_g)))), all widened by one Gaussian, over E, times a straight line for
the bands' own curvature. R → 0 is the plain √(E − E_g) edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NO_EXCITON_EV = 1e-7
REACHES_EV = (0.20, 0.30, 0.40)  # above the onset: fits to each, their spread is part of u
MOST_POINTS = 120
GOOD = 0.025  # rms of what is left, of the edge; plain edges with tails leave as much, but no more than with an exciton
GAIN = 0.6  # an exciton must leave less than this of what the plain edge leaves
ROUNDS = ((0.006, 0.02), (0.04, 0.03))  # first binding energies and widths, eV


@dataclass(frozen=True, slots=True)
class EdgeFit:
    """One fitted edge: energies in eV, ``misfit`` is the rms of what is left as a share of the edge."""

    gap_ev: float
    u_gap_ev: float
    binding_ev: float
    width_ev: float
    misfit: float
    plain_misfit: float  # of the same edge without exciton

    @property
    def asks_for_exciton(self) -> bool:
        """Whether the shape is that of an edge with an exciton and not of a plain one."""
        return self.misfit < GOOD and self.misfit < GAIN * self.plain_misfit


def edge_shape(energy_ev: Floats, gap_ev: float, binding_ev: float, width_ev: float) -> Floats:
    """The widened edge at energies of shape (n,), in arbitrary units."""
    step = width_ev / 6
    grid = np.arange(energy_ev[0] - 5 * width_ev, energy_ev[-1] + 5 * width_ev, step)
    above = np.maximum(grid - gap_ev, 1e-12)
    exponent = np.minimum(2 * np.pi * np.sqrt(binding_ev / above), 500.0)
    continuum = np.where(grid > gap_ev, 2 * np.pi * np.sqrt(binding_ev) / -np.expm1(-exponent), 0.0)
    reach = np.arange(-30, 31) * step
    kernel = np.exp(-(reach**2) / 2 / width_ev**2)
    wide = np.convolve(continuum, kernel / kernel.sum(), mode="same")
    found = np.interp(energy_ev, grid, wide)
    for n in (1, 2, 3):
        line = (energy_ev - gap_ev + binding_ev / n**2) / width_ev
        weight = 4 * np.pi * binding_ev**1.5 / n**3 / (width_ev * np.sqrt(2 * np.pi))
        found = found + weight * np.exp(-(line**2) / 2)
    return np.asarray(found / energy_ev, dtype=float)


def fit_edges(energy_ev: Floats, net: Floats, onset_ev: float) -> list[EdgeFit]:
    """Fit the edge over each reach above the onset; shorter lists where the spectrum ends before."""
    fits = []
    for reach_ev in REACHES_EV:
        part = (energy_ev > onset_ev - 0.12) & (energy_ev < onset_ev + reach_ev)
        if part.sum() < 15 or energy_ev[-1] < onset_ev + reach_ev:
            continue
        group = max(1, int(part.sum()) // MOST_POINTS)
        x, y = energy_ev[part][::group], _means(net[part], group)
        for sloped in (False, True):
            fit = _fit(x[: y.size], y, onset_ev, sloped=sloped)
            if fit is not None:
                fits.append(fit)
    return fits


def _means(values: Floats, group: int) -> Floats:
    if group == 1:
        return values
    starts = np.arange(0, values.size, group)
    counts = np.diff(np.append(starts, values.size))
    return np.asarray(np.add.reduceat(values, starts) / counts, dtype=float)


def _left(
    x: Floats, y: Floats, values: Sequence[float], binding_ev: float, *, sloped: bool
) -> Floats:
    shape = edge_shape(x, float(values[0]), binding_ev, float(np.exp(values[1])))
    columns = np.column_stack([shape, shape * (x - x[0])] if sloped else [shape])
    weights, *_ = np.linalg.lstsq(columns, y, rcond=None)
    return np.asarray(y - columns @ weights, dtype=float)


def _fit(x: Floats, y: Floats, onset_ev: float, *, sloped: bool) -> EdgeFit | None:
    edge = float(np.ptp(y)) or 1.0
    low, high = [onset_ev - 0.1, np.log(2e-3)], [float(x[-1]) - 0.02, np.log(0.12)]
    best, plain = None, np.inf
    for binding, width in ROUNDS:
        start = np.array([onset_ev + 0.06, np.log(width)])
        alone = scipy.optimize.least_squares(
            lambda v: _left(x, y, v, NO_EXCITON_EV, sloped=sloped) / edge,
            start,
            bounds=(low, high),
            max_nfev=60,
        )
        plain = min(plain, float(np.sqrt(2 * alone.cost / x.size)))
        found = scipy.optimize.least_squares(
            lambda v: _left(x, y, v[:2], float(np.exp(v[2])), sloped=sloped) / edge,
            np.append(start, np.log(binding)),
            bounds=([*low, np.log(1e-4)], [*high, np.log(0.3)]),
            max_nfev=80,
        )
        if best is None or found.cost < best.cost:
            best = found
    if best is None:
        return None
    rest = best.fun
    bread = np.linalg.pinv(best.jac.T @ best.jac)
    scores = best.jac * rest[:, None]
    covariance = bread @ (scores.T @ scores) @ bread
    return EdgeFit(
        gap_ev=float(best.x[0]),
        u_gap_ev=float(np.sqrt(max(float(covariance[0, 0]), 0.0))),
        binding_ev=float(np.exp(best.x[2])),
        width_ev=float(np.exp(best.x[1])),
        misfit=float(np.sqrt(np.mean(rest**2))),
        plain_misfit=plain,
    )
