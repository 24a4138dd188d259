"""Where the best gamma is to be expected: expected improvement times the chance of the phase.

A Gaussian process over R (Matérn 5/2, noise of each flask its own) with the paper's two values as weak points; expected
improvement (Jones, J. Global Optim. 13 (1998) 455) over the smoothed best, times P(phase). Several at once by
upper confidence bounds, each pending flask believed at its mean. Numbers of the kernel as in the science notes, section 4.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from analysis.forecast import PHASES, Conditions
from analysis.forecast.labelled import SIGNS
from analysis.forecast.learned import LabModel
from analysis.forecast.model import Floats
from analysis.forecast.predict import published
from analysis.suggestions.suggestion import (
    PLQY,
    TYPICAL_SCATTER,
    Figure,
    Made,
    Suggestion,
    along,
    short,
)

_AMPLITUDE, _LENGTH, _SHORTEST, _LONGEST = 20.0, 0.2, 0.08, 0.6  # points; R
_UCB = 1.5


def improve(
    model: LabModel,
    at: Conditions,
    ratios: Floats,
    made: Sequence[Made],
    figure: Figure = PLQY,
    *,
    phase: str = "gamma",
    n: int = 1,
    pending: Sequence[Made] = (),
) -> list[Suggestion]:
    """Return ``n`` flasks to make at once that should be the best of ``phase`` so far."""
    chance = published(along(at, ratios), model)[:, PHASES.index(phase)]
    known = [f for f in made if f.quality is not None]
    process = _Process(figure, known)
    for flask in pending:
        process.believe(flask.ratio)
    found: list[Suggestion] = []
    for _ in range(n):
        mean, sd = process.at(ratios)
        best_now = process.best_now()
        if found or pending:
            worth = np.maximum(mean + _UCB * sd - best_now, 0.0) * chance
        else:
            worth = _expected_improvement(mean, sd, best_now) * chance
        best = int(np.argmax(worth))
        gain = float(_expected_improvement(mean, sd, best_now)[best] * chance[best])
        ratio = float(ratios[best])
        found.append(
            Suggestion(
                goal="quality",
                ratio=ratio,
                why=_why(figure, phase, ratio, (mean[best], sd[best], chance[best]), len(known)),
                gain=round(gain, 3),
                gain_unit=f"points of {figure.name}",
                about={
                    "figure": figure.key,
                    "expected": round(float(mean[best]), 2),
                    "u": round(float(np.hypot(sd[best], TYPICAL_SCATTER)), 2),  # of one flask
                    f"p_{phase}": round(float(chance[best]), 4),
                    "best_now": round(best_now, 2),
                },
            )
        )
        process.believe(ratio)
    return sorted(found, key=lambda one: -one.gain)


class _Process:
    """The figure over R, and what is believed of flasks that are not measured yet."""

    def __init__(self, figure: Figure, known: Sequence[Made]) -> None:
        self.figure = figure
        self.ratios = [ratio for ratio, _ in figure.paper] + [f.ratio for f in known]
        self.values = [value for _, value in figure.paper] + [float(f.quality or 0) for f in known]
        u = [max(f.quality_u or 0.0, TYPICAL_SCATTER) for f in known]
        self.variance = [figure.paper_u**2] * len(figure.paper) + [one**2 for one in u]
        self.centre = float(np.mean(self.values)) if self.values else figure.ceiling / 2
        self.measured = [f.ratio for f in known]
        self._fitted: Any = None  # until a flask is added

    def at(self, ratios: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the figure itself at each R; no flask's own scatter."""
        self._fitted = self._fitted or self._fit()
        mean, sd = self._fitted.predict(ratios[:, None], return_std=True)
        return np.minimum(mean + self.centre, self.figure.ceiling), np.asarray(sd)

    def _fit(self) -> Any:
        # Here, as half a second of imports is not for every page that shows a forecast.
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern

        kernel = ConstantKernel(_AMPLITUDE**2, "fixed") * Matern(
            _LENGTH, (_SHORTEST, _LONGEST), nu=2.5
        )
        process = GaussianProcessRegressor(
            kernel, alpha=np.array(self.variance) if self.variance else 1e-9
        )
        if self.values:
            with (
                warnings.catch_warnings()
            ):  # a length at its bound is meant: see the docstring above
                warnings.simplefilter("ignore", ConvergenceWarning)
                process.fit(np.array(self.ratios)[:, None], np.array(self.values) - self.centre)
        return process

    def best_now(self) -> float:
        """Return the best of the smoothed values where flasks were measured; the mean of all before that."""
        if not self.measured:
            return self.centre
        return float(self.at(np.array(self.measured))[0].max())

    def believe(self, ratio: float) -> None:
        """Add a flask that is on the way at what it is expected to give."""
        mean, _ = self.at(np.array([ratio]))
        self.ratios.append(ratio)
        self.values.append(float(mean[0]))
        self.variance.append(TYPICAL_SCATTER**2)
        self._fitted = None


def _expected_improvement(mean: Floats, sd: Floats, best: float) -> Floats:
    apart = (mean - best) / np.maximum(sd, 1e-9)
    return np.asarray(
        (mean - best) * scipy.stats.norm.cdf(apart) + sd * scipy.stats.norm.pdf(apart)
    )


def _why(
    figure: Figure, phase: str, ratio: float, said: tuple[float, float, float], known: int
) -> str:
    mean, sd, chance = said
    rests = (
        f"{known} measured {'batch' if known == 1 else 'batches'}"
        if known
        else "no batch of this lab"
    )
    return (
        f"At R {short(ratio)} {figure.name} is expected at {mean:.0f} ± {sd:.0f} % and {SIGNS[phase]} in"
        f" {100 * chance:.0f} of 100 flasks; this rests on the paper and {rests}."
    )
