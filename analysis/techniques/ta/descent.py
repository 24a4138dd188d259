"""Least squares of a few bounded parameters and many residuals, by Levenberg and Marquardt.

`scipy.optimize.least_squares` decomposes the whole Jacobian at each step, which takes longer here than all models together;
with at most nine parameters the normal equations are as good.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEP = 1e-6
ENOUGH = 1e-7  # of the sum of squares: less is no progress


class Found(NamedTuple):
    """The parameters (p,), their residuals (n,) and Jacobian (n, p)."""

    x: Floats
    residuals: Floats
    jacobian: Floats


def least_squares(
    residuals: Callable[[Floats], Floats], start: Floats, low: Floats, high: Floats, most: int = 40
) -> Found:
    """Return the parameters within bounds with the least sum of squares near ``start``.

    >>> line = lambda p: np.array([p[0] - 1.0, p[0] + p[1] - 3.0])
    >>> least_squares(line, np.zeros(2), np.full(2, -9.0), np.full(2, 9.0)).x.round(6).tolist()
    [1.0, 2.0]
    """
    x = np.clip(start, low, high)
    here = residuals(x)
    damping = 1e-3
    jacobian = _slopes(residuals, x, here, high)
    for _ in range(most):
        normal, gradient = jacobian.T @ jacobian, jacobian.T @ here
        better = None
        while better is None and damping < 1e8:
            scaled = normal + damping * np.diag(np.diag(normal) + 1e-12)
            trial = np.clip(x - np.linalg.solve(scaled, gradient), low, high)
            there = residuals(trial)
            if there @ there < here @ here:
                better = (trial, there)
            else:
                damping *= 6
        if better is None:
            break
        gain = 1 - (better[1] @ better[1]) / (here @ here)
        x, here = better
        damping = max(damping / 8, 1e-9)
        jacobian = _slopes(residuals, x, here, high)
        if gain < ENOUGH:
            break
    return Found(x, here, jacobian)


def _slopes(residuals: Callable[[Floats], Floats], x: Floats, here: Floats, high: Floats) -> Floats:
    found = np.empty((here.size, x.size))
    for k in range(x.size):
        step = STEP * max(abs(x[k]), 1e-2)
        step = -step if x[k] + step > high[k] else step
        moved = x.copy()
        moved[k] += step
        found[:, k] = (residuals(moved) - here) / step
    return found
