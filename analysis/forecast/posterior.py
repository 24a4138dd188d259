"""What the phase model's parameters may be, given labelled flasks: draws and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.forecast.conditions import Conditions
from analysis.forecast.model import PHASES, PRIORS, Features, Floats, chance_of, features
from analysis.forecast.paper import PAPER_ROWS

_MEAN = np.array([prior.mean for prior in PRIORS])
_SD = np.array([prior.sd for prior in PRIORS])

_SEED = 20230509
_PROPOSALS = (
    16_384  # half around the mode, half from the prior; fewer where many rows leave little of it
)
_FEWEST_PROPOSALS = 2048
_WORK = 1_000_000  # proposals times rows
_KEPT = 4096
_STEP = 1e-4
_MOST_ONE_BY_ONE = 40  # rows: with more, draws of the prior no longer reach the posterior
_AT_ONCE = 200_000  # draws times flasks in one array


@dataclass(frozen=True, slots=True)
class Rows:
    """Labelled flasks as the fit sees them: arrays over n flasks.

    ``count`` is how many flasks a row counts for: less than one each where the same flask was
    repeated. ``confidence`` (0 to 1) is that of the label; at 0 it is taken as drawn by lot.
    """

    at: Features
    observed: NDArray[np.intp]
    count: Floats
    confidence: Floats


@dataclass(frozen=True, slots=True)
class Posterior:
    """Equally weighted draws, shape (4096, 19), and ln P(labels | model)."""

    draws: Floats
    log_evidence: float


def rows_of(
    conditions: Sequence[Conditions],
    phases: Sequence[str],
    count: Floats | None = None,
    confidence: Floats | None = None,
) -> Rows:
    """Return labelled flasks as arrays; each counts once, with a sure label, unless said."""
    one = np.ones(len(conditions))
    return Rows(
        at=features(conditions),
        observed=np.array([PHASES.index(phase) for phase in phases], dtype=np.intp),
        count=one if count is None else count,
        confidence=one if confidence is None else confidence,
    )


def fit(conditions: Sequence[Conditions], phases: Sequence[str]) -> Floats:
    """Return the draws given flasks that each count once."""
    return posterior(rows_of(conditions, phases)).draws


def posterior(rows: Rows, paper_share: float = 0.0) -> Posterior:
    """Return the posterior given labelled flasks.

    Importance sampling from an even mixture of the Laplace approximation and the prior. The prior's
    half bounds every weight, so no single draw can carry the answer. The same input always gives
    the same draws. With no rows at all the draws follow the prior.

    ``paper_share`` is the chance, before any flask has spoken, that the paper's six rows could have
    come from this lab: with that chance the prior is the one that has seen them, else the plain one.
    """
    rng = np.random.default_rng(_SEED)
    mode, curvature = _laplace(rows)
    eigenvalues, axes = np.linalg.eigh(curvature)
    eigenvalues = np.maximum(eigenvalues, 1.0)  # the prior alone gives 1: data never widen it
    affordable = _WORK // max(rows.observed.size, 1)
    half = min(_PROPOSALS, max(_FEWEST_PROPOSALS, affordable)) // 2
    around_mode = mode + (rng.standard_normal((half, mode.size)) / np.sqrt(eigenvalues)) @ axes.T
    proposals = np.vstack((around_mode, rng.standard_normal((half, mode.size))))

    log_prior = -0.5 * np.sum(proposals**2, axis=1)
    from_mode = (proposals - mode) @ axes
    log_laplace = 0.5 * np.sum(np.log(eigenvalues)) - 0.5 * np.sum(
        eigenvalues * from_mode**2, axis=1
    )
    log_proposal = np.logaddexp(log_laplace, log_prior) - np.log(2.0)
    log_weight = log_prior + _log_likelihood(proposals, rows) - log_proposal
    if paper_share:
        paper, evidence = _paper()
        heard = np.log(paper_share) + _log_likelihood(proposals, paper) - evidence
        log_weight = log_weight + np.logaddexp(np.log1p(-paper_share), heard)
    total = scipy.special.logsumexp(log_weight)
    picked = evenly_picked(np.exp(log_weight - total), _KEPT)
    return Posterior(
        draws=np.asarray(_MEAN + _SD * proposals[picked]),
        log_evidence=float(total - np.log(2 * half)),
    )


def log_likelihoods(parameters: Floats, rows: Rows) -> Floats:
    """Return ln P(label) of each row, shape (draws, n), for parameters of shape (draws, 19)."""
    said = np.empty((len(parameters), rows.observed.size))
    for k in np.unique(rows.observed):
        of_this = np.flatnonzero(rows.observed == k)
        said[:, of_this] = chance_of(PHASES[k], parameters, rows.at.only(of_this))
    doubted = rows.confidence * said + (1.0 - rows.confidence) / len(PHASES)
    return np.asarray(rows.count * np.log(doubted))


def _log_likelihood(whitened: Floats, rows: Rows) -> Floats:
    step = max(1, _AT_ONCE // max(rows.observed.size, 1))
    pieces = (whitened[start : start + step] for start in range(0, len(whitened), step))
    return np.concatenate(
        [log_likelihoods(_MEAN + _SD * piece, rows).sum(axis=1) for piece in pieces]
    )


def _laplace(rows: Rows) -> tuple[Floats, Floats]:
    """Return the posterior mode and the curvature there, in units of the prior's sd."""
    size = _MEAN.size
    steps = np.eye(size) * _STEP

    def cost(points: Floats) -> Floats:
        return np.asarray(0.5 * np.sum(points**2, axis=1) - _log_likelihood(points, rows))

    def slope(point: Floats) -> Floats:
        values = cost(np.vstack((point + steps, point - steps)))
        return np.asarray((values[:size] - values[size:]) / (2.0 * _STEP))

    found = scipy.optimize.minimize(
        lambda point: float(cost(point[None])[0]), np.zeros(size), jac=slope
    )
    mode = np.asarray(found.x, dtype=np.float64)
    wide = 20.0 * steps  # slopes are differences already: a wider step keeps the second one smooth
    curvature = np.array([(slope(mode + row) - slope(mode - row)) / (40.0 * _STEP) for row in wide])
    return mode, (curvature + curvature.T) / 2.0


def evenly_picked(weights: Floats, count: int) -> NDArray[np.intp]:
    """Return ``count`` indices in proportion to the weights: systematic resampling, no chance."""
    edges = np.cumsum(weights) / np.sum(weights)
    picks = (np.arange(count) + 0.5) / count
    return np.minimum(np.searchsorted(edges, picks), weights.size - 1)


@lru_cache(maxsize=1)
def paper_posterior() -> Floats:
    """Return the draws given the paper's six rows, each counted once; fitted once per process."""
    draws = fit([row.conditions for row in PAPER_ROWS], [row.phase for row in PAPER_ROWS])
    draws.setflags(write=False)
    return draws


@lru_cache(maxsize=1)
def _paper() -> tuple[Rows, float]:
    """Return the paper's rows, and ln P(their labels | the plain prior)."""
    rows = rows_of([row.conditions for row in PAPER_ROWS], [row.phase for row in PAPER_ROWS])
    return rows, posterior(rows).log_evidence


def prior_evidence_one_by_one(rows: Rows, paper_share: float) -> Floats:
    """Return ln P(first k labels | prior) for k = 1, 2, ... up to 40, from draws of the prior."""
    first = np.arange(min(rows.observed.size, _MOST_ONE_BY_ONE))
    some = Rows(
        rows.at.only(first), rows.observed[first], rows.count[first], rows.confidence[first]
    )
    whitened = np.random.default_rng(_SEED).standard_normal((_PROPOSALS // 2, _MEAN.size))
    paper, evidence = _paper()
    heard = np.log(paper_share) + _log_likelihood(whitened, paper) - evidence
    log_weight = np.logaddexp(np.log1p(-paper_share), heard)
    labels = log_likelihoods(_MEAN + _SD * whitened, some).cumsum(axis=1)
    return np.asarray(
        scipy.special.logsumexp(log_weight[:, None] + labels, axis=0)
        - scipy.special.logsumexp(log_weight)
    )
