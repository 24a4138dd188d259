"""Doublets on a Shirley background: the shapes and the least squares, with what is linear solved for exactly.

Energies are binding energies in eV, ascending; signals are arrays of the same shape (n,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.techniques.xps.lines import Doublet

Floats = NDArray[np.float64]


def line(energy: Floats, centre: float, fwhm: float, mix: float, tail: float = 0.0) -> Floats:
    """A pseudo-Voigt of area 1: ``mix`` of it Lorentzian. ``tail`` widens it to high binding energy."""
    z = energy - centre
    width = fwhm * (1 + tail * np.tanh(z / fwhm))
    gauss = np.sqrt(4 * np.log(2) / np.pi) / width * np.exp(-4 * np.log(2) * (z / width) ** 2)
    lorentz = 2 / (np.pi * width) / (1 + 4 * (z / width) ** 2)
    return np.asarray(mix * lorentz + (1 - mix) * gauss, dtype=float)


def doublet(
    energy: Floats, kind: Doublet, centre: float, fwhm: float, mix: float, tail: float = 0.0
) -> Floats:
    """Both lines of a spin-orbit doublet with their fixed distance and ratio; the area of both is 1."""
    main = line(energy, centre, fwhm, mix, tail)
    other = line(energy, centre + kind.split_ev, fwhm, mix, tail)
    return np.asarray((main + kind.ratio * other) / (1 + kind.ratio), dtype=float)


def shirley(energy: Floats, peak: Floats) -> Floats:
    """The Shirley step of a peak: at each energy the area of the peak below it, in binding energy.

    Electrons that lost energy count as background in proportion to the primaries of higher kinetic energy
    (Shirley, Phys. Rev. B 1972, 5, 4709).
    """
    steps = np.diff(energy, prepend=energy[0])
    return np.asarray(np.cumsum(peak * steps) - peak * steps / 2, dtype=float)


def noise_of(signal: Floats) -> Floats:
    """The standard deviation of each point: Poisson-like, scaled to the scatter from point to point.

    The scatter of second differences gives the factor, so that rates, sums of scans and counts are alike.
    """
    smooth = np.convolve(np.pad(signal, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    level = np.maximum(smooth, max(float(smooth.max()) * 1e-3, 1e-12))
    second = np.diff(signal, 2)
    expected = 6 * level[1:-1]
    factor = float(np.median(second**2 / expected)) / 0.4549  # median of a χ² of one degree
    return np.asarray(np.sqrt(np.maximum(factor, 1e-12) * level), dtype=float)


@dataclass(frozen=True, slots=True)
class Fit:
    """The result of one model: χ², the heights of its columns with their covariance, and its shape parameters."""

    chi2: float
    points: int
    heights: Floats
    covariance: Floats
    shape: Floats
    columns: Floats  # (n, columns)

    @property
    def stretch(self) -> float:
        """By what uncertainties grow where the model leaves more than the noise."""
        free = max(self.points - len(self.heights) - len(self.shape), 1)
        return max(1.0, float(np.sqrt(self.chi2 / free)))

    def u(self, place: int) -> float:
        """Standard uncertainty of one height."""
        return self.stretch * float(np.sqrt(max(self.covariance[place, place], 0.0)))

    @property
    def curve(self) -> Floats:
        """The model at every energy."""
        return np.asarray(self.columns @ self.heights, dtype=float)


def fitted(
    signal: Floats,
    noise: Floats,
    columns_of: Callable[[Floats], Floats],
    start: Sequence[float] = (),
    low: Sequence[float] = (),
    high: Sequence[float] = (),
) -> Fit:
    """Fit ``signal`` by the columns of a model, shape (n, columns), whose shape has the parameters ``start``.

    Heights are solved for within each step (Golub & Pereyra 1973); their covariance holds the shape parameters.
    """
    y = signal / noise

    def solved(shape: Floats) -> tuple[Floats, Floats]:
        columns = columns_of(shape) / noise[:, None]
        heights, *_ = np.linalg.lstsq(columns, y, rcond=1e-12)
        return columns, np.asarray(heights, dtype=float)

    def rest(shape: Floats) -> Floats:
        columns, heights = solved(shape)
        return np.asarray(columns @ heights - y, dtype=float)

    shape = np.asarray(start, dtype=float)
    if shape.size:
        shape = scipy.optimize.least_squares(
            rest, np.clip(shape, low, high), bounds=(low, high), x_scale="jac", max_nfev=40
        ).x
    columns, heights = solved(shape)
    slopes = []
    for k in range(shape.size):
        step = 1e-4 * max(abs(float(shape[k])), 0.1)
        moved = shape.copy()
        moved[k] += step
        slopes.append((columns_of(moved) / noise[:, None] - columns) @ heights / step)
    jacobian = np.column_stack([columns, *slopes])
    scale = np.sqrt((jacobian**2).sum(axis=0)) + 1e-300
    covariance = np.linalg.pinv((jacobian / scale).T @ (jacobian / scale)) / np.outer(scale, scale)
    n = len(heights)
    chi2 = float(np.sum((columns @ heights - y) ** 2))
    return Fit(chi2, y.size, heights, covariance[:n, :n], shape, columns * noise[:, None])
