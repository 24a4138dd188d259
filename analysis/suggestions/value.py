"""Which uncertainty to remove first: what knowing a cause of u(R) is worth for a chance, beside further flasks.

The chance of a phase is uncertain because R in the flask is, and because the boundary is. Both parts are given as the standard
deviation that would be taken from the chance: of a cause of u(R), its main effect (Saltelli et al., Global Sensitivity
Analysis, 2008, chapter 1); of flasks, the expected fall of the variance once they are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.forecast import PHASES, Conditions
from analysis.forecast.learned import LabModel
from analysis.forecast.model import Floats
from analysis.suggestions.boundary import Stories, boundary_draws, chances_of
from analysis.suggestions.suggestion import along

FLASKS = 3
LEAST = 0.005  # of a chance: what moves it by less is not worth a sentence
_NODES = 15


@dataclass(frozen=True, slots=True)
class CauseOfU:
    """One independent cause of the uncertainty of R: how a sentence names it, and its part of u(R)."""

    words: str
    u: float
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Worth:
    """What may be removed, and the standard deviation of the chance that it would take away."""

    words: str
    worth: float
    is_flasks: bool
    assumed: bool = False


def value_of_information(
    model: LabModel,
    at: Conditions,
    causes: Sequence[CauseOfU],
    ratios: Floats,
    *,
    phase: str = "gamma",
    flasks: int = FLASKS,
) -> list[Worth]:
    """Return what each cause, and ``flasks`` further flasks at the best R, are worth for P(phase); the most first."""
    index = PHASES.index(phase)
    found = [
        Worth(cause.words, _main_effect(model, at, cause.u, index), False, cause.assumed)
        for cause in causes
        if cause.u > 0
    ]
    worth = _of_flasks(model, at, ratios, index, flasks)
    found.append(Worth(f"{flasks} further flasks where the boundary may lie", worth, True))
    return sorted(found, key=lambda one: -one.worth)


def said(found: Sequence[Worth], phase: str = "γ") -> str:
    """Return the answer in one sentence."""
    first = found[0]
    if first.worth < LEAST:
        return f"Nothing that could be measured first moves P({phase}) here by more than {LEAST:g}."
    flasks = next(one for one in found if one.is_flasks)
    if first.is_flasks:
        rest = [one for one in found if not one.is_flasks]
        beside = f"; {rest[0].words} moves it by ± {rest[0].worth:.3f} only" if rest else ""
        return f"Make flasks first: {first.words} would take ± {first.worth:.3f} from P({phase}){beside}."
    assumed = ", which so far is only assumed" if first.assumed else ""
    return (
        f"Measure {first.words} first{assumed}: it moves P({phase}) by ± {first.worth:.3f}, more than"
        f" {flasks.words} would (± {flasks.worth:.3f})."
    )


def _main_effect(model: LabModel, at: Conditions, u: float, index: int) -> float:
    """Return the standard deviation of the mean chance over R ± u, the boundary averaged out."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    ratios = np.maximum(at.ratio_ca_pb + u * nodes, 0.0)
    mean = chances_of(model, along(at, ratios))[:, :, index].mean(axis=0)
    return float(np.sqrt(max(weights @ mean**2 - (weights @ mean) ** 2, 0.0)))


def _of_flasks(model: LabModel, at: Conditions, ratios: Floats, index: int, flasks: int) -> float:
    chance = chances_of(model, [at])[:, 0, index]
    choices = chances_of(model, along(at, ratios))
    stories = Stories(boundary_draws(model, at))
    for _ in range(flasks):
        stories.expect(choices[:, int(np.argmax(stories.information(choices)))])
    left = float(np.mean([w @ chance**2 - (w @ chance) ** 2 for w in stories.weights]))
    return float(np.sqrt(max(float(chance.var()) - left, 0.0)))
