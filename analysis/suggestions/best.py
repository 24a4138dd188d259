"""Where the best gamma is to be expected: expected improvement times the chance of the phase.

A Gaussian process over R and what else the lab has varied (Matérn 5/2, one length each, `analysis.forecast.matern`) with the
paper's two values as weak points; expected improvement (Jones, J. Global Optim. 13 (1998) 455) over the smoothed best,
times P(phase). Several at once by upper confidence bounds, each pending flask believed at its mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import scipy

from analysis.forecast import PHASES, Conditions
from analysis.forecast.labelled import SIGNS
from analysis.forecast.learned import LabModel
from analysis.forecast.matern import Process, learn_process
from analysis.forecast.model import Floats
from analysis.forecast.predict import published
from analysis.suggestions.suggestion import PLQY, Figure, Made, Suggestion, short

Point = Mapping[str, float]  # R under RATIO, and the other inputs by their names

RATIO = "ratio_ca_pb"
MOST_VALUES = 4  # of one other input: the more, the longer it takes, and the less each was tried
_PAPER_OTHERS = {"injection_temperature_c": 170.0, "purification_cycles": 1.0}
_WORDS = {"injection_temperature_c": "injection at {:g} °C", "purification_cycles": "{:g} × washed"}
_R_SCALE = 0.2  # over which a figure typically changes; the length itself is found
_STEPS = 5  # of a figure, from 0 to its ceiling: its typical spread
_UCB = 1.5


def improve(
    model: LabModel,
    at: Conditions,
    ratios: Floats,
    made: Sequence[Made],
    figure: Figure = PLQY,
    *,
    tried: Mapping[str, Sequence[float]] | None = None,
    phase: str = "gamma",
    n: int = 1,
    pending: Sequence[Made] = (),
) -> list[Suggestion]:
    """Return ``n`` flasks to make at once that should be the best of ``phase`` so far.

    ``tried``: values of other inputs that the lab has made flasks with; a flask is suggested at one of these.
    """
    tried = {name: _few(values) for name, values in (tried or {}).items() if len(set(values)) > 1}
    others = [dict(zip(tried, one, strict=True)) for one in product(*tried.values())]
    options: list[Point] = [{RATIO: float(r), **one} for one in others for r in ratios]
    chance = published([_at(at, one) for one in options], model)[:, PHASES.index(phase)]
    known = [f for f in made if f.quality is not None]
    process = _Figure(figure, known, tried)
    for flask in pending:
        process.believe({**flask.others, RATIO: flask.ratio})
    found: list[Suggestion] = []
    for _ in range(n):
        mean, sd, scatter = process.at(options)
        best_now = process.best_now()
        if found or pending:
            worth = np.maximum(mean + _UCB * sd - best_now, 0.0) * chance
        else:
            worth = _expected_improvement(mean, sd, best_now) * chance
        best = int(np.argmax(worth))
        gain = float(_expected_improvement(mean, sd, best_now)[best] * chance[best])
        point = options[best]
        beside = {name: value for name, value in point.items() if name != RATIO}
        found.append(
            Suggestion(
                goal="quality",
                ratio=point[RATIO],
                why=_why(figure, phase, point, (mean[best], sd[best], chance[best]), len(known)),
                gain=round(gain, 3),
                gain_unit=f"points of {figure.name}",
                about={
                    "figure": figure.key,
                    "expected": round(float(mean[best]), 2),
                    "u": round(float(np.hypot(sd[best], scatter)), 2),  # of one flask
                    f"p_{phase}": round(float(chance[best]), 4),
                    "best_now": round(best_now, 2),
                    **({"others": beside} if beside else {}),
                },
            )
        )
        process.believe(point)
    return sorted(found, key=lambda one: -one.gain)


def in_words(name: str, value: float) -> str:
    """Return a condition as a sentence says it."""
    return _WORDS.get(name, name + " {:g}").format(value)


def _few(values: Sequence[float]) -> list[float]:
    """Return the values, from the least to the highest; of many only some evenly chosen."""
    every = np.unique(np.asarray(values, dtype=np.float64))
    chosen = np.linspace(0, len(every) - 1, min(len(every), MOST_VALUES)).round().astype(int)
    return [float(every[i]) for i in chosen]


def _at(at: Conditions, point: Point) -> Conditions:
    """Return the conditions at a point, as far as the phases depend on it."""
    known: dict[str, Any] = {name: value for name, value in point.items() if hasattr(at, name)}
    return replace(at, **known)


class _Figure:
    """The figure over R and other inputs, and what is believed of flasks that are not measured yet."""

    def __init__(
        self, figure: Figure, known: Sequence[Made], tried: Mapping[str, Sequence[float]]
    ) -> None:
        self.figure = figure
        self.scales = {RATIO: _R_SCALE, **{name: float(np.std(v)) for name, v in tried.items()}}
        self.usual = {name: _PAPER_OTHERS.get(name, float(np.mean(v))) for name, v in tried.items()}
        self.measured: list[Point] = [{**f.others, RATIO: f.ratio} for f in known]
        self.points = [*({RATIO: ratio} for ratio, _ in figure.paper), *self.measured]
        self.values = [value for _, value in figure.paper] + [float(f.quality or 0) for f in known]
        self.u = [figure.paper_u] * len(figure.paper) + [f.quality_u or 0.0 for f in known]
        self.centre = float(np.mean(self.values)) if self.values else figure.ceiling / 2
        self.spread = figure.ceiling / _STEPS

    def at(self, points: Sequence[Point]) -> tuple[Floats, Floats, float]:
        """Return mean and standard deviation of the figure itself at each point, and the scatter of one flask."""
        mean, sd = self._process.at(self._scaled(points))
        noise = self._process.noise
        own = np.sqrt(np.maximum(sd**2 - noise**2, 0.0))
        value = np.minimum(self.centre + self.spread * mean, self.figure.ceiling)
        return value, self.spread * own, self.spread * noise

    def best_now(self) -> float:
        """Return the best of the smoothed values where flasks were measured; the mean of all before that."""
        return float(self.at(self.measured)[0].max()) if self.measured else self.centre

    def believe(self, point: Point) -> None:
        """Add a flask that is on the way at what it is expected to give."""
        self.values.append(float(self.at([point])[0][0]))
        self.points.append(point)
        self.u.append(0.0)
        del self._process

    @cached_property
    def _process(self) -> Process:
        """Fitted once until a flask is added."""
        y = (np.array(self.values) - self.centre) / self.spread
        return learn_process(self._scaled(self.points), y, np.array(self.u) / self.spread)

    def _scaled(self, points: Sequence[Point]) -> Floats:
        """Return the points, shape (n, inputs), in typical steps; an input that nobody said is the usual one."""
        return np.array(
            [
                [
                    one.get(name, self.usual.get(name, 0.0)) / step
                    for name, step in self.scales.items()
                ]
                for one in points
            ],
            dtype=np.float64,
        ).reshape(len(points), len(self.scales))


def _expected_improvement(mean: Floats, sd: Floats, best: float) -> Floats:
    apart = (mean - best) / np.maximum(sd, 1e-9)
    return np.asarray(
        (mean - best) * scipy.stats.norm.cdf(apart) + sd * scipy.stats.norm.pdf(apart)
    )


def _why(
    figure: Figure, phase: str, point: Point, said: tuple[float, float, float], known: int
) -> str:
    mean, sd, chance = said
    rests = (
        f"{known} measured {'batch' if known == 1 else 'batches'}"
        if known
        else "no batch of this lab"
    )
    with_ = "".join(f", {in_words(name, v)}" for name, v in point.items() if name != RATIO)
    return (
        f"At R {short(point[RATIO])}{with_} {figure.name} is expected at {mean:.0f} ± {sd:.0f} % and {SIGNS[phase]} in"
        f" {100 * chance:.0f} of 100 flasks; this rests on the paper and {rests}."
    )
