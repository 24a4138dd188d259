"""The second forecast: what the precursor looked like before the caesium went in.

Seen particles mean CaIx seeds, which the paper says make gamma; a clear flask means none, hence
alpha. In the four paper rows whose look and phase are both known the look was right four times, so
by the rule of succession it is trusted 5 times in 6. It says nothing on mixed, delta or failed.
"""

from __future__ import annotations

import numpy as np

from analysis.forecast.conditions import Conditions
from analysis.forecast.model import PHASES, Floats
from analysis.forecast.paper import PAPER_ROWS
from analysis.forecast.posterior import evenly_picked

PHASE_MEANT = {"clear": "alpha", "colloidal": "gamma", "turbid": "gamma", "precipitate": "gamma"}


def trust() -> float:
    """Return how often the look is taken to tell alpha from gamma: (right + 1) / (seen + 2)."""
    seen = [row for row in PAPER_ROWS if row.appearance is not None]
    right = sum(PHASE_MEANT[row.appearance] == row.phase for row in seen if row.appearance)
    return (right + 1) / (len(seen) + 2)


def tells_something(conditions: Conditions) -> bool:
    """Whether the look is known and can speak of CaIx seeds; PbS seeds hide them."""
    return conditions.precursor_appearance is not None and conditions.seed != "PbS"


def given_appearance(draws: Floats, appearance: str) -> Floats:
    """Return P(phase) draws that know the look: Bayes' rule within and between the draws.

    ``draws`` and the answer have shape (draws, n, 5) with n = 1; draws that expected the look are
    repeated, so all still count alike.
    """
    right = trust()
    likelihood = np.full(len(PHASES), 0.5)
    for phase in ("alpha", "gamma"):
        meant = PHASE_MEANT[appearance] == phase
        likelihood[PHASES.index(phase)] = right if meant else 1.0 - right
    joint = draws * likelihood
    expected_look = joint.sum(axis=-1, keepdims=True)
    return np.asarray((joint / expected_look)[evenly_picked(expected_look[:, 0, 0], len(draws))])
