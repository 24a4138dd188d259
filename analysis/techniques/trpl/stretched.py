"""A stretched exponential, A·exp(−(t/τ)^β): what a continuous spread of rates looks like (Kohlrausch).

∫I dt/I(0) = τ/β·Γ(1/β). It is a rival to the sums of exponentials, which read such a decay long when the
first part is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.techniques.trpl.decay_model import Floats, Histogram, residuals

LEAST_BETA = 0.2


@dataclass(frozen=True, slots=True)
class StretchedFit:
    """A fitted stretched exponential; ``bic`` compares it with sums of exponentials on the same groups."""

    lifetime_ns: float
    beta: float
    average_ns: float  # ∫I dt/I(0)
    u_average_ns: float
    bic: float


def fit_stretched(
    histogram: Histogram, before_ns: float, scale_ns: float, background: float, *, fixed: bool
) -> StretchedFit | None:
    """Fit a histogram whose pulse was ``before_ns`` before time zero; None when it does not converge."""
    edges = np.maximum(histogram.edges_ns + before_ns, 0.0)
    height = max(float(np.max(histogram.counts / histogram.sizes)), 1e-9)
    level = float(np.log(max(background, 1e-6 * height)))

    def expected(values: Floats) -> Floats:
        tau, beta = np.exp(values[1]), values[2]
        whole = tau / beta * scipy.special.gamma(1 / beta)
        inside = np.diff(scipy.special.gammainc(1 / beta, (edges / tau) ** beta))
        counts = np.exp(values[0]) * whole * inside / histogram.step_ns
        return np.asarray(counts + np.exp(values[3]) * histogram.sizes, dtype=float)

    low = np.array([np.log(height) - 8, np.log(1e-3 * scale_ns), LEAST_BETA, level - 12])
    high = np.array([np.log(height) + 8, np.log(1e2 * scale_ns), 1.0, level + 12])
    if fixed:
        low[3], high[3] = level - 1e-6, level + 1e-6
    found = scipy.optimize.least_squares(
        lambda values: residuals(histogram, expected(values)),
        np.array([np.log(height), np.log(scale_ns), 0.8, level]),
        bounds=(low, high),
        x_scale="jac",
        max_nfev=200,
    )
    if found.status <= 0:
        return None
    points, free = histogram.points, found.active_mask == 0
    deviance = 2 * float(found.cost)
    reduced = deviance / max(points - 4, 1)
    covariance: Floats = np.zeros((4, 4))
    jac: Floats = np.asarray(found.jac, dtype=float)[:, free]
    covariance[np.ix_(free, free)] = np.linalg.pinv(jac.T @ jac) * max(1.0, reduced)
    slope: Floats = np.zeros(4)
    slope[1] = _average(found.x)
    step = np.array([0.0, 0.0, 1e-4, 0.0])
    slope[2] = (_average(found.x + step) - _average(found.x - step)) / 2e-4
    return StretchedFit(
        lifetime_ns=float(np.exp(found.x[1])),
        beta=float(found.x[2]),
        average_ns=_average(found.x),
        u_average_ns=float(np.sqrt(max(float(slope @ covariance @ slope), 0.0))),
        bic=deviance + 4 * float(np.log(points)),
    )


def _average(values: Floats) -> float:
    beta = float(values[2])
    return float(np.exp(values[1]) / beta * scipy.special.gamma(1 / beta))
