"""Which structure a phase stands for: a rule of the paper, not a fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from analysis.confirmation import PARTS
from analysis.forecast.conditions import Conditions

STRUCTURES = ("seed_core_shell", "seed_core", "alloy", "core_only")
UNDETERMINED = "undetermined"
_WRITTEN = {
    "seed_core_shell": "CaIx/{phase}-CsPbI3/CaI2",
    "seed_core": "CaIx/{phase}-CsPbI3",
    "alloy": "{phase}-CsPb(y)Ca(1−y)I3",
    "core_only": "{phase}-CsPbI3",
}


class ByRule(NamedTuple):
    """A structure that the paper's rule gives: its name, what it is made of, the parts nobody has seen."""

    structure: str  # one of STRUCTURES, or UNDETERMINED
    written: str  # "CaIx/γ-CsPbI3/CaI2"; "" where no rule covers it
    parts: tuple[str, ...]  # "seed", "shell"


def structure_of(phase: str, conditions: Conditions) -> ByRule:
    """Return the structure of a flask that came out as ``phase`` ("alpha", "gamma", ...).

    Rule (science notes, section 4): alpha without calcium is plain CsPbI3, with calcium an alloy;
    gamma on CaIx seeds carries a CaI2 shell until a second wash. No rule covers mixed, delta,
    failed or PbS seeds.
    """
    of = {"alpha": _structure_of_alpha, "gamma": _structure_of_gamma}.get(phase)
    structure = of(conditions) if of else UNDETERMINED
    letter = {"alpha": "α", "gamma": "γ"}.get(phase, "")
    written = _WRITTEN.get(structure, "").format(phase=letter)
    return ByRule(structure, written, PARTS.get(structure, ()))


def expected_structure(conditions: Conditions, phase: Mapping[str, float]) -> dict[str, float]:
    """Return the chance of each structure by `structure_of`, given P(phase); they add up to P's sum."""
    chances = dict.fromkeys((*STRUCTURES, UNDETERMINED), 0.0)
    for name, chance in phase.items():
        chances[structure_of(name, conditions).structure] += chance
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
