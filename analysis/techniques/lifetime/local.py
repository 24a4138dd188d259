"""The level of a noisy trace at one time: a straight line through as many neighbours as agree.

The window grows while the intervals of the lines through it still have a value in common (intersection
of confidence intervals: Goldenshluger & Nemirovski, Math. Methods Statist. 1997, 6, 135), so that neither a
fast start nor slow noise has to be known beforehand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

AGREE = 2.0
LEAST = 3
GROWTH = 1.5
NEAR = 60  # points from which the scatter is told


class Level(NamedTuple):
    """Value, slope per hour and one standard uncertainty of the value; ``points`` in the line."""

    value: float
    slope: float
    uncertainty: float
    points: int


def scatter(t: Floats, y: Floats, at: float) -> float:
    """Standard deviation of one point near ``at``: robust, from what each point misses its neighbours' line by.

    ``t`` (hours, rising) and ``y`` have shape (n,), n at least 3.
    """
    near = np.sort(np.argsort(np.abs(t - at), kind="stable")[:NEAR])
    x, z = t[near], y[near]
    left, right = x[1:-1] - x[:-2], x[2:] - x[1:-1]
    share = left / (left + right)
    miss = z[1:-1] - (1 - share) * z[:-2] - share * z[2:]
    spread = np.abs(miss) / np.sqrt(1 + share**2 + (1 - share) ** 2)
    return float(1.4826 * np.median(spread))


def resolution(y: Floats) -> float:
    """Return the step in which values were written, 0 where they hardly repeat."""
    distinct = np.unique(y)
    return float(np.min(np.diff(distinct))) if 1 < distinct.size < y.size / 2 else 0.0


def level_at(t: Floats, y: Floats, at: float) -> Level:
    """Return the level of a trace at the time ``at``, also at its ends.

    ``t`` (hours, rising) and ``y`` have shape (n,), n at least 3. The window is chosen with straight lines, the
    level is that of a parabola through it, which takes most of the line's bias away. Beside the scatter the
    uncertainty holds half of what line and parabola, and parabolas of the whole and of half the window, differ by (Calonico, Cattaneo & Titiunik, Econometrica 2014, 82, 2295).
    """
    order = np.argsort(np.abs(t - at), kind="stable")
    rounding = resolution(y) / np.sqrt(12)  # the same for a whole run of equal values
    sigma = max(scatter(t, y, at), rounding)
    nearest = float(y[order[0]])
    here = bool(t[order[0]] == at)
    low, high = (nearest - AGREE * sigma, nearest + AGREE * sigma) if here else (-np.inf, np.inf)
    size = LEAST
    chosen = order[:1] if here else order[:size]
    while size <= t.size:
        line = _polynomial(t, y, order[:size], at, sigma, 1)
        low, high = (
            max(low, line.value - AGREE * line.uncertainty),
            min(high, line.value + AGREE * line.uncertainty),
        )
        if low > high:
            break
        chosen = order[:size]
        size = max(size + 1, int(size * GROWTH))
    if chosen.size == 1:  # its neighbours are no line with it: a start too fast for them
        line = _polynomial(t, y, order[:LEAST], at, sigma, 1)
        u = float(np.hypot(sigma, (nearest - line.value) / 2))
        return Level(nearest, line.slope, u, 1)
    line = _polynomial(t, y, chosen, at, sigma, 1)
    bent = _polynomial(t, y, chosen, at, sigma, 2)
    half = _polynomial(t, y, chosen[: max(LEAST, chosen.size // 2)], at, sigma, 2)
    parts = [
        rounding,
        bent.uncertainty,
        (bent.value - line.value) / 2,
        (bent.value - half.value) / 2,
    ]
    return bent._replace(uncertainty=float(np.sqrt(np.sum(np.square(parts)))))


def _polynomial(
    t: Floats, y: Floats, chosen: NDArray[np.intp], at: float, sigma: float, degree: int
) -> Level:
    """Return value and slope at ``at`` of the polynomial through the chosen points."""
    x, z = t[chosen] - at, y[chosen]
    scale = float(np.max(np.abs(x))) or 1.0
    powers = np.vander(x / scale, degree + 1, increasing=True)
    inverse = np.linalg.pinv(powers.T @ powers)
    found = inverse @ (powers.T @ z)
    rest = z - powers @ found
    free = max(z.size - degree - 1, 1)
    # the scatter of the window where it is larger than that of neighbours: slow noise
    spread = max(sigma, float(np.sqrt(np.sum(rest**2) / free)) if z.size > 6 else 0.0)
    return Level(
        float(found[0]), float(found[1]) / scale, float(spread * np.sqrt(inverse[0, 0])), z.size
    )


def smooth(y: Floats) -> Floats:
    """Return running medians over a two-hundredth of the trace, at least three points."""
    width = max(3, y.size // 200) | 1
    padded = np.pad(y, width // 2, mode="edge")
    return np.asarray(
        np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1), dtype=float
    )
