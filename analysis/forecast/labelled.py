"""A flask of the lab with what it became: what the forecast learns from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from analysis.forecast.conditions import Conditions
from analysis.forecast.model import PHASES

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

    @property
    def seen(self) -> Conditions:
        """The conditions with the uncertainty of R in them."""
        return replace(self.conditions, ratio_ca_pb_u=self.ratio_u or self.conditions.ratio_ca_pb_u)
