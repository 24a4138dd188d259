"""Numbers that a recipe will give (PL peak, width, PLQY, size, EQE), with intervals, from any inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.forecast.generic import FEWEST_TO_SHOW, Experiment, is_gain
from analysis.forecast.inputs import Column, Inputs, as_numbers, columns_of
from analysis.forecast.matern import MOST_ROWS, Process, learn_process
from analysis.forecast.result import INTERVAL_PERCENT
from analysis.forecast.rolling import origins

Floats = NDArray[np.float64]

FEWEST = 3  # experiments below which there is no spread to speak of
_ENOUGH_TO_CALIBRATE = 10
_MOST_TO_FOLD = 120
_FOLDS = 5


class TooFewExperiments(ValueError):
    """There is nothing to learn a number from; the message says what is needed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A number to come, in the outcome's unit, with its 80 % interval."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """Return value, low and high, JSON-ready."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class NumberModel:
    """What experiments in order of time taught about one number."""

    mean: float
    sd: float
    columns: tuple[Column, ...]
    process: Process | None  # None: no input varies, the mean is all there is
    reach: float  # half an interval, in standard deviations
    n: int

    @classmethod
    def learn(cls, rows: Sequence[Experiment]) -> NumberModel:
        """Return the model of the newest 1,000 experiments; raises TooFewExperiments below three."""
        rows = rows[-MOST_ROWS:]
        if len(rows) < FEWEST:
            raise TooFewExperiments(f"{FEWEST} experiments with this number are needed at least.")
        y = np.array([float(row.outcome) for row in rows])
        mean = float(y.mean())
        sd = float(y.std(ddof=1)) or float(max(row.u for row in rows)) or 1.0
        columns = columns_of([row.inputs for row in rows])
        freedom = max(1, len(rows) - 3)  # mean, signal and noise were found on the same rows
        by_theory = float(scipy.stats.t.ppf(0.5 + INTERVAL_PERCENT / 200.0, freedom))
        if not columns:
            wider = float(np.sqrt(1.0 + 1.0 / len(rows)))
            return cls(mean, sd, columns, None, by_theory * wider, len(rows))
        x = as_numbers(columns, [row.inputs for row in rows])
        z, u = (y - mean) / sd, np.array([row.u for row in rows]) / sd
        process = learn_process(x, z, u)
        reach = by_theory if len(rows) < _ENOUGH_TO_CALIBRATE else _reach(process, x, z, u)
        return cls(mean, sd, columns, process, reach, len(rows))

    def expected(self, experiments: Sequence[Inputs]) -> list[Expected]:
        """Return the number to come of each experiment; the interval holds its noise, too."""
        if self.process is None:
            centre, spread = np.zeros(len(experiments)), np.ones(len(experiments))
        else:
            centre, spread = self.process.at(as_numbers(self.columns, experiments))
        value, half = self.mean + self.sd * centre, self.reach * self.sd * spread
        return [
            Expected(float(v), float(v - h), float(v + h)) for v, h in zip(value, half, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class NumberBacktest:
    """Rolling-origin errors over n forecasts, of the model and of the mean so far.

    ``rmse`` in the outcome's unit, ``held`` the share inside the 80 % interval.
    ``worth_showing``: the model's squared error is smaller by more than its own standard error.
    """

    n: int
    rmse: float | None
    rmse_of_mean: float | None
    held: float | None
    worth_showing: bool

    def as_dict(self) -> dict[str, Any]:
        """Return everything, JSON-ready."""
        return asdict(self)


def backtest_numbers(rows: Sequence[Experiment]) -> NumberBacktest:
    """Forecast each number from those before it, from the fourth on."""
    y = np.array([float(row.outcome) for row in rows])
    said: list[Expected] = []
    plain: list[float] = []
    for start, stop in origins(len(rows)):
        if start >= FEWEST:
            model = NumberModel.learn(rows[:start])
            said += model.expected([row.inputs for row in rows[start:stop]])
            plain += [float(y[:start].mean())] * (stop - start)
    if not said:
        return NumberBacktest(0, None, None, None, worth_showing=False)
    became = y[len(y) - len(said) :]
    off = (became - [one.value for one in said]) ** 2
    off_mean = (became - plain) ** 2
    inside = [one.low <= value <= one.high for one, value in zip(said, became, strict=True)]
    return NumberBacktest(
        n=len(said),
        rmse=float(np.sqrt(off.mean())),
        rmse_of_mean=float(np.sqrt(off_mean.mean())),
        held=float(np.mean(inside)),
        worth_showing=len(said) >= FEWEST_TO_SHOW and is_gain(off_mean - off),
    )


def _reach(process: Process, x: Floats, z: Floats, u: Floats) -> float:
    """Return how many standard deviations hold the stated share of rows that were left out.

    Up to 120 rows the lengths are found anew without each fifth of the rows: with few, they fit.
    """
    off = np.empty(len(z))
    if len(z) > _MOST_TO_FOLD:
        expected, spread = process.left_out(z)
        off = np.abs(z - expected) / spread
    else:
        fold = np.arange(len(z)) % _FOLDS
        for k in range(_FOLDS):
            rest, held = fold != k, fold == k
            expected, spread = learn_process(x[rest], z[rest], u[rest]).at(x[held])
            off[held] = np.abs(z[held] - expected) / np.sqrt(spread**2 + u[held] ** 2)
    level = min(1.0, (len(off) + 1) * INTERVAL_PERCENT / 100.0 / len(off))
    return float(np.quantile(off, level, method="higher"))
