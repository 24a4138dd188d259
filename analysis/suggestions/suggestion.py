"""A suggestion, and what every goal looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from analysis.forecast.conditions import Conditions
from analysis.forecast.model import Floats

GOALS: Mapping[str, str] = {
    "boundary": "Find the boundary between α and γ",
    "quality": "Make the best γ",
    "repeat": "Repeat what disagrees",
    "confirm": "Confirm the best one",
    "gap": "Fill a gap",
}


TYPICAL_SCATTER = (
    4.0  # points of a figure in percent between flasks made alike (science notes, section 4)
)


class NothingToSuggest(ValueError):
    """There is nothing to suggest for this goal; the message says why and what would change it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A flask of the lab as the goals look at it.

    ``ratio`` is R as weighed, else as planned. ``phase`` is None while no evidence says it: such a flask is
    pending. ``quality`` is the figure that a goal wants high (PLQY or EQE, in percent) with its standard
    uncertainty, None while it is not measured. ``others`` are conditions that the recipe asks for, as recorded.
    """

    code: str
    ratio: float
    phase: str | None = None
    quality: float | None = None
    quality_u: float | None = None
    others: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to be made as high as can be, in percent, with the paper's values of it as (R, value) and their u."""

    key: str
    name: str
    paper: Sequence[tuple[float, float]] = ()
    paper_u: float = 12.0
    ceiling: float = 100.0


PLQY = Figure("plqy", "PLQY", ((0.0, 55.0), (0.5, 95.0)))
EQE = Figure("eqe", "EQE", ((0.0, 5.7), (0.5, 21.5)), paper_u=4.0, ceiling=40.0)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One flask to make. ``gain`` is expected, in ``gain_unit``; ``why`` says it in a sentence."""

    goal: str
    ratio: float
    why: str
    gain: float
    gain_unit: str
    about: Mapping[str, Any]

    @property
    def others(self) -> Mapping[str, float]:
        """Conditions beside R that are to be other than the recipe's own."""
        found: Mapping[str, float] = self.about.get("others", {})
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return the suggestion, JSON-ready."""
        return asdict(self)


def candidates(low: float, high: float, step: float) -> Floats:
    """Return values of R to choose from, no finer than the balance can tell apart."""
    count = int(np.floor((high - low) / step + 1e-9))
    return np.round(low + step * np.arange(count + 1), 6)


def along(conditions: Conditions, ratios: Floats | Sequence[float]) -> list[Conditions]:
    """Return the conditions at each R; the uncertainty of R stays as it is."""
    return [replace(conditions, ratio_ca_pb=float(ratio)) for ratio in ratios]


def short(ratio: float) -> str:
    """Return R as a sentence shows it."""
    return f"{ratio:.4f}".rstrip("0").rstrip(".") if ratio else "0"
