"""Forecasts for one flask and along R."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.forecast.appearance import given_appearance, tells_something
from analysis.forecast.conditions import Conditions
from analysis.forecast.evidence import MOST_DOUBT, distances, doubt, in_domain, nearest_first
from analysis.forecast.model import PHASES, Floats, features, paper_posterior, phase_probabilities
from analysis.forecast.paper import PAPER_GAPS
from analysis.forecast.remarks import remarks
from analysis.forecast.result import INTERVAL_PERCENT, Chance, PhaseForecast
from analysis.forecast.structure import expected_structure
from synthesis.chemistry.gaps import OpenGap

# No outcome is published as less likely than this: about that many labels are wrong, and no prior
# made from six rows may be surer. The fit alone goes down to 0.008, its label noise shared by five.
FLOOR = 0.03

_POINTS_AT_ONCE = 64  # 4096 draws of five chances each: some 10 MB an array
_TAIL = (1.0 - INTERVAL_PERCENT / 100.0) / 2.0


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """P(phase) at one R: what the plot along R is drawn from."""

    ratio_ca_pb: float
    phase: Mapping[str, Chance]
    in_domain: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the point, JSON-ready."""
        return {
            "ratio_ca_pb": self.ratio_ca_pb,
            "phase": {phase: chance.as_dict() for phase, chance in self.phase.items()},
            "in_domain": self.in_domain,
        }


def forecast_phase(conditions: Conditions, gaps: Sequence[OpenGap] = PAPER_GAPS) -> PhaseForecast:
    """Forecast the phase of one flask from the paper and the priors alone.

    ``gaps`` are what nobody has measured of R; only the sentences depend on them.

    Examples
    --------
    >>> forecast = forecast_phase(Conditions(ratio_ca_pb=0.5))
    >>> forecast.likeliest, round(forecast.phase["gamma"].value, 1)
    ('gamma', 0.6)
    """
    draws = phase_probabilities(paper_posterior(), features([conditions]))
    apart = distances([conditions])
    nearest = apart.min(axis=1)
    spread = doubt(nearest)
    inside = np.array([in_domain(conditions, float(nearest[0]))])
    phase = _chances(draws, spread, inside)[0]
    after = None
    if conditions.precursor_appearance is not None and tells_something(conditions):
        seen = given_appearance(draws, conditions.precursor_appearance)
        after = _chances(seen, spread, inside)[0]
    return PhaseForecast(
        conditions=conditions,
        phase=phase,
        structure=expected_structure(conditions, {name: c.value for name, c in phase.items()}),
        evidence=nearest_first(apart[0]),
        in_domain=bool(inside[0]),
        sentences=remarks(conditions, float(spread[0]), gaps),
        after_appearance=after,
    )


def curve_along_ratio(conditions: Conditions, ratios: Sequence[float]) -> list[CurvePoint]:
    """Return P(phase) with its bands at each R, all else as in ``conditions``.

    Raises
    ------
    UnforecastableConditions
        If a ratio is not possible.
    """
    at_ratio = [replace(conditions, ratio_ca_pb=ratio) for ratio in ratios]
    pieces = range(0, len(at_ratio), _POINTS_AT_ONCE)
    return [
        point for start in pieces for point in _curve(at_ratio[start : start + _POINTS_AT_ONCE])
    ]


def _curve(at_ratio: Sequence[Conditions]) -> list[CurvePoint]:
    draws = phase_probabilities(paper_posterior(), features(at_ratio))
    nearest = distances(at_ratio).min(axis=1)
    inside = np.array([in_domain(c, float(d)) for c, d in zip(at_ratio, nearest, strict=True)])
    chances = _chances(draws, doubt(nearest), inside)
    return [
        CurvePoint(ratio_ca_pb=c.ratio_ca_pb, phase=chance, in_domain=bool(within))
        for c, chance, within in zip(at_ratio, chances, inside, strict=True)
    ]


def _chances(draws: Floats, spread: Floats, inside: NDArray[np.bool_]) -> list[dict[str, Chance]]:
    """Turn P(phase) draws, shape (draws, n, 5), into published chances for each of n conditions.

    ``spread`` (n,) is the share of each value spread evenly over the five outcomes.
    """
    mean = draws.mean(axis=0)
    value = _floored((1.0 - spread[:, None]) * mean + spread[:, None] / len(PHASES))
    drawn = _floored(draws)
    low, high = np.quantile(drawn, (_TAIL, 1.0 - _TAIL), axis=0)
    if not inside.all():
        beyond = ~inside
        doubted = np.quantile(_with_ignorance(drawn[:, beyond]), (_TAIL, 1.0 - _TAIL), axis=0)
        low[beyond] = np.minimum(low[beyond], doubted[0])
        high[beyond] = np.maximum(high[beyond], doubted[1])
    # A mean may lie outside the middle 80 % of a skewed distribution.
    low, high = np.minimum(low, value), np.maximum(high, value)
    return [
        {
            phase: Chance(float(value[i, k]), float(low[i, k]), float(high[i, k]))
            for k, phase in enumerate(PHASES)
        }
        for i in range(len(value))
    ]


def _floored(chances: Floats) -> Floats:
    """Lift every chance to the floor; those above it pay in proportion to what they have over it."""
    over = np.maximum(chances - FLOOR, 0.0)
    return np.asarray(FLOOR + over * (1.0 - len(PHASES) * FLOOR) / over.sum(axis=-1, keepdims=True))


def _with_ignorance(drawn: Floats) -> Floats:
    """Add 30 % of draws that know nothing: outside the evidence the model itself may be wrong.

    Knowing nothing is the flat distribution over the five chances; each alone then follows
    Beta(1, 4), whose evenly spaced quantiles are added. Its mean is the even 1/5.
    """
    count = round(len(drawn) * MOST_DOUBT / (1.0 - MOST_DOUBT))
    levels = (np.arange(count) + 0.5) / count
    ignorant = np.maximum(1.0 - (1.0 - levels) ** (1.0 / (len(PHASES) - 1)), FLOOR)
    return np.concatenate(
        (drawn, np.broadcast_to(ignorant[:, None, None], (count, *drawn.shape[1:])))
    )
