"""Forecasts for one flask and along R."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.forecast.appearance import given_appearance, tells_something
from analysis.forecast.conditions import Conditions
from analysis.forecast.evidence import (
    MOST_DOUBT,
    distances,
    doubt,
    in_domain,
    made_alike,
    nearest_first,
)
from analysis.forecast.learned import LabModel
from analysis.forecast.model import PHASES, Floats
from analysis.forecast.paper import PAPER_GAPS
from analysis.forecast.remarks import on_the_lab, remarks
from analysis.forecast.result import INTERVAL_PERCENT, Chance, PhaseForecast
from analysis.forecast.structure import expected_structure
from synthesis.chemistry.gaps import OpenGap

# No outcome is published as less likely than this: about that many labels are wrong, and no prior
# made from six rows may be surer. The fit alone goes down to 0.008, its label noise shared by five.
FLOOR = 0.03

_POINTS_AT_ONCE = 64  # 4096 draws of five chances each: some 10 MB an array
_MAP_AT_ONCE = 1024
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


def forecast_phase(
    conditions: Conditions,
    gaps: Sequence[OpenGap] = PAPER_GAPS,
    model: LabModel | None = None,
) -> PhaseForecast:
    """Forecast the phase of one flask, from the paper alone or from what a lab's flasks taught.

    ``gaps`` are what nobody has measured of R; only the sentences depend on them.

    Examples
    --------
    >>> forecast = forecast_phase(Conditions(ratio_ca_pb=0.5))
    >>> forecast.likeliest, round(forecast.phase["gamma"].value, 1)
    ('gamma', 0.6)
    """
    model = model or LabModel.paper()
    mean, draws = model.mixture([conditions])
    apart = distances([conditions])
    from_lab = distances([conditions], [row.conditions for row in model.rows])
    spread = doubt(np.concatenate((apart, from_lab), axis=1).min(axis=1))
    inside = np.array([in_domain(conditions, apart[0], from_lab[0])])
    phase = _chances(mean, draws, spread, inside)[0]
    after = None
    if conditions.precursor_appearance is not None and tells_something(conditions):
        seen = given_appearance(draws, conditions.precursor_appearance)
        after = _chances(seen.mean(axis=0), seen, spread, inside)[0]
    return PhaseForecast(
        conditions=conditions,
        phase=phase,
        structure=expected_structure(conditions, {name: c.value for name, c in phase.items()}),
        evidence=nearest_first(apart[0], model.rows, from_lab[0]),
        in_domain=bool(inside[0]),
        sentences=(
            *remarks(conditions, float(spread[0]), gaps, model.rows, made_alike(from_lab[0])),
            *on_the_lab(model),
        ),
        after_appearance=after,
        model_name=model.name,
        model_version=model.version,
    )


def curve_along_ratio(
    conditions: Conditions, ratios: Sequence[float], model: LabModel | None = None
) -> list[CurvePoint]:
    """Return P(phase) with its bands at each R, all else as in ``conditions``.

    Raises
    ------
    UnforecastableConditions
        If a ratio is not possible.
    """
    at_ratio = [replace(conditions, ratio_ca_pb=ratio) for ratio in ratios]
    pieces = range(0, len(at_ratio), _POINTS_AT_ONCE)
    return [
        point
        for start in pieces
        for point in _curve(at_ratio[start : start + _POINTS_AT_ONCE], model or LabModel.paper())
    ]


def published(conditions: Sequence[Conditions], model: LabModel | None = None) -> Floats:
    """Return the published P(phase) alone, without intervals, for many conditions: shape (n, 5).

    For maps and backtests: 10,000 conditions take about a second.
    """
    model = model or LabModel.paper()
    pieces = range(0, len(conditions), _MAP_AT_ONCE)
    return np.concatenate(
        [_published(conditions[start : start + _MAP_AT_ONCE], model) for start in pieces]
        or [np.empty((0, len(PHASES)))]
    )


def _published(conditions: Sequence[Conditions], model: LabModel) -> Floats:
    rows = [row.conditions for row in model.rows]
    nearest = np.concatenate((distances(conditions), distances(conditions, rows)), axis=1)
    return _tempered(model.mean(conditions), doubt(nearest.min(axis=1)))


def _tempered(mean: Floats, spread: Floats) -> Floats:
    return _floored((1.0 - spread[:, None]) * mean + spread[:, None] / len(PHASES))


def _curve(at_ratio: Sequence[Conditions], model: LabModel) -> list[CurvePoint]:
    mean, draws = model.mixture(at_ratio)
    apart = distances(at_ratio)
    from_lab = distances(at_ratio, [row.conditions for row in model.rows])
    nearest = np.concatenate((apart, from_lab), axis=1).min(axis=1)
    inside = np.array(
        [in_domain(c, a, b) for c, a, b in zip(at_ratio, apart, from_lab, strict=True)]
    )
    chances = _chances(mean, draws, doubt(nearest), inside)
    return [
        CurvePoint(ratio_ca_pb=c.ratio_ca_pb, phase=chance, in_domain=bool(within))
        for c, chance, within in zip(at_ratio, chances, inside, strict=True)
    ]


def _chances(
    mean: Floats, draws: Floats, spread: Floats, inside: NDArray[np.bool_]
) -> list[dict[str, Chance]]:
    """Turn P(phase), shape (n, 5), and its draws, (draws, n, 5), into published chances.

    ``spread`` (n,) is the share of each value spread evenly over the five outcomes.
    """
    value = _tempered(mean, spread)
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
