"""What a forecast says: chances with intervals, what they rest on, and plain-English remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.forecast.conditions import Conditions

MODEL_NAME = "prior"
MODEL_VERSION = "0"
INTERVAL_PERCENT = 80
_DIGITS = 10  # printed digits: the last bits of a float differ between machines


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability and the interval the model's own doubt leaves around it."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """Return value, low and high, JSON-ready."""
        return {
            "value": round(self.value, _DIGITS),
            "low": round(self.low, _DIGITS),
            "high": round(self.high, _DIGITS),
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row of the paper or a flask of the lab, and how far it lies from what was asked (scaled).

    ``known`` is "stated" or "inferred" for the paper, "measured" for a flask, whose code is ``batch``.
    """

    ratio_ca_pb: float
    phase: str
    known: str
    seed: str
    purification_cycles: int
    distance: float
    sentence: str
    source: str
    batch: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the row, JSON-ready."""
        return {
            "ratio_ca_pb": self.ratio_ca_pb,
            "phase": self.phase,
            "known": self.known,
            "seed": self.seed,
            "purification_cycles": self.purification_cycles,
            "distance": round(self.distance, 3),
            "sentence": self.sentence,
            "source": self.source,
            "batch": self.batch,
        }


@dataclass(frozen=True, slots=True)
class PhaseForecast:
    """The forecast for one flask.

    ``phase`` has the five phases and its values add up to 1; so have ``structure`` (with
    ``undetermined`` for what no rule covers) and, when the precursor's look is known,
    ``after_appearance``, the second forecast that takes the look into account.
    """

    conditions: Conditions
    phase: Mapping[str, Chance]
    structure: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    in_domain: bool
    sentences: tuple[str, ...]
    after_appearance: Mapping[str, Chance] | None = None
    model_name: str = MODEL_NAME
    model_version: str = MODEL_VERSION

    @property
    def likeliest(self) -> str:
        """The phase with the highest chance."""
        return max(self.phase, key=lambda phase: self.phase[phase].value)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, JSON-ready, in a fixed order."""
        after = self.after_appearance
        return {
            "phase": _chances(self.phase),
            "structure": {
                name: {"value": round(value, _DIGITS)} for name, value in self.structure.items()
            },
            "evidence": [row.as_dict() for row in self.evidence],
            "in_domain": self.in_domain,
            "sentences": list(self.sentences),
            "after_appearance": None if after is None else _chances(after),
            "conditions": self.conditions.as_dict(),
            "model": {
                "name": self.model_name,
                "version": self.model_version,
                "interval_percent": INTERVAL_PERCENT,
            },
        }


def _chances(chances: Mapping[str, Chance]) -> dict[str, dict[str, float]]:
    return {phase: chance.as_dict() for phase, chance in chances.items()}
