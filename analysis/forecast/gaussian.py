"""A Gaussian process that tells classes apart: the nearest flasks decide, each input at its own scale.

One class against the rest, Laplace's approximation (Rasmussen and Williams, Gaussian Processes for
Machine Learning, 2006, algorithms 3.1, 3.2 and 5.1), a squared-exponential kernel with one length
per input, found at the maximum of marginal likelihood times a prior that grows with the number of
inputs (Hvarfner et al., ICML 2024). It falls back on the classes' frequencies, far from all flasks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_FOR_LENGTHS = 160  # rows that the lengths are found on
MOST_CENTRES = 200  # rows that the functions are hung on; all others still count as observations
_LN_LENGTH_SD = 0.8
_LN_AMPLITUDE = (float(np.log(2.0)), 0.5)  # of the latent functions, in logits: mean and sd
_PSEUDO = 1.0  # observations of every class, in the offset
_JITTER = 1e-6
_ROUNDS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Latent functions, one a class, as weights of features that hang on ``centres``.

    ``centres`` (m, d) and ``lengths`` (d,) are in standardised inputs; ``weights`` (classes, m) are
    the posterior's mode, ``roots`` (classes, m, m) whiten its covariance; ``offset`` (classes,).
    """

    centres: Floats
    lengths: Floats
    amplitude: float
    offset: Floats
    weights: Floats
    roots: Floats

    def latent(self, x: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance of the latent functions at x (n, d): each (classes, n)."""
        features, missing = _features(x, self.centres, self.lengths, self.amplitude)
        mean = self.offset[:, None] + self.weights @ features.T
        whitened = np.stack([features @ root for root in self.roots])
        return mean, np.einsum("cnm,cnm->cn", whitened, whitened) + missing

    def chances(self, x: Floats) -> Floats:
        """Return P(class), shape (n, classes)."""
        return _normalised(*self.latent(x))

    def draws(self, x: Floats, normal: Floats) -> Floats:
        """Return draws of P(class), shape (draws, n, classes), from normal deviates (draws, classes)."""
        mean, variance = self.latent(x)
        latent = mean[None] + np.sqrt(variance)[None] * normal[:, :, None]
        chances = np.moveaxis(scipy.special.expit(latent), 1, 2)
        return np.asarray(chances / chances.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The classifier, and what it would have said of each row without it: P(class), (n, classes)."""

    model: Classifier
    left_out: Floats


def learn_classes(
    x: Floats, observed: NDArray[np.intp], classes: int, count: Floats | None = None
) -> Learned:
    """Fit standardised inputs x (n, d) with observed classes (n,).

    ``count`` (n,) is how many flasks a row counts for, 1 where it is not said.
    """
    count = np.ones(len(x)) if count is None else count
    target = np.eye(classes)[observed].T  # (classes, n)
    share = (target @ count + _PSEUDO) / (count.sum() + _PSEUDO * classes)
    offset = np.log(share / (1.0 - share))
    some = _spread(len(x), MOST_FOR_LENGTHS)
    lengths, amplitude = _lengths(x[some], target[:, some], count[some], offset)
    centres = x[_spread(len(x), MOST_CENTRES)]
    features, missing = _features(x, centres, lengths, amplitude)
    weights, roots, left_out = [], [], []
    for k in range(classes):
        mode, root, mean, variance = _one(features, missing, target[k], count, offset[k])
        weights.append(mode)
        roots.append(root)
        left_out.append((mean, variance))
    said = _normalised(np.array([m for m, _ in left_out]), np.array([v for _, v in left_out]))
    model = Classifier(centres, lengths, amplitude, offset, np.array(weights), np.array(roots))
    return Learned(model, said)


def _spread(rows: int, most: int) -> NDArray[np.intp]:
    """Return up to ``most`` row numbers, evenly over time."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).round().astype(np.intp))


def _kernel(a: Floats, b: Floats, lengths: Floats, amplitude: float) -> Floats:
    apart = scipy.spatial.distance.cdist(a / lengths, b / lengths, "sqeuclidean")
    return np.asarray(amplitude**2 * np.exp(-0.5 * apart))


def _features(
    x: Floats, centres: Floats, lengths: Floats, amplitude: float
) -> tuple[Floats, Floats]:
    """Return features (n, m) whose products are the kernel, and the variance they miss (n,)."""
    own = _kernel(centres, centres, lengths, amplitude)
    own[np.diag_indices_from(own)] += _JITTER * amplitude**2
    root = np.linalg.cholesky(own)
    inverse = scipy.linalg.solve_triangular(root, np.eye(len(root)), lower=True)
    features = _kernel(x, centres, lengths, amplitude) @ inverse.T
    missing = amplitude**2 - np.einsum("nm,nm->n", features, features)
    return features, np.maximum(missing, 0.0)


def _one(
    features: Floats, missing: Floats, target: Floats, count: Floats, offset: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mode (m,) and root of the covariance of one class, and its latent mean and variance
    (n,) at each row as if that row had been left out (Vehtari et al., JMLR 2016, 17, 103)."""
    weights = np.zeros(features.shape[1])
    for _ in range(50):
        chance = scipy.special.expit(offset + features @ weights)
        slope = features.T @ (count * (target - chance)) - weights
        hessian = _hessian(features, count * chance * (1.0 - chance))
        step = scipy.linalg.cho_solve(scipy.linalg.cho_factor(hessian), slope)
        weights = weights + step * min(1.0, 4.0 / max(np.abs(features @ step).max(), 1e-9))
        if np.abs(features @ step).max() < 1e-6:
            break
    latent = offset + features @ weights
    chance = scipy.special.expit(latent)
    curvature = count * chance * (1.0 - chance)
    root = np.linalg.inv(np.linalg.cholesky(_hessian(features, curvature))).T
    own = np.einsum("nm,nm->n", features @ root, features @ root) + 1e-12
    precision = np.maximum(1.0 / own - curvature, 1e-9)
    pull = (latent - offset) / own - curvature * (latent - offset) - count * (target - chance)
    return weights, root, offset + pull / precision, 1.0 / precision + missing


def _hessian(features: Floats, curvature: Floats) -> Floats:
    found = (features * curvature[:, None]).T @ features
    found[np.diag_indices_from(found)] += 1.0
    return np.asarray(found)


def _normalised(mean: Floats, variance: Floats) -> Floats:
    """Return P(class), (n, classes), from one-against-the-rest latents (MacKay's approximation)."""
    chances = scipy.special.expit(mean / np.sqrt(1.0 + np.pi / 8.0 * variance)).T
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def _lengths(x: Floats, target: Floats, count: Floats, offset: Floats) -> tuple[Floats, float]:
    """Return the lengths (d,) and the amplitude at the maximum of the posterior."""
    inputs = x.shape[1]
    middle = np.append(np.full(inputs, 0.5 * np.log(inputs)), _LN_AMPLITUDE[0])
    sd = np.append(np.full(inputs, _LN_LENGTH_SD), _LN_AMPLITUDE[1])
    squares = (x[:, None, :] - x[None, :, :]) ** 2  # (n, n, d)
    modes = np.zeros_like(target)

    def cost(point: Floats) -> tuple[float, Floats]:
        lengths, amplitude = np.exp(point[:-1]), float(np.exp(point[-1]))
        kernel = _kernel(x, x, lengths, amplitude)
        kernel[np.diag_indices_from(kernel)] += _JITTER * amplitude**2
        value, slope = 0.0, np.zeros(len(point))
        for k in range(len(target)):
            evidence, over_kernel, modes[k] = _laplace(
                kernel, target[k], count, offset[k], modes[k]
            )
            value -= evidence
            pulled = over_kernel * kernel
            slope[:-1] -= np.einsum("ij,ijd->d", pulled, squares) / lengths**2
            slope[-1] -= 2.0 * pulled.sum()
        off = (point - middle) / sd
        return value + 0.5 * float(off @ off), slope + off / sd

    bounds = [(m - 3.0 * s, m + 3.0 * s) for m, s in zip(middle, sd, strict=True)]
    found = scipy.optimize.minimize(
        cost, middle, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _ROUNDS}
    )
    return np.exp(found.x[:-1]), float(np.exp(found.x[-1]))


def _laplace(
    kernel: Floats, target: Floats, count: Floats, offset: float, start: Floats
) -> tuple[float, Floats, Floats]:
    """Return ln evidence, its slope over the kernel's entries, and the mode (algorithms 3.1, 5.1)."""
    n = len(target)
    latent = start.copy()
    a = np.zeros(n)
    for _ in range(30):
        chance = scipy.special.expit(offset + latent)
        curvature = np.maximum(count * chance * (1.0 - chance), 1e-12)
        root = np.sqrt(curvature)
        cholesky = np.linalg.cholesky(np.eye(n) + root[:, None] * kernel * root[None, :])
        b = curvature * latent + count * (target - chance)
        inner = scipy.linalg.cho_solve((cholesky, True), root * (kernel @ b))
        a = b - root * inner
        new = kernel @ a
        moved = np.abs(new - latent).max()
        latent = latent + (new - latent) * min(1.0, 4.0 / max(moved, 1e-9))
        if moved < 1e-5:
            break
    chance = scipy.special.expit(offset + latent)
    likelihood = count @ (
        target * np.log(np.maximum(chance, 1e-300))
        + (1.0 - target) * np.log(np.maximum(1.0 - chance, 1e-300))
    )
    evidence = -0.5 * a @ latent + likelihood - np.log(np.diag(cholesky)).sum()
    whitened = scipy.linalg.solve_triangular(cholesky, np.diag(root), lower=True)
    inverse = whitened.T @ whitened  # (K + W^-1)^-1
    seen = whitened @ kernel
    variance = np.diag(kernel) - np.einsum("ij,ij->j", seen, seen)
    third = count * chance * (1.0 - chance) * (2.0 * chance - 1.0)
    skew = 0.5 * variance * third  # d evidence / d mode
    implicit = skew - inverse @ (kernel @ skew)
    gradient = count * (target - chance)
    slope = 0.5 * np.outer(a, a) - 0.5 * inverse + np.outer(implicit, gradient)
    return float(evidence), slope, latent
