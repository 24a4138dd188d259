"""Whether a newly learned model takes the place of the one before: on flasks that one had not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.forecast.labelled import Labelled
from analysis.forecast.learned import LabModel
from analysis.forecast.model import PHASES
from analysis.forecast.predict import published

MOST_COMPARED = 20  # newest flasks
ROWS_A_STEP = 25  # learned anew for each of the newest, or when the rows have grown by a 25th
FEWEST_COMPARED = 3  # below, nothing tells luck from a worse model
ERRORS = 2.0  # a mean difference below this many standard errors is luck of the draw


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean −ln P(observed) of two ways to forecast the same n flasks, None where there are none.

    ``this`` forecasts each from what the model before had seen and the flasks since, ``previous`` is that
    model as it was.
    ``difference_u`` is the standard error of the mean difference.
    """

    n: int
    this: float | None
    previous: float | None
    difference_u: float | None

    @property
    def is_worse(self) -> bool:
        """Whether what is newly learned forecasts worse, by more than chance explains."""
        if self.this is None or self.previous is None or self.difference_u is None:
            return False
        worse = self.this - self.previous
        return self.n >= FEWEST_COMPARED and worse > max(ERRORS * self.difference_u, 1e-6)

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return asdict(self)


def compare(rows: Sequence[Labelled], previous: LabModel) -> Comparison:
    """Compare learning from ``rows``, in order of time, with the model before, where that is blind.

    Only rows that ``previous`` was not made of count: what it knows it cannot forecast.
    """
    known = {(row.key, row.phase) for row in previous.rows}
    seen = [row for row in rows if (row.key, row.phase) in known]
    unseen = [row for row in rows if (row.key, row.phase) not in known]
    start = max(len(unseen) - MOST_COMPARED, 0)
    chosen = unseen[start:]
    if not chosen:
        return Comparison(0, None, None, None)
    step = max(1, (len(seen) + start) // ROWS_A_STEP)
    here: list[float] = []
    for first in range(0, len(chosen), step):
        model = LabModel.learn([*seen, *unseen[: start + first]])
        here += [_loss(model, row) for row in chosen[first : first + step]]
    before = [_loss(previous, row) for row in chosen]
    difference = np.array(here) - np.array(before)
    error = float(difference.std(ddof=1) / math.sqrt(len(chosen))) if len(chosen) > 1 else None
    return Comparison(
        n=len(chosen),
        this=round(float(np.mean(here)), 6),
        previous=round(float(np.mean(before)), 6),
        difference_u=None if error is None else round(error, 6),
    )


def _loss(model: LabModel, row: Labelled) -> float:
    chances = published([row.seen], model)[0]
    return -math.log(max(float(chances[PHASES.index(row.phase)]), 1e-12))
