"""How good a forecast was, once the phase is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from analysis.forecast.model import PHASES
from analysis.forecast.result import PhaseForecast

UNIFORM_LOG_SCORE = math.log(len(PHASES))  # of somebody who says 1/5 to everything
UNIFORM_BRIER = 1.0 - 1.0 / len(PHASES)


class UnscorablePhase(ValueError):
    """The forecast or the observed phase cannot be scored; the message says why."""


@dataclass(frozen=True, slots=True)
class Score:
    """The forecast against what XRD said. Lower is better for ``log_score`` and ``brier``.

    ``log_score`` is −ln P(observed), ``brier`` the squared distance to the truth summed over the
    five phases (0 to 2), ``hit`` whether the likeliest phase was the observed one.
    """

    log_score: float
    brier: float
    hit: bool
    probability_of_observed: float

    @property
    def better_than_uniform(self) -> bool:
        """Whether the forecast beat saying 1/5 to everything."""
        return self.log_score < UNIFORM_LOG_SCORE

    def as_dict(self) -> dict[str, Any]:
        """Return the score with its uniform reference, JSON-ready."""
        return {**asdict(self), "uniform_log_score": UNIFORM_LOG_SCORE}


def score(forecast: PhaseForecast | Mapping[str, Any], observed: str) -> Score:
    """Score a forecast, or the frozen ``as_dict()`` of one, against the observed phase.

    >>> even = {"phase": {phase: {"value": 0.2} for phase in PHASES}}
    >>> round(score(even, "gamma").log_score, 3)
    1.609
    """
    if observed not in PHASES:
        raise UnscorablePhase(
            f"The forecast gives no chance for {observed!r}; it can be scored against "
            f"{', '.join(PHASES)}."
        )
    chances = _values(forecast)
    said = chances[observed]
    return Score(
        log_score=-math.log(said),
        brier=sum((p - (phase == observed)) ** 2 for phase, p in chances.items()),
        hit=max(chances, key=lambda phase: chances[phase]) == observed,
        probability_of_observed=said,
    )


def _values(forecast: PhaseForecast | Mapping[str, Any]) -> dict[str, float]:
    if isinstance(forecast, PhaseForecast):
        return {phase: forecast.phase[phase].value for phase in PHASES}
    try:
        chances = {phase: float(forecast["phase"][phase]["value"]) for phase in PHASES}
    except (KeyError, TypeError, ValueError) as broken:
        raise UnscorablePhase(
            "The stored forecast lacks a value for each of the five phases, so it cannot be scored."
        ) from broken
    if not all(0 < p <= 1 for p in chances.values()) or abs(sum(chances.values()) - 1) > 1e-6:
        raise UnscorablePhase("The stored forecast's chances are not probabilities that add to 1.")
    return chances
