"""Sums of exponentials for photon-counting histograms, and their maximum-likelihood fit.

Counts are Poisson distributed, so the fit minimises the Poisson deviance
2 Σ [m - y + y ln(y/m)] (Maus et al., Anal. Chem. 2001, 73, 2078): least squares on √counts weights
is biased where bins hold few counts. Bins late in the decay are summed into groups that grow with
the time since the pulse; a sum of Poisson counts is Poisson again and the model is integrated over
each group exactly, so grouping costs speed nothing and adds no bias.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

GROUP_GROWTH = 0.01  # group width as a share of the time since the pulse


@dataclass(frozen=True, slots=True)
class Histogram:
    """The part of a histogram that is fitted, in groups of bins.

    ``time_ns`` are left edges of single bins counted from the pulse; ``starts`` index the first bin
    of every group; ``counts`` and ``sigma`` belong to the groups. ``irf`` is on the same bins
    (sum 1) or None for a tail fit. ``poisson`` False: weighted least squares with ``sigma``.
    """

    time_ns: Floats
    step_ns: float
    starts: Integers
    counts: Floats
    irf: Floats | None = None
    poisson: bool = True
    sigma: Floats | None = None
    seen: NDArray[np.bool_] | None = None  # groups that count; None: all

    @property
    def points(self) -> int:
        """Number of groups that count."""
        return self.counts.size if self.seen is None else int(self.seen.sum())

    @property
    def sizes(self) -> Floats:
        """Number of bins in each group."""
        return np.diff(np.append(self.starts, self.time_ns.size)).astype(float)

    @property
    def edges_ns(self) -> Floats:
        """Edges of the groups, one more than there are groups."""
        return np.append(self.time_ns[self.starts], self.time_ns[-1] + self.step_ns)


def group_starts(bins: int, fine_bins: int = 50) -> Integers:
    """First bin of each group: single bins at first, then 1 % of the elapsed time."""
    starts, k = [], 0
    while k < bins:
        starts.append(k)
        k += 1 if k < fine_bins else max(1, int(GROUP_GROWTH * k))
    return np.array(starts, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class DecayFit:
    """A fitted decay. Amplitudes are counts per bin at time zero, lifetimes in ns, ascending.

    ``covariance`` belongs to (ln A_1, ln τ_1, ln A_2, ...), from the Fisher information, enlarged by
    the reduced deviance when that is above 1.
    """

    amplitudes: Floats
    lifetimes_ns: Floats
    background: float  # counts per bin
    shift_ns: float
    deviance: float
    free: int
    points: int
    expected: Floats  # counts per group
    covariance: Floats

    @property
    def reduced_deviance(self) -> float:
        """Deviance per degree of freedom, on the groups that were fitted."""
        return self.deviance / max(self.points - self.free, 1)

    def merged_deviance(self, histogram: Histogram, least: float = 5.0) -> float:
        """Deviance per degree of freedom on groups merged until ``least`` counts are expected.

        With fewer counts per group a perfect fit does not give 1.
        """
        block = np.floor(np.cumsum(self.expected) / least)
        starts = np.flatnonzero(np.diff(block, prepend=-1.0) > 0)
        merged = Histogram(
            histogram.time_ns, histogram.step_ns, histogram.starts[starts],
            np.add.reduceat(histogram.counts, starts),
            seen=None if histogram.seen is None else np.logical_and.reduceat(histogram.seen, starts),
        )  # fmt: skip
        rest = residuals(merged, np.add.reduceat(self.expected, starts))
        return float(rest @ rest) / max(merged.points - self.free, 1)

    @property
    def bic(self) -> float:
        """Bayesian information criterion, up to a constant of the data."""
        return self.deviance + self.free * float(np.log(self.points))

    @property
    def amplitude_average_ns(self) -> float:
        """Σ Aτ / Σ A."""
        return float(self.amplitudes @ self.lifetimes_ns / self.amplitudes.sum())

    @property
    def intensity_average_ns(self) -> float:
        """Σ Aτ² / Σ Aτ."""
        weight = self.amplitudes * self.lifetimes_ns
        return float(weight @ self.lifetimes_ns / weight.sum())

    def average_uncertainties_ns(self) -> tuple[float, float]:
        """Standard uncertainties of the amplitude and the intensity average."""
        a, tau = self.amplitudes, self.lifetimes_ns
        first, second, third = a.sum(), a @ tau, a @ tau**2
        by_amplitude = np.empty(2 * a.size)
        by_intensity = np.empty(2 * a.size)
        by_amplitude[0::2] = a * (tau - second / first) / first
        by_amplitude[1::2] = a * tau / first
        by_intensity[0::2] = a * tau * (tau - third / second) / second
        by_intensity[1::2] = a * tau * (2 * tau - third / second) / second
        return self._spread(by_amplitude), self._spread(by_intensity)

    def _spread(self, gradient: Floats) -> float:
        return float(np.sqrt(max(float(gradient @ self.covariance @ gradient), 0.0)))


def expected_counts(histogram: Histogram, values: Floats) -> Floats:
    """Counts per group for ``values`` = ln A_1, ln τ_1, ..., ln background[, shift_ns]."""
    n = values.size // 2 if histogram.irf is None else (values.size - 1) // 2
    amplitudes, lifetimes = np.exp(values[0 : 2 * n : 2]), np.exp(values[1 : 2 * n : 2])
    background = np.exp(values[2 * n])
    if histogram.irf is None:
        tail = np.exp(-histogram.edges_ns[:, None] / lifetimes)
        # the mean of a bin, not its left edge, is A: A(0) is the value at time zero
        signal = (tail[:-1] - tail[1:]) @ (amplitudes * lifetimes) / histogram.step_ns
    else:
        shifted = shift_response(histogram.irf, values[2 * n + 1] / histogram.step_ns)
        per_bin = sum(
            scipy.signal.lfilter([a], [1.0, -np.exp(-histogram.step_ns / tau)], shifted)
            for a, tau in zip(amplitudes, lifetimes, strict=True)
        )
        signal = np.add.reduceat(per_bin, histogram.starts)
    return np.asarray(signal + background * histogram.sizes, dtype=float)


def shift_response(irf: Floats, bins: float) -> Floats:
    """Shift an instrument response by a fraction of bins, keeping its sum."""
    axis = np.arange(irf.size, dtype=float)
    moved = np.interp(axis - bins, axis, irf, left=0.0, right=0.0)
    total = moved.sum()
    return moved / total if total > 0 else moved


def residuals(histogram: Histogram, expected: Floats) -> Floats:
    """Signed roots of the deviance of each group (or weighted differences); 0 for one that does not count."""
    if histogram.seen is not None:
        whole = residuals(replace(histogram, seen=None), expected)
        return np.where(histogram.seen, whole, 0.0)
    if not histogram.poisson:
        assert histogram.sigma is not None
        return (histogram.counts - expected) / histogram.sigma
    y, m = histogram.counts, np.maximum(expected, 1e-12)
    positive = y > 0
    logarithm = np.zeros_like(y)
    logarithm[positive] = y[positive] * np.log(y[positive] / m[positive])
    return np.sign(y - m) * np.sqrt(np.maximum(2 * (m - y + logarithm), 0.0))


def fit_decay(
    histogram: Histogram,
    start_lifetimes_ns: Floats,
    background: float,
    shift_ns: float = 0.0,
    *,
    fixed_background: bool = False,
) -> DecayFit | None:
    """Fit a sum of exponentials from the given lifetimes; None when it does not converge."""
    n = start_lifetimes_ns.size
    per_bin = histogram.counts / histogram.sizes
    height = max(float(np.max(per_bin)) - background, 1e-9)
    if histogram.irf is not None:
        height = max(float(np.max(per_bin)), 1e-9)
    start = np.empty(2 * n)
    start[0::2], start[1::2] = np.log(height / n), np.log(start_lifetimes_ns)
    start = np.append(start, np.log(max(background, 1e-6 * height)))
    span_ns = histogram.edges_ns[-1] - histogram.edges_ns[0]
    low = np.full(start.size, np.log(height) - 16.0)
    high = np.full(start.size, np.log(height) + 16.0)
    low[1 : 2 * n : 2], high[1 : 2 * n : 2] = np.log(0.2 * histogram.step_ns), np.log(10 * span_ns)
    low[2 * n] -= 12.0
    if fixed_background:
        low[2 * n], high[2 * n] = start[2 * n] - 1e-6, start[2 * n] + 1e-6
    if histogram.irf is not None:
        reach = 20 * histogram.step_ns
        start, low, high = (
            np.append(start, shift_ns),
            np.append(low, shift_ns - reach),
            np.append(high, shift_ns + reach),
        )
    found = scipy.optimize.least_squares(
        lambda values: residuals(histogram, expected_counts(histogram, values)),
        np.clip(start, low + 1e-9, high - 1e-9),
        bounds=(low, high),
        x_scale="jac",
        max_nfev=200,
    )
    return _finish(histogram, found.x, n) if found.status > 0 else None


def _finish(histogram: Histogram, values: Floats, n: int) -> DecayFit:
    expected = expected_counts(histogram, values)
    deviance = float(np.sum(residuals(histogram, expected) ** 2))
    information = _information(histogram, values, expected)
    points, free = histogram.points, values.size
    covariance = np.linalg.pinv(information, rcond=1e-13, hermitian=True)
    reduced = deviance / max(points - free, 1)
    covariance *= max(1.0, reduced) if histogram.poisson else reduced
    order = np.argsort(values[1 : 2 * n : 2])
    pick = np.ravel([[2 * k, 2 * k + 1] for k in order])
    return DecayFit(
        amplitudes=np.exp(values[0 : 2 * n : 2])[order],
        lifetimes_ns=np.exp(values[1 : 2 * n : 2])[order],
        background=float(np.exp(values[2 * n])),
        shift_ns=float(values[2 * n + 1]) if histogram.irf is not None else 0.0,
        deviance=deviance,
        free=free,
        points=points,
        expected=expected,
        covariance=covariance[np.ix_(pick, pick)],
    )


def _information(histogram: Histogram, values: Floats, expected: Floats) -> Floats:
    """Fisher information Σ (∂m/∂θ)(∂m/∂θ)ᵀ/m of the Poisson (or weighted) model."""
    slopes = np.empty((values.size, expected.size))
    for k in range(values.size):
        up, down = values.copy(), values.copy()
        up[k] += 1e-4
        down[k] -= 1e-4
        slopes[k] = (expected_counts(histogram, up) - expected_counts(histogram, down)) / 2e-4
    if histogram.poisson:
        variance = np.maximum(expected, 1e-12)
    else:
        assert histogram.sigma is not None
        variance = histogram.sigma**2
    if histogram.seen is not None:
        slopes = slopes[:, histogram.seen]
        variance = variance[histogram.seen]
    return (slopes / variance) @ slopes.T
