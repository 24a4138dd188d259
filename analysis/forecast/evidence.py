"""How far conditions lie from the paper, and when that is too far."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analysis.forecast.conditions import Conditions
from analysis.forecast.model import Floats, scaled
from analysis.forecast.paper import (
    GAP,
    HIGHEST_RATIO,
    PAPER_ROWS,
    SOURCE,
    TEMPERATURE_RANGE_C,
)
from analysis.forecast.result import Evidence

FAR = 2.5  # scaled distance from which the model is doubted (science notes, section 4)
_FADE = 2.0
MOST_DOUBT = 0.3

# The same experiment within what a flask and a thermocouple can tell apart.
RATIO_MARGIN = 0.05
TEMPERATURE_MARGIN_C = 5.0


@lru_cache(maxsize=1)
def _scaled_rows() -> Floats:
    return scaled([row.conditions for row in PAPER_ROWS])


def distances(conditions: Sequence[Conditions]) -> Floats:
    """Return scaled distances to the paper's rows, shape (n, 6)."""
    apart = scaled(conditions)[:, None, :] - _scaled_rows()[None, :, :]
    return np.asarray(np.sqrt(np.sum(apart**2, axis=-1)))


def doubt(distance: Floats) -> Floats:
    """Return the share of a forecast to spread evenly, 0 up to distance 2.5, rising to 0.3."""
    beyond = np.maximum(distance - FAR, 0.0)
    return np.asarray(MOST_DOUBT * (1.0 - np.exp(-(beyond**2) / (2.0 * _FADE**2))))


def beyond_ratio(conditions: Conditions) -> bool:
    """Whether R is above anything that was made."""
    return conditions.ratio_ca_pb > HIGHEST_RATIO + RATIO_MARGIN


def beyond_temperature(conditions: Conditions) -> bool:
    """Whether the injection temperature is outside what the paper names."""
    low, high = TEMPERATURE_RANGE_C
    celsius = conditions.injection_temperature_c
    return not low - TEMPERATURE_MARGIN_C <= celsius <= high + TEMPERATURE_MARGIN_C


def seedless_above_gap(conditions: Conditions) -> bool:
    """Whether no seeds are claimed where the paper always had calcium iodide particles."""
    return conditions.seed == "none" and conditions.ratio_ca_pb > GAP[0]


def in_domain(conditions: Conditions, distance: float) -> bool:
    """Whether the paper's rows surround the conditions closely enough to speak about them."""
    return not (
        distance > FAR
        or beyond_ratio(conditions)
        or beyond_temperature(conditions)
        or seedless_above_gap(conditions)
    )


def nearest_first(row_distances: Floats) -> tuple[Evidence, ...]:
    """Return the paper's rows with their distances, shape (6,), the nearest first."""
    return tuple(
        Evidence(
            ratio_ca_pb=PAPER_ROWS[i].conditions.ratio_ca_pb,
            phase=PAPER_ROWS[i].phase,
            known=PAPER_ROWS[i].known,
            seed=PAPER_ROWS[i].conditions.seed,
            purification_cycles=PAPER_ROWS[i].conditions.purification_cycles,
            distance=float(row_distances[i]),
            sentence=PAPER_ROWS[i].sentence,
            source=SOURCE,
        )
        for i in np.argsort(row_distances, kind="stable")
    )
