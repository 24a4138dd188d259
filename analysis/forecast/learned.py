"""What a lab's labelled flasks teach: the paper's prior, the lab's own frequencies, and their weights."""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from zipfile import BadZipFile

import numpy as np
from scipy.special import gammaln, logsumexp

from analysis.forecast.conditions import Conditions
from analysis.forecast.labelled import Labelled
from analysis.forecast.model import PHASES, PRIORS, Floats, features, phase_probabilities
from analysis.forecast.posterior import (
    Posterior,
    evenly_picked,
    paper_posterior,
    paper_rows,
    posterior,
    rows_of,
)

PAPER_ROWS_UNTIL = 5  # flasks of one's own from which the paper's rows are left out: they hurt then
WEIGHT_OF_PRIOR = 0.9  # before any flask has spoken
PSEUDO_FLASKS = 0.5  # of each phase, in the lab's frequencies
SHARED_BY_REPEATS = 0.2  # correlation of flasks made alike: one stock, one day, one thermometer
_FORMAT = 1
_THINNED = 8


class UnreadableModel(ValueError):
    """Stored bytes that are no model of this version; learn it anew from the labels."""


@dataclass(frozen=True, slots=True, eq=False)
class LabModel:
    """A forecast model: the paper's alone, or what a lab's flasks made of it. Never changed."""

    rows: tuple[Labelled, ...]
    draws: Floats  # (4096, 19), of the competing-risk model
    frequencies: Floats  # (5,), smoothed
    weights: Mapping[str, float]  # "prior", "frequencies"; they add up to 1
    version: str = "0"

    @classmethod
    def paper(cls) -> LabModel:
        """Return version 0: the paper and its priors, no flask of any lab."""
        return _paper()

    @classmethod
    def learn(cls, rows: Sequence[Labelled]) -> LabModel:
        """Return the model of these labelled flasks, given in order of time."""
        if not rows:
            return _paper()
        fitted, log_evidence = _fitted(rows)
        counts = counted(rows)
        seen = np.zeros(len(PHASES))
        for row, count in zip(rows, counts, strict=True):
            seen[PHASES.index(row.phase)] += count * row.confidence
        frequencies = (seen + PSEUDO_FLASKS) / (seen.sum() + PSEUDO_FLASKS * len(PHASES))
        log_weights = np.array(
            [
                math.log(WEIGHT_OF_PRIOR) + log_evidence,
                math.log(1 - WEIGHT_OF_PRIOR) + _log_evidence_of_frequencies(seen),
            ]
        )
        prior, plain = np.exp(log_weights - logsumexp(log_weights))
        return cls(
            rows=tuple(rows),
            draws=fitted.draws.astype(np.float32).astype(np.float64),
            frequencies=frequencies,
            weights={"prior": float(prior), "frequencies": float(plain)},
            version="",
        )

    @property
    def name(self) -> str:
        """What the answers are signed with."""
        return "lab" if self.rows else "prior"

    def mean(self, conditions: Sequence[Conditions]) -> Floats:
        """Return P(phase), shape (n, 5), from every eighth draw: for maps and backtests."""
        few = phase_probabilities(self.draws[::_THINNED], features(conditions)).mean(axis=0)
        return np.asarray(
            self.weights["prior"] * few + self.weights["frequencies"] * self.frequencies
        )

    def mixture(self, conditions: Sequence[Conditions]) -> tuple[Floats, Floats]:
        """Return P(phase), shape (n, 5), and draws of it, shape (draws, n, 5)."""
        draws = phase_probabilities(self.draws, features(conditions))
        if self.weights["frequencies"] == 0:
            return draws.mean(axis=0), draws
        plain = np.broadcast_to(self.frequencies, (len(conditions), len(PHASES)))
        mean = self.weights["prior"] * draws.mean(axis=0) + self.weights["frequencies"] * plain
        count = round(self.weights["frequencies"] * len(draws))
        kept = draws[evenly_picked(np.ones(len(draws)), len(draws) - count)]
        return mean, np.concatenate((kept, np.broadcast_to(plain, (count, *plain.shape))))

    def summary(self) -> dict[str, Any]:
        """Return what the model knows, JSON-ready, for its card."""
        low, middle, high = np.quantile(self.draws, (0.1, 0.5, 0.9), axis=0)
        return {
            "name": self.name,
            "version": self.version,
            "n": len(self.rows),
            "labels": dict(Counter(row.phase for row in self.rows)),
            "weights": dict(self.weights),
            "paper_rows_counted": len(self.rows) < PAPER_ROWS_UNTIL,
            "prior_contradicted": self.weights["prior"] < 0.5,
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
            "format": _FORMAT,
            "version": self.version,
            "weights": dict(self.weights),
            "rows": [
                {
                    "conditions": row.conditions.as_dict(),
                    "phase": row.phase,
                    "ratio_u": row.ratio_u,
                    "confidence": row.confidence,
                    "key": row.key,
                }
                for row in self.rows
            ],
        }
        told_bytes = np.frombuffer(json.dumps(told, sort_keys=True).encode(), dtype=np.uint8)
        file = io.BytesIO()
        np.savez_compressed(
            file,
            told=told_bytes,
            draws=self.draws.astype(np.float32),
            frequencies=self.frequencies,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> LabModel:
        """Return the model that `to_bytes` wrote."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as stored:
                told = json.loads(stored["told"].tobytes())
                draws, frequencies = stored["draws"].astype(np.float64), stored["frequencies"]
        except (ValueError, KeyError, OSError, EOFError, TypeError, BadZipFile) as broken:
            raise UnreadableModel("These bytes are no forecast model.") from broken
        if told.get("format") != _FORMAT:
            raise UnreadableModel("This model was stored by another version of the notebook.")
        rows = tuple(
            Labelled(**{**row, "conditions": Conditions.from_dict(row["conditions"])})
            for row in told["rows"]
        )
        if not rows:
            return _paper()
        return cls(rows, draws, frequencies, told["weights"], told["version"])


@lru_cache(maxsize=1)
def _paper() -> LabModel:
    return LabModel(
        rows=(),
        draws=paper_posterior(),
        frequencies=np.full(len(PHASES), 1 / len(PHASES)),
        weights={"prior": 1.0, "frequencies": 0.0},
    )


def counted(rows: Sequence[Labelled]) -> Floats:
    """Return how many flasks each row counts for, shape (n,).

    m flasks made alike share what made them: together they count for m / (1 + (m − 1) rho),
    rho = 0.2, each with its own outcome, so that their spread stays.
    """
    alike = Counter(_made(row) for row in rows)
    return np.array([1 / (1 + (alike[_made(row)] - 1) * SHARED_BY_REPEATS) for row in rows])


def _made(row: Labelled) -> Conditions:
    return replace(row.conditions, precursor_appearance=None, ratio_ca_pb_u=None, lead_mmol=None)


def _fitted(rows: Sequence[Labelled]) -> tuple[Posterior, float]:
    """Return the posterior of the paper's model, and ln P(labels | it)."""
    conditions, phases = [row.seen for row in rows], [row.phase for row in rows]
    count = counted(rows)
    confidence = np.array([row.confidence for row in rows])
    if len(rows) >= PAPER_ROWS_UNTIL:
        found = posterior(rows_of(conditions, phases, count, confidence))
        return found, found.log_evidence
    paper_conditions, paper_phases = paper_rows()
    one = np.ones(len(paper_phases))
    found = posterior(
        rows_of(
            [*paper_conditions, *conditions],
            [*paper_phases, *phases],
            np.concatenate((one, count)),
            np.concatenate((one, confidence)),
        )
    )
    return found, found.log_evidence - _evidence_of_the_paper()


@lru_cache(maxsize=1)
def _evidence_of_the_paper() -> float:
    return posterior(rows_of(*paper_rows())).log_evidence


def _log_evidence_of_frequencies(seen: Floats) -> float:
    """Return ln P(labels) when each comes by lot with unknown, fixed chances (Dirichlet prior)."""
    start = np.full(len(PHASES), PSEUDO_FLASKS)
    return float(
        gammaln(start.sum())
        - gammaln(start.sum() + seen.sum())
        + np.sum(gammaln(start + seen) - gammaln(start))
    )
