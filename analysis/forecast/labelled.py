"""A flask of the lab with what it became: what the forecast learns from."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from analysis.forecast.conditions import Conditions
from analysis.forecast.model import PHASES, Floats

SHARED_BY_REPEATS = 0.2  # correlation of flasks made alike: one stock, one day, one thermometer
_NOT_MADE_WITH = ("precursor_appearance", "ratio_ca_pb_u", "lead_mmol")
_MADE_WITH = tuple(f.name for f in fields(Conditions) if f.name not in _NOT_MADE_WITH)
SIGNS = {"alpha": "α", "mixed": "α + γ", "gamma": "γ", "delta": "δ", "failed": "no nanocrystals"}


class UnlearnableRow(ValueError):
    """A labelled flask that makes no sense; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One flask and what it became.

    ``ratio_u`` is the standard uncertainty of R, integrated over; ``confidence`` (0 to 1) that of
    the label; ``key`` the code of the batch.
    """

    conditions: Conditions
    phase: str
    ratio_u: float = 0.0
    confidence: float = 1.0
    key: str = ""

    def __post_init__(self) -> None:
        if self.phase not in PHASES:
            raise UnlearnableRow(
                f"{self.key or 'A flask'} is labelled {self.phase!r}; the forecast learns from "
                f"{', '.join(PHASES)}."
            )
        if not (math.isfinite(self.ratio_u) and self.ratio_u >= 0):
            raise UnlearnableRow(f"The uncertainty of R of {self.key or 'a flask'} is not a size.")
        if not 0 <= self.confidence <= 1:
            raise UnlearnableRow(f"The confidence of {self.key or 'a flask'} is not 0 to 1.")

    def as_dict(self) -> dict[str, Any]:
        """Return the flask, JSON-ready; `from_dict` reads it back."""
        return {
            "conditions": self.conditions.as_dict(),
            "phase": self.phase,
            "ratio_u": self.ratio_u,
            "confidence": self.confidence,
            "key": self.key,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Labelled:
        """Return the flask that `as_dict` told."""
        return cls(**{**told, "conditions": Conditions.from_dict(told["conditions"])})

    @property
    def seen(self) -> Conditions:
        """The conditions with the uncertainty of R in them."""
        if not self.ratio_u:
            return self.conditions
        return replace(self.conditions, ratio_ca_pb_u=self.ratio_u)


def counted(rows: Sequence[Labelled]) -> Floats:
    """Return how many flasks each row counts for, shape (n,).

    m flasks made alike share what made them: together they count for m / (1 + (m − 1) rho),
    rho = 0.2, each with its own outcome, so that their spread stays. A batch that is named twice
    with the same label counts once.
    """
    named = Counter(row for row in rows if row.key)
    share = [1 / max(named[row], 1) for row in rows]
    alike: defaultdict[tuple[object, ...], float] = defaultdict(float)
    for row, part in zip(rows, share, strict=True):
        alike[_made(row)] += part
    return np.array(
        [
            part / (1 + (alike[_made(row)] - 1) * SHARED_BY_REPEATS)
            for row, part in zip(rows, share, strict=True)
        ]
    )


def _made(row: Labelled) -> tuple[object, ...]:
    return tuple(getattr(row.conditions, name) for name in _MADE_WITH)
