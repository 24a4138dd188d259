"""How soon suggested batches find the boundary between α and γ in simulated labs: part of ``make learning``.

Labs of the paper's family (competing failures, wrong labels), whose boundary moves by 0.02 from batch to batch. The
boundary lies near the paper's, or anywhere between R = 0.1 and 0.9.
"""

from __future__ import annotations

import numpy as np

from analysis.forecast import PHASES, Conditions, Labelled, LabModel
from analysis.suggestions import find_boundary
from analysis.suggestions.boundary import boundary
from analysis.suggestions.suggestion import candidates
from tests.analysis.forecast.families import Flasks, SimulatedLab

FLASK = Conditions(ratio_ca_pb=0.5)
RATIOS = candidates(0, 1, 0.0125)
BATCHES = (5, 8, 10, 12)
SCATTER = 0.02  # of the boundary from batch to batch
WITHIN = 0.03
WHERE = ("near the paper's", "anywhere")


def flask_at(ratio: float) -> Flasks:
    """Return the flask of the paper at R."""
    one = np.ones(1)
    return Flasks(
        ratio=one * ratio,
        celsius=one * 170,
        oa=one * 7.5,
        ola=one * 7.0,
        cs=one * 0.41,
        seconds=one * 5.0,
        washes=one,
        humidity=one * 70,
        pbs=0 * one,
    )


def errors_of(where: str, seed: int) -> list[tuple[float, bool]]:
    """Return by how much the boundary is missed after each of BATCHES, and whether the 80 % interval held it."""
    lab = SimulatedLab("paper", seed)
    if where == "anywhere":
        lab.threshold = lab.dice.uniform(0.1, 0.9)
    middle = lab.threshold
    truth = middle / (1 - 40 * lab.lost)  # 70 % of humidity take their share of the calcium
    rows: list[Labelled] = []
    found = []
    model = LabModel.paper()
    for number in range(1, max(BATCHES) + 1):
        (one,) = find_boundary(model, FLASK, RATIOS)
        lab.threshold = middle + SCATTER * lab.dice.standard_normal()
        chances = lab.chances(flask_at(one.ratio))[0]
        phase = PHASES[int(lab.dice.choice(len(PHASES), p=chances))]
        rows.append(Labelled(Conditions(ratio_ca_pb=one.ratio), phase, key=f"S-{number}"))
        model = LabModel.learn(rows)
        if number in BATCHES:
            believed = boundary(model, FLASK)
            held = believed.low <= truth <= believed.high
            found.append((abs(believed.value - truth), held))
    return found
