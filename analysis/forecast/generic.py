"""Outcomes of any recipe in words, from any inputs: similar experiments and frequencies, no prior.

The same machinery as for the phase, without the paper: a Gaussian process over the inputs that vary,
stacked with the classes' frequencies, which it has to beat to be heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.forecast import mixing
from analysis.forecast.inputs import Column, Inputs, as_numbers, columns_of
from analysis.forecast.rolling import Marks, marks, origins
from analysis.forecast.similar import Similar, learn_similar

Floats = NDArray[np.float64]

FLOOR = 0.03  # no class is published as less likely; with many classes, half of an even share
WEIGHT_OF_FREQUENCIES = 0.8  # before any experiment has spoken
FEWEST_TO_SHOW = 10  # forecasts in the backtest below which nothing is claimed


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment: its inputs by name (numbers or words, None where unknown) and its outcome.

    ``outcome`` is a word for classes, a number for quantities; ``u`` the number's standard
    uncertainty; ``key`` the code of the batch.
    """

    inputs: Inputs
    outcome: str | float
    u: float = 0.0
    key: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ClassModel:
    """What experiments in order of time taught about which class comes out."""

    classes: tuple[str, ...]
    seen: Floats  # (classes,)
    columns: tuple[Column, ...]
    similar: Similar | None
    weight: float  # of the similar experiments, against the frequencies

    @classmethod
    def learn(cls, rows: Sequence[Experiment], classes: Sequence[str] = ()) -> ClassModel:
        """Return the model; ``classes`` are those that could come out, beside those that did."""
        named = tuple(sorted({*classes, *(str(row.outcome) for row in rows)}))
        observed = np.array([named.index(str(row.outcome)) for row in rows], dtype=np.intp)
        seen = np.bincount(observed, minlength=len(named)).astype(np.float64)
        columns = columns_of([row.inputs for row in rows])
        nothing = cls(named, seen, columns, None, 0.0)
        if len(rows) < 2 or len(named) < 2 or not columns:
            return nothing
        one = np.ones(len(rows))
        x = as_numbers(columns, [row.inputs for row in rows])
        learned = learn_similar(x, observed, len(named), one)
        if learned is None:
            return nothing
        similar, left_out = learned
        said = np.stack(
            (
                mixing.frequencies_left_out(seen, observed, one),
                left_out[np.arange(len(rows)), observed],
            ),
            axis=1,
        )
        before = np.array([WEIGHT_OF_FREQUENCIES, 1.0 - WEIGHT_OF_FREQUENCIES])
        start = mixing.by_evidence(before, np.log(said).sum(axis=0))
        return cls(named, seen, columns, similar, float(mixing.stacked(said, start, one)[1]))

    def chances(self, experiments: Sequence[Inputs]) -> Floats:
        """Return P(class), shape (n, classes), in the order of ``classes``."""
        plain = np.broadcast_to(mixing.frequencies(self.seen), (len(experiments), len(self.seen)))
        if self.similar is None:
            return _floored(plain)
        near = self.similar.chances(as_numbers(self.columns, experiments))
        return _floored(self.weight * near + (1.0 - self.weight) * plain)


@dataclass(frozen=True, slots=True)
class ClassBacktest:
    """Rolling-origin marks over n experiments: of the model and of the frequencies so far.

    ``worth_showing``: the model's log loss is smaller by more than its own standard error.
    """

    n: int
    model: Marks | None
    frequencies: Marks | None
    worth_showing: bool

    def as_dict(self) -> dict[str, Any]:
        """Return everything, JSON-ready."""
        return asdict(self)


def backtest_classes(rows: Sequence[Experiment]) -> ClassBacktest:
    """Forecast each experiment from those before it; all classes are known from the start."""
    if not rows:
        return ClassBacktest(0, None, None, worth_showing=False)
    named = tuple(sorted({str(row.outcome) for row in rows}))
    observed = np.array([named.index(str(row.outcome)) for row in rows], dtype=np.intp)
    one_by_one = np.eye(len(named))[observed]
    plain = one_by_one.cumsum(axis=0) - one_by_one
    said = np.zeros((len(rows), len(named)))
    for start, stop in origins(len(rows)):
        model = ClassModel.learn(rows[:start], named)
        said[start:stop] = model.chances([row.inputs for row in rows[start:stop]])
    by_frequency = _floored(np.array([mixing.frequencies(seen) for seen in plain]))
    became = (np.arange(len(rows)), observed)
    return ClassBacktest(
        n=len(rows),
        model=marks(said, observed),
        frequencies=marks(by_frequency, observed),
        worth_showing=len(rows) >= FEWEST_TO_SHOW
        and is_gain(np.log(said[became] / by_frequency[became])),
    )


def is_gain(gains: Floats) -> bool:
    """Whether gains (n,) of one forecaster over another are above 0 by more than their standard error."""
    if len(gains) < 2:
        return False
    return bool(gains.mean() > gains.std(ddof=1) / np.sqrt(len(gains)))


def _floored(chances: Floats) -> Floats:
    floor = min(FLOOR, 0.5 / chances.shape[1])
    over = np.maximum(chances - floor, 0.0)
    left = 1.0 - chances.shape[1] * floor
    return np.asarray(floor + over * left / over.sum(axis=1, keepdims=True))
