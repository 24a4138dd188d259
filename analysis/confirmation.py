"""How sure a structure is: expected by rule, until a person names evidence for its parts.

Pure: no Django, no database. What a technique can be evidence of stands with the technique (`Witness`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONFIRMS, CONTRADICTS = "confirms", "contradicts"
EXPECTED, PARTLY, CONFIRMED, CONTRADICTED = (
    "expected",
    "partly_confirmed",
    "confirmed",
    "contradicted",
)
# What a structure has beside its core. Nobody sees these by XRD: they are expected until named evidence.
PARTS: dict[str, tuple[str, ...]] = {
    "seed_core_shell": ("seed", "shell"),
    "seed_core": ("seed",),
}


@dataclass(frozen=True, slots=True)
class Witness:
    """What a technique says of the parts of a particle, and what it cannot say.

    ``key`` names the yes or no in a result's ``detail``; empty, a person has to look at the picture.
    """

    parts: tuple[str, ...]  # it may speak for or against: "seed", "shell"
    found: str  # "Ca 2p"
    proves: str  # a sentence: what it shows, and what it leaves open
    key: str = ""

    def verdict(self, detail: Mapping[str, Any] | None) -> str:
        """Return what a result says of each of the parts: CONFIRMS, CONTRADICTS, "" where it is silent."""
        said = (detail or {}).get(self.key) if self.key else None
        if not isinstance(said, bool):
            return ""
        return CONFIRMS if said else CONTRADICTS


def level_of_part(verdicts: Collection[str]) -> str:
    """Return the level of one part from the verdicts that stand on it; what speaks against it wins."""
    if CONTRADICTS in verdicts:
        return CONTRADICTED
    return CONFIRMED if verdicts else EXPECTED


def level_of(structure: str, verdicts: Mapping[str, Collection[str]]) -> str:
    """Return the level of a structure from the verdicts on each part, "" where there is no structure.

    A structure without parts of its own (an alloy, a core alone) stays expected: no evidence that is known
    here tells it from others.
    """
    if not structure:
        return ""
    levels = [level_of_part(verdicts.get(part, ())) for part in PARTS.get(structure, ())]
    if CONTRADICTED in levels:
        return CONTRADICTED
    if CONFIRMED not in levels:
        return EXPECTED
    return CONFIRMED if set(levels) == {CONFIRMED} else PARTLY


def parts_with_levels(structure: str, said: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return each part of a structure with its level; ``said`` are (part, verdict) that stand."""
    verdicts = by_part(said)
    return [
        {"part": part, "level": level_of_part(verdicts.get(part, ()))}
        for part in PARTS.get(structure, ())
    ]


def by_part(said: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return part -> verdicts, of (part, verdict)."""
    found: dict[str, list[str]] = {}
    for part, verdict in said:
        found.setdefault(part, []).append(verdict)
    return found
