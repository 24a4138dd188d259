"""How the forecast would have done on the lab's own flasks: each forecast from those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.forecast.conditions import Conditions
from analysis.forecast.labelled import Labelled
from analysis.forecast.learned import LabModel
from analysis.forecast.mixing import PSEUDO
from analysis.forecast.model import PHASES, Floats
from analysis.forecast.paper import GAP
from analysis.forecast.predict import published
from analysis.forecast.rolling import BINS, Marks, marks, origins

_RULE_SURE = 0.85
MOST_MISSES = 20


@dataclass(frozen=True, slots=True)
class Miss:
    """A flask whose likeliest phase was not the one it became."""

    key: str
    said: str
    chance: float
    became: str
    chance_of_what_it_became: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts that were about as sure: how many, how sure on average, and the share that was right."""

    n: int
    sure: float
    right: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """Rolling-origin marks over n flasks: of the model and of three that are simpler."""

    n: int
    model: Marks | None
    rule: Marks | None
    frequencies: Marks | None
    paper: Marks | None
    misses: tuple[Miss, ...]
    reliability: tuple[Bin, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything, JSON-ready; the model's own marks stand at the top too."""
        own = {} if self.model is None else asdict(self.model)
        return {
            "n": self.n,
            **own,
            **{
                name: None if marks is None else asdict(marks)
                for name, marks in (
                    ("model", self.model),
                    ("rule", self.rule),
                    ("frequencies", self.frequencies),
                    ("paper", self.paper),
                )
            },
            "misses": [asdict(miss) for miss in self.misses],
            "reliability": [asdict(one) for one in self.reliability],
        }


def backtest(rows: Sequence[Labelled]) -> Backtest:
    """Forecast each flask from those before it and compare with what it became.

    ``rows`` stand in order of time; `rolling.origins` says when the model learns anew.
    """
    if not rows:
        return Backtest(0, None, None, None, None, ())
    observed = np.array([PHASES.index(row.phase) for row in rows])
    said = np.zeros((len(rows), len(PHASES)))
    for start, stop in origins(len(rows)):
        model = LabModel.learn(rows[:start])
        said[start:stop] = published([row.seen for row in rows[start:stop]], model)
    paper = published([row.seen for row in rows], LabModel.paper())
    return Backtest(
        n=len(rows),
        model=marks(said, observed),
        rule=marks(np.array([by_rule(row.conditions) for row in rows]), observed),
        frequencies=marks(_by_frequency(observed), observed),
        paper=marks(paper, observed),
        misses=_misses(rows, said, observed),
        reliability=_reliability(said, observed),
    )


def by_rule(conditions: Conditions) -> Floats:
    """Return the paper's rule of thumb: α up to R = 0.25 or on PbS, γ from 0.5, nothing between."""
    ratio = conditions.ratio_ca_pb
    if conditions.seed == "PbS" or ratio <= GAP[0]:
        sure = PHASES.index("alpha")
    elif ratio >= GAP[1]:
        sure = PHASES.index("gamma")
    else:
        return np.array([0.36, 0.2, 0.36, 0.04, 0.04])
    chances = np.full(len(PHASES), (1 - _RULE_SURE) / (len(PHASES) - 1))
    chances[sure] = _RULE_SURE
    return chances


def _by_frequency(observed: Any) -> Floats:
    """Return, for each flask, the smoothed frequencies of those before it."""
    before = np.cumsum(np.eye(len(PHASES))[observed], axis=0) - np.eye(len(PHASES))[observed]
    smoothed = before + PSEUDO
    return np.asarray(smoothed / smoothed.sum(axis=1, keepdims=True))


def _reliability(said: Floats, observed: Any) -> tuple[Bin, ...]:
    """Return the bins of the likeliest phase's chance that hold a flask, the least sure first."""
    sure, hit = said.max(axis=1), said.argmax(axis=1) == observed
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(
            int(inside.sum()),
            round(float(sure[inside].mean()), 6),
            round(float(hit[inside].mean()), 6),
        )
        for inside in (place == one for one in range(BINS))
        if inside.any()
    )


def _misses(rows: Sequence[Labelled], said: Floats, observed: Any) -> tuple[Miss, ...]:
    likeliest = said.argmax(axis=1)
    missed = [i for i in range(len(rows)) if likeliest[i] != observed[i]]
    missed.sort(key=lambda i: (float(said[i, observed[i]]), i))
    return tuple(
        Miss(
            key=rows[i].key,
            said=PHASES[likeliest[i]],
            chance=round(float(said[i].max()), 6),
            became=rows[i].phase,
            chance_of_what_it_became=round(float(said[i, observed[i]]), 6),
        )
        for i in missed[:MOST_MISSES]
    )
