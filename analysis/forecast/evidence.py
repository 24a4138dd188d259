"""How far conditions lie from the paper, and when that is too far."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy

from analysis.forecast.conditions import Conditions
from analysis.forecast.labelled import SIGNS, Labelled
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
NEAR = 1.0  # scaled distance within which a flask of the lab speaks for another
MOST_FLASKS = 6  # of the lab, listed beside the paper's six rows

# The same experiment within what a flask and a thermocouple can tell apart.
RATIO_MARGIN = 0.05
TEMPERATURE_MARGIN_C = 5.0


@lru_cache(maxsize=1)
def _scaled_rows() -> Floats:
    return scaled([row.conditions for row in PAPER_ROWS])


def distances(conditions: Sequence[Conditions], rows: Sequence[Conditions] | None = None) -> Floats:
    """Return scaled distances to the rows, the paper's if none are given: shape (n, rows)."""
    if rows is not None and not rows:
        return np.empty((len(conditions), 0))
    others = _scaled_rows() if rows is None else scaled(rows)
    return np.asarray(scipy.spatial.distance.cdist(scaled(conditions), others))


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


def made_alike(from_lab: Floats) -> bool:
    """Whether a flask of the lab is close enough to speak for another, at these distances."""
    return bool(from_lab.size and from_lab.min() <= NEAR)


def in_domain(conditions: Conditions, from_paper: Floats, from_lab: Floats) -> bool:
    """Whether rows of the paper, or a flask of the lab, are close enough to speak about them."""
    if made_alike(from_lab):
        return True
    return not (
        from_paper.min() > FAR
        or beyond_ratio(conditions)
        or beyond_temperature(conditions)
        or seedless_above_gap(conditions)
    )


def nearest_first(
    from_paper: Floats, rows: Sequence[Labelled] = (), from_lab: Floats | None = None
) -> tuple[Evidence, ...]:
    """Return the paper's rows and the nearest flasks of the lab, the nearest first."""
    found = [
        Evidence(
            ratio_ca_pb=row.conditions.ratio_ca_pb,
            phase=row.phase,
            known=row.known,
            seed=row.conditions.seed,
            purification_cycles=row.conditions.purification_cycles,
            distance=float(distance),
            sentence=row.sentence,
            source=SOURCE,
        )
        for row, distance in zip(PAPER_ROWS, from_paper, strict=True)
    ]
    if from_lab is not None:
        for i in np.argsort(from_lab, kind="stable")[:MOST_FLASKS]:
            row = rows[i]
            found.append(
                Evidence(
                    ratio_ca_pb=row.conditions.ratio_ca_pb,
                    phase=row.phase,
                    known="measured",
                    seed=row.conditions.seed,
                    purification_cycles=row.conditions.purification_cycles,
                    distance=float(from_lab[i]),
                    sentence=f"{row.key or 'A flask of this lab'} became {SIGNS[row.phase]} "
                    f"at R = {row.conditions.ratio_ca_pb:.3g}.",
                    source="this lab",
                    batch=row.key,
                )
            )
    return tuple(sorted(found, key=lambda one: one.distance))
