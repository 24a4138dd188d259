"""A noise-aware Gaussian process for numbers: Matérn 5/2, one length per input (Rasmussen and
Williams, 2006, chapters 2, 4 and 5.4), at the maximum of marginal likelihood times weak priors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_FOR_LENGTHS = 200  # rows that lengths and noise are found on
MOST_ROWS = 1000  # the newest; older ones are left out
_LN_LENGTH_SD = 0.8
_LN_SIZE = (0.0, 0.5)  # ln of the signal's sd, in the outcome's sd: mean and sd
_LN_NOISE = (float(np.log(0.4)), 0.8)
_ROOT_5 = float(np.sqrt(5.0))
_ROUNDS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Process:
    """What was learned from x (n, d) and standardised outcomes; ``noise`` is a standard deviation."""

    x: Floats
    lengths: Floats
    size: float
    noise: float
    pulls: Floats  # (n,): K⁻¹ y
    root: Floats  # (n, n): Cholesky factor of K

    def at(self, x: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of a new outcome at x (n, d), its noise included."""
        kernel = _kernel(x, self.x, self.lengths, self.size)
        seen = scipy.linalg.solve_triangular(self.root, kernel.T, lower=True)
        variance = self.size**2 - np.einsum("mn,mn->n", seen, seen)
        return kernel @ self.pulls, np.sqrt(np.maximum(variance, 0.0) + self.noise**2)

    def left_out(self, y: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of each outcome as if it had not been seen."""
        inverse = scipy.linalg.cho_solve((self.root, True), np.eye(len(self.x)))
        own = np.diag(inverse)
        return y - self.pulls / own, np.sqrt(1.0 / own)


def learn_process(x: Floats, y: Floats, u: Floats) -> Process:
    """Fit standardised outcomes y (n,) with their own standard uncertainties u (n,)."""
    some = np.unique(
        np.linspace(0, len(x) - 1, min(len(x), MOST_FOR_LENGTHS)).round().astype(np.intp)
    )
    lengths, size, noise = _lengths(x[some], y[some], u[some])
    kernel = _kernel(x, x, lengths, size) + np.diag(u**2 + noise**2)
    root = np.linalg.cholesky(kernel)
    pulls = np.asarray(scipy.linalg.cho_solve((root, True), y), dtype=np.float64)
    return Process(x, lengths, size, noise, pulls, np.asarray(root, dtype=np.float64))


def _kernel(a: Floats, b: Floats, lengths: Floats, size: float) -> Floats:
    apart = _ROOT_5 * scipy.spatial.distance.cdist(a / lengths, b / lengths)
    return np.asarray(size**2 * (1.0 + apart + apart**2 / 3.0) * np.exp(-apart))


def _lengths(x: Floats, y: Floats, u: Floats) -> tuple[Floats, float, float]:
    inputs = x.shape[1]
    middle = np.append(np.full(inputs, 0.5 * np.log(inputs)), (_LN_SIZE[0], _LN_NOISE[0]))
    sd = np.append(np.full(inputs, _LN_LENGTH_SD), (_LN_SIZE[1], _LN_NOISE[1]))
    squares = (x[:, None, :] - x[None, :, :]) ** 2

    def cost(point: Floats) -> tuple[float, Floats]:
        lengths, size, noise = np.exp(point[:-2]), float(np.exp(point[-2])), np.exp(point[-1])
        signal = _kernel(x, x, lengths, size)
        root = np.linalg.cholesky(signal + np.diag(u**2 + noise**2))
        inverse = scipy.linalg.cho_solve((root, True), np.eye(len(y)))
        pulls = inverse @ y
        over = np.outer(pulls, pulls) - inverse
        apart = _ROOT_5 * scipy.spatial.distance.cdist(x / lengths, x / lengths)
        bend = over * (size**2 * 5.0 / 3.0 * (1.0 + apart) * np.exp(-apart))
        slope = np.append(
            np.einsum("ij,ijd->d", bend, squares) / lengths**2,
            (2.0 * np.sum(over * signal), 2.0 * noise**2 * np.trace(over)),
        )
        off = (point - middle) / sd
        value = 0.5 * y @ pulls + np.log(np.diag(root)).sum() + 0.5 * off @ off
        return float(value), -0.5 * slope + off / sd

    bounds = [(m - 3.0 * s, m + 3.0 * s) for m, s in zip(middle, sd, strict=True)]
    found = scipy.optimize.minimize(
        cost, middle, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _ROUNDS}
    )
    return np.exp(found.x[:-2]), float(np.exp(found.x[-2])), float(np.exp(found.x[-1]))
