"""Where to look for the boundary between alpha and gamma: the flask that tells the most about it.

Mutual information between what the flask becomes and the R of the boundary (MacKay, Neural Computation 4
(1992) 590; science notes, section 4: fewest batches of seven strategies). Flasks whose evidence is still to come are
averaged over: what they will probably say is not asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.forecast import PHASES, Conditions
from analysis.forecast.learned import LabModel
from analysis.forecast.model import Floats, features
from analysis.suggestions.suggestion import Made, Suggestion, along, short

HIGHEST = 1.0
_BINS = 24
STORIES = 24  # ways in which the pending flasks may come out, drawn from the model
_SEED = 20231


@dataclass(frozen=True, slots=True)
class Boundary:
    """What a model believes of the R at which alpha and gamma are equally likely; 80 % interval."""

    value: float
    sd: float
    low: float
    high: float


def boundary_draws(model: LabModel, at: Conditions) -> Floats:
    """Return draws of the R at which alpha and gamma are equally likely, all else as in ``at``; shape (draws,)."""
    parameters, seen = model.draws, features([at])
    threshold = parameters[:, 0] + parameters[:, 3:8] @ seen.threshold_terms[0]
    return np.asarray(threshold + np.exp(parameters[:, 1]) * parameters[:, 8] * seen.pbs[0])


def boundary(model: LabModel, at: Conditions) -> Boundary:
    """Return what a model believes of the boundary, all else as in ``at``."""
    draws = boundary_draws(model, at)
    low, middle, high = np.quantile(draws, (0.1, 0.5, 0.9))
    return Boundary(float(middle), float(draws.std()), float(low), float(high))


def find_boundary(
    model: LabModel,
    at: Conditions,
    ratios: Floats,
    *,
    n: int = 1,
    pending: Sequence[Made] = (),
) -> list[Suggestion]:
    """Return ``n`` flasks to make at once, the one that tells the most first."""
    threshold = boundary_draws(model, at)
    chances = chances_of(model, along(at, ratios))
    stories = Stories(threshold)
    for flask in pending:
        stories.expect(chances_of(model, along(at, [flask.ratio]))[:, 0])
    believed = boundary(model, at)
    found: list[Suggestion] = []
    for _ in range(n):
        told = stories.information(chances)
        best = int(np.argmax(told))
        sd_after = stories.sd_after(chances[:, best])
        found.append(
            Suggestion(
                goal="boundary",
                ratio=float(ratios[best]),
                why=_why(believed, float(ratios[best]), sd_after, len(pending), len(found)),
                gain=round(float(told[best] / np.log(2.0)), 4),
                gain_unit="bit",
                about={
                    "boundary": round(believed.value, 4),
                    "low": round(believed.low, 4),
                    "high": round(believed.high, 4),
                    "u_now": round(believed.sd, 4),
                    "u_after": round(sd_after, 4),
                },
            )
        )
        stories.expect(chances[:, best])
    return found


def chances_of(model: LabModel, conditions: Sequence[Conditions]) -> Floats:
    """Return P(phase) of each draw, shape (draws, n, 5), what else the lab taught mixed in."""
    return model.by_draw(conditions)


class Stories:
    """The draws of a model, weighted as they would be after pending flasks came out in one way or another."""

    def __init__(self, threshold: Floats) -> None:
        self.threshold = threshold
        self.rng = np.random.default_rng(_SEED)
        self.weights = np.full((1, threshold.size), 1.0 / threshold.size)
        edges = np.quantile(threshold, np.linspace(0, 1, _BINS + 1)[1:-1])
        self.bins = np.eye(_BINS)[np.searchsorted(edges, threshold)]  # (draws, bins)

    def expect(self, chances: Floats) -> None:
        """Let a flask with these chances, shape (draws, 5), come out, as it may, in each story."""
        if len(self.weights) == 1:
            self.weights = np.repeat(self.weights, STORIES, axis=0)
        likely = self.weights @ chances  # (stories, 5)
        edges = np.cumsum(likely, axis=1)
        places = (self.rng.permutation(len(edges)) + 0.5) / len(edges)
        outcome = (edges < places[:, None]).sum(axis=1).clip(max=len(PHASES) - 1)
        weights = self.weights * chances[:, outcome].T
        self.weights = weights / weights.sum(axis=1, keepdims=True)

    def information(self, chances: Floats) -> Floats:
        """Return the mutual information of outcome and boundary at each R in nat, shape (n,)."""
        told = np.zeros(chances.shape[1])
        for weights in self.weights:
            inside = (self.bins * weights[:, None]).T  # (bins, draws)
            share = inside.sum(axis=1)
            joint = np.tensordot(inside, chances, axes=1)  # (bins, n, 5)
            overall = joint.sum(axis=0)
            known = joint / np.maximum(share, 1e-300)[:, None, None]
            told += _entropy(overall) - np.tensordot(share, _entropy(known), axes=1)
        return np.asarray(told / len(self.weights))

    def sd_after(self, chances: Floats) -> float:
        """Return the expected standard deviation of the boundary once this flask is known."""
        left = 0.0
        for weights in self.weights:
            joint = weights[:, None] * chances  # (draws, 5)
            share = joint.sum(axis=0)
            mean = self.threshold @ joint / share
            square = self.threshold**2 @ joint / share
            left += float(share @ np.sqrt(np.maximum(square - mean**2, 0.0)))
        return left / len(self.weights)


def _entropy(chances: Floats) -> Floats:
    return np.asarray(-(chances * np.log(np.maximum(chances, 1e-300))).sum(axis=-1))


def _why(believed: Boundary, ratio: float, sd_after: float, pending: int, before: int) -> str:
    others = pending + before
    beside = ""
    if others:
        beside = f", beside the {others} that {'is' if others == 1 else 'are'} on the way,"
    return (
        f"The boundary between α and γ is believed to lie at R {short(round(believed.low, 2))} to"
        f" {short(round(believed.high, 2))} (80 %); a flask at R {short(ratio)}{beside} tells the most about it"
        f" and should bring its uncertainty from {believed.sd:.3f} to {sd_after:.3f}."
    )
