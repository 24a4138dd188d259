"""Which structure a phase stands for: a rule of the paper, not a fit."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.forecast.conditions import Conditions

STRUCTURES = ("seed_core_shell", "seed_core", "alloy", "core_only")
UNDETERMINED = "undetermined"


def expected_structure(conditions: Conditions, phase: Mapping[str, float]) -> dict[str, float]:
    """Return the chance of each structure, given P(phase); the values add up to P's sum.

    Rule (science notes, section 4): alpha without calcium is plain CsPbI3, with calcium an alloy;
    gamma on CaIx seeds carries a CaI2 shell until a second wash. No rule covers mixed, delta,
    failed or PbS seeds: their chance goes to ``undetermined``.
    """
    chances = dict.fromkeys((*STRUCTURES, UNDETERMINED), 0.0)
    chances[_structure_of_alpha(conditions)] += phase["alpha"]
    chances[_structure_of_gamma(conditions)] += phase["gamma"]
    chances[UNDETERMINED] += phase["mixed"] + phase["delta"] + phase["failed"]
    return chances


def _structure_of_alpha(conditions: Conditions) -> str:
    if conditions.seed == "PbS":
        return UNDETERMINED
    return "alloy" if conditions.ratio_ca_pb > 0 else "core_only"


def _structure_of_gamma(conditions: Conditions) -> str:
    if conditions.seed == "PbS":
        return UNDETERMINED
    if conditions.ratio_ca_pb == 0:
        return "core_only"
    if conditions.seed == "none":
        return UNDETERMINED
    return "seed_core_shell" if conditions.purification_cycles <= 1 else "seed_core"
