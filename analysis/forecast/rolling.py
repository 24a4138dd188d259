"""Rolling-origin backtests: what is forecast from what, and how it is marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 10  # of how sure a forecast is


@dataclass(frozen=True, slots=True)
class Marks:
    """How good forecasts were: mean −ln P(observed), mean Brier score (0 to 2), calibration error
    (mean |confidence − hit rate| over ten bins) and the share of hits."""

    log_loss: float
    brier: float
    ece: float
    hits: float


def origins(rows: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop): rows start to stop are forecast from those before start.

    Anew for every row up to ten, then whenever the rows have grown by a fifth.
    """
    start = 0
    while start < rows:
        stop = min(rows, start + max(1, start // 5))
        yield start, stop
        start = stop


def marks(said: Floats, observed: NDArray[np.intp]) -> Marks:
    """Return the marks of chances, shape (n, classes), against the observed classes, (n,)."""
    of_observed = said[np.arange(len(observed)), observed]
    likeliest, sure = said.argmax(axis=1), said.max(axis=1)
    hit = likeliest == observed
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(float(np.sum(sure[bins == b] - hit[bins == b]))) for b in range(BINS)]
    truth = np.eye(said.shape[1])[observed]
    return Marks(
        log_loss=round(float(-np.log(np.maximum(of_observed, 1e-12)).mean()), 6),
        brier=round(float(((said - truth) ** 2).sum(axis=1).mean()), 6),
        ece=round(sum(gaps) / len(observed), 6),
        hits=round(float(hit.mean()), 6),
    )
