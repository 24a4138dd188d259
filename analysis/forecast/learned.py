"""What a lab's labelled flasks teach: the paper's picture, similar flasks, frequencies, their weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from analysis.forecast import mixing
from analysis.forecast.conditions import Conditions
from analysis.forecast.labelled import Labelled, counted
from analysis.forecast.model import (
    PHASES,
    PRIORS,
    Floats,
    features,
    mean_chances,
    phase_probabilities,
    scaled,
)
from analysis.forecast.posterior import (
    Rows,
    evenly_picked,
    log_likelihoods,
    paper_posterior,
    posterior,
    prior_evidence_one_by_one,
    rows_of,
)
from analysis.forecast.similar import Similar, learn_similar
from analysis.forecast.stored import packed, unpacked

PRIOR, SIMILAR, FREQUENCIES = "prior", "gaussian_process", "frequencies"
FEW = 5  # labelled flasks up to which the paper's six rows speak for this lab, too
ENOUGH = 15  # labelled flasks from which similar ones are looked at
WEIGHT_OF_PRIOR = 0.85  # before any flask has spoken; the rest is the frequencies'
PAPER_SHARE_OF_FEW = 0.8  # chance that the paper's rows could have come from this lab
PAPER_SHARE = 0.15  # from five flasks on, where they cost the labs that are unlike it
# Labs scatter less than the priors are wide: of simulated labs, also those not of the model's form, the
# fit to five flasks said 0.68 of its likeliest phase and was right in 0.77. Without a flask it stays.
SHARPER = 1.15
LATELY = 8  # flasks over which version 0 is judged
_THINNED = 8
_NOTHING = 1e-4  # a weight that no published digit shows
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_SEED = 20260101


@dataclass(frozen=True, slots=True, eq=False)
class LabModel:
    """A forecast model: the paper's alone, or what a lab's flasks made of it. Never changed.

    It is a mixture of up to three forecasters: the competing-risk model with the paper's priors
    (``draws``), the flasks that are similar (``similar``) and the lab's frequencies (``seen``).
    """

    rows: tuple[Labelled, ...]
    draws: Floats  # (4096, 19)
    seen: Floats  # (5,): how many flasks became each phase
    weights: Mapping[str, float]  # of the three; they add up to 1
    similar: Similar | None = None
    contradicted_since: str = ""  # key of the flask since which the prior weighs less than half
    paper_lately: float | None = None  # mean log score of version 0 over the last eight flasks
    version: str = "0"

    @classmethod
    def paper(cls) -> LabModel:
        """Return version 0: the paper and its priors, no flask of any lab."""
        return _paper()

    @classmethod
    def learn(cls, rows: Sequence[Labelled]) -> LabModel:
        """Return the model of these labelled flasks, given in order of time.

        0.1 s for 20 flasks, some seconds for 1,000. The same rows always give the same model.
        """
        if not rows:
            return _paper()
        fitted = rows_of(
            [row.seen for row in rows],
            [row.phase for row in rows],
            counted(rows),
            np.array([row.confidence for row in rows]),
        )
        sure = fitted.count * fitted.confidence
        seen = np.eye(len(PHASES))[fitted.observed].T @ sure
        paper_share = PAPER_SHARE_OF_FEW if len(rows) < FEW else PAPER_SHARE
        found = posterior(fitted, paper_share)
        prior, plain = mixing.by_evidence(
            np.array([WEIGHT_OF_PRIOR, 1.0 - WEIGHT_OF_PRIOR]),
            np.array([found.log_evidence, mixing.evidence_of_frequencies(seen)]),
        )
        weights = {PRIOR: float(prior), SIMILAR: 0.0, FREQUENCIES: float(plain)}
        similar = None
        learned = (
            learn_similar(
                scaled([row.conditions for row in rows]), fitted.observed, len(PHASES), sure
            )
            if len(rows) >= ENOUGH
            else None
        )
        if learned is not None:
            similar, left_out = learned
            chances = np.stack(
                (
                    mixing.draws_left_out(log_likelihoods(found.draws, fitted), fitted.count),
                    left_out[np.arange(len(rows)), fitted.observed],
                ),
                axis=1,
            )
            prior, near = mixing.stacked(chances, np.array([prior, plain]), sure)
            weights = {PRIOR: float(prior), SIMILAR: float(near), FREQUENCIES: 0.0}
        return cls(
            rows=tuple(rows),
            draws=found.draws.astype(np.float32).astype(np.float64),  # as it is stored
            seen=seen,
            weights=weights,
            similar=similar,
            contradicted_since=_since(rows, fitted, weights[PRIOR], paper_share),
            paper_lately=_paper_lately(rows),
            version="",
        )

    @property
    def name(self) -> str:
        """What the answers are signed with: "prior" for the paper's, "lab" for a lab's."""
        return "lab" if self.rows else "prior"

    @property
    def prior_contradicted(self) -> bool:
        """Whether the lab's flasks speak against the paper's picture.

        Either something that knows nothing of the paper forecasts them better, or version 0 was
        worse than 1/5 for everything over the last eight of them.
        """
        lately = self.paper_lately is not None and self.paper_lately > math.log(len(PHASES))
        return self.weights[PRIOR] < 0.5 or lately

    def mean(self, conditions: Sequence[Conditions]) -> Floats:
        """Return P(phase), shape (n, 5), from every eighth draw: for maps and backtests."""
        return self._mixed(conditions, mean_chances(self.draws[::_THINNED], features(conditions)))

    def by_draw(self, conditions: Sequence[Conditions]) -> Floats:
        """Return P(phase) of each draw of the parameters, the other forecasters mixed into each:
        shape (4096, n, 5). What a flask would tell about the parameters follows from it."""
        drawn = phase_probabilities(self.draws, features(conditions))
        return np.asarray(self.weights[PRIOR] * drawn + self._beside(conditions))

    def _mixed(self, conditions: Sequence[Conditions], of_prior: Floats) -> Floats:
        if self.rows:
            of_prior = of_prior**SHARPER
            of_prior = of_prior / of_prior.sum(axis=1, keepdims=True)
        return np.asarray(self.weights[PRIOR] * of_prior + self._beside(conditions))

    def _beside(self, conditions: Sequence[Conditions]) -> Floats:
        """Return what the forecasters beside the paper's picture add, shape (n, 5)."""
        plain = self.weights[FREQUENCIES] * mixing.frequencies(self.seen)
        beside = np.broadcast_to(plain, (len(conditions), len(PHASES)))
        if self.similar is not None and self.weights[SIMILAR] > _NOTHING:
            beside = beside + self.weights[SIMILAR] * _over_ratio(self.similar, conditions)
        return np.asarray(beside)

    def mixture(self, conditions: Sequence[Conditions]) -> tuple[Floats, Floats]:
        """Return P(phase), shape (n, 5), and draws of it, shape (draws, n, 5)."""
        draws = phase_probabilities(self.draws, features(conditions))
        mean = self._mixed(conditions, draws.mean(axis=0))
        rng = np.random.default_rng(_SEED)
        near = round(self.weights[SIMILAR] * len(draws)) if self.similar is not None else 0
        plain = round(self.weights[FREQUENCIES] * len(draws))
        if not near + plain:
            return mean, draws
        parts = [draws[evenly_picked(np.ones(len(draws)), len(draws) - near - plain)]]
        if self.similar is not None and near:
            normal = rng.standard_normal((near, len(PHASES)))
            parts.append(self.similar.draws(scaled(conditions), normal))
        if plain:
            lots = rng.dirichlet(self.seen + mixing.PSEUDO, plain)
            shape = (plain, len(conditions), len(PHASES))
            parts.append(np.broadcast_to(lots[:, None, :], shape))
        return mean, np.concatenate(parts)

    def summary(self) -> dict[str, Any]:
        """Return what the model knows, JSON-ready, for its card."""
        low, middle, high = np.quantile(self.draws, (0.1, 0.5, 0.9), axis=0)
        return {
            "name": self.name,
            "version": self.version,
            "n": len(self.rows),
            "labels": dict(Counter(row.phase for row in self.rows)),
            "weights": {name: round(weight, 6) for name, weight in self.weights.items()},
            "prior_contradicted": self.prior_contradicted,
            "contradicted_since": self.contradicted_since,
            "paper_log_loss_of_last_8": (
                None if self.paper_lately is None else round(self.paper_lately, 6)
            ),
            "parameters": [
                {
                    "name": prior.name,
                    "meaning": prior.meaning,
                    "value": round(float(middle[i]), 6),
                    "low": round(float(low[i]), 6),
                    "high": round(float(high[i]), 6),
                    "prior_mean": prior.mean,
                    "prior_sd": prior.sd,
                }
                for i, prior in enumerate(PRIORS)
            ],
        }

    def to_bytes(self) -> bytes:
        """Return the model for storage; the same rows give the same bytes."""
        told = {
            "version": self.version,
            "weights": dict(self.weights),
            "contradicted_since": self.contradicted_since,
            "paper_lately": self.paper_lately,
            "rows": [row.as_dict() for row in self.rows],
        }
        near = {} if self.similar is None else self.similar.arrays()
        return packed(told, {"draws": self.draws.astype(np.float32), "seen": self.seen, **near})

    @classmethod
    def from_bytes(cls, data: bytes) -> LabModel:
        """Return the model that `to_bytes` wrote; raises UnreadableModel."""
        told, arrays = unpacked(data)
        if not told["rows"]:
            return _paper()
        draws, seen = arrays.pop("draws").astype(np.float64), arrays.pop("seen")
        return cls(
            rows=tuple(Labelled.from_dict(row) for row in told["rows"]),
            draws=draws,
            seen=seen,
            weights=told["weights"],
            similar=Similar.from_arrays(arrays) if arrays else None,
            contradicted_since=told["contradicted_since"],
            paper_lately=told["paper_lately"],
            version=told["version"],
        )


@lru_cache(maxsize=1)
def _paper() -> LabModel:
    return LabModel(
        rows=(),
        draws=paper_posterior(),
        seen=np.zeros(len(PHASES)),
        weights={PRIOR: 1.0, SIMILAR: 0.0, FREQUENCIES: 0.0},
    )


def _over_ratio(similar: Similar, conditions: Sequence[Conditions]) -> Floats:
    """Return what similar flasks say, (n, 5), with the uncertainty of R integrated over."""
    if not any(one.ratio_ca_pb_u for one in conditions):
        return similar.chances(scaled(conditions))
    said = np.zeros((len(conditions), len(PHASES)))
    for node, weight in zip(_NODES, _NODE_WEIGHTS / _NODE_WEIGHTS.sum(), strict=True):
        moved = [
            replace(one, ratio_ca_pb=_within(one.ratio_ca_pb + node * (one.ratio_ca_pb_u or 0.0)))
            for one in conditions
        ]
        said += weight * similar.chances(scaled(moved))
    return said


def _within(ratio: float) -> float:
    return min(max(ratio, 0.0), 10.0)


def _since(rows: Sequence[Labelled], fitted: Rows, prior: float, paper_share: float) -> str:
    """Return the key of the flask with which the prior fell below half and stayed there.

    It follows the evidence flask by flask; where only stacking turned against the prior, it is the
    last flask.
    """
    if prior >= 0.5:
        return ""
    head_start = math.log(WEIGHT_OF_PRIOR / (1.0 - WEIGHT_OF_PRIOR))
    ahead = head_start + prior_evidence_one_by_one(fitted, paper_share)
    sure = fitted.count * fitted.confidence
    one_by_one = np.eye(len(PHASES))[fitted.observed[: len(ahead)]] * sure[: len(ahead), None]
    plain = [mixing.evidence_of_frequencies(seen) for seen in one_by_one.cumsum(axis=0)]
    behind = ahead - np.array(plain) < 0
    standing = np.flatnonzero(~behind)
    first = int(standing[-1]) + 1 if standing.size else 0
    return rows[first if first < len(behind) else -1].key


def _paper_lately(rows: Sequence[Labelled]) -> float | None:
    """Return the mean −ln P that version 0 gave to what the last eight flasks became."""
    if len(rows) < LATELY:
        return None
    last = rows[-LATELY:]
    said = _paper().mean([row.seen for row in last])
    became = [PHASES.index(row.phase) for row in last]
    return float(-np.log(said[np.arange(LATELY), became]).mean())
