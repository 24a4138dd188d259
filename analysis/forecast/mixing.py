"""How far to trust each of several forecasters: by what they would have said before they knew.

Few labels: by the evidence of each, ln P(labels | forecaster), which is the sum of its log scores
when it forecasts one flask after the other. More: by stacking what each says of a flask that was
left out (Yao et al., Bayesian Analysis 2018, 13, 917), shrunk towards the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

Floats = NDArray[np.float64]

PSEUDO = 0.5  # flasks of each class, in smoothed frequencies
_SHRINKAGE = 4.0  # flasks that the weights by evidence count for against the stacked ones
_ROUNDS = 500


def by_evidence(before: Floats, log_evidence: Floats) -> Floats:
    """Return the weights (k,) of k forecasters that had the weights ``before`` (k,)."""
    log_weights = np.log(before) + log_evidence
    return np.asarray(np.exp(log_weights - logsumexp(log_weights)))


def stacked(left_out: Floats, start: Floats, count: Floats) -> Floats:
    """Return the weights (k,) that make the left-out flasks likeliest, shrunk towards ``start``.

    ``left_out`` (n, k) is the chance that each forecaster gave to what a flask became, without having
    seen it; ``count`` (n,) how many flasks each counts for.
    """
    held = _SHRINKAGE * start
    weights = np.maximum(start, 1e-9)
    for _ in range(_ROUNDS):
        share = left_out * weights
        share /= share.sum(axis=1, keepdims=True)
        new = (count @ share + held) / (count.sum() + _SHRINKAGE)
        if np.abs(new - weights).max() < 1e-9:
            break
        weights = new
    return np.asarray(weights / weights.sum())


def frequencies(seen: Floats) -> Floats:
    """Return smoothed chances (classes,) of counts (classes,)."""
    return np.asarray((seen + PSEUDO) / (seen.sum() + PSEUDO * len(seen)))


def frequencies_left_out(seen: Floats, observed: NDArray[np.intp], count: Floats) -> Floats:
    """Return the smoothed chance (n,) of what each flask became, that flask taken out."""
    without = np.maximum(seen[observed] - count, 0.0)
    return np.asarray((without + PSEUDO) / (seen.sum() - count + PSEUDO * len(seen)))


def evidence_of_frequencies(seen: Floats) -> float:
    """Return ln P(labels) when each comes by lot with unknown, fixed chances (Dirichlet prior)."""
    start = np.full(len(seen), PSEUDO)
    return float(
        gammaln(start.sum())
        - gammaln(start.sum() + seen.sum())
        + np.sum(gammaln(start + seen) - gammaln(start))
    )


def draws_left_out(log_likelihoods: Floats, count: Floats) -> Floats:
    """Return the chance (n,) that posterior draws give to each flask, that flask taken out.

    ``log_likelihoods`` (draws, n), each already times its ``count`` (n,). Importance weights; the
    label noise bounds them, so they need no smoothing (Gelfand, 1996).
    """
    whole = log_likelihoods / np.maximum(count, 1e-9)
    over = logsumexp(whole - log_likelihoods, axis=0)
    return np.asarray(np.exp(over - logsumexp(-log_likelihoods, axis=0)))
