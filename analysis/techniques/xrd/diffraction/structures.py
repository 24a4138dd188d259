"""The crystal structures a pattern is compared with, and the family between cubic and tilted CsPbI3."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

STRUCTURES_FILE = Path(__file__).with_name("structures.toml")

# γ-CsPbI3 with its octahedra untilted: the same atoms on the sites of the cubic perovskite, Pnma setting.
_UNTILTED_POSITIONS = ((0.0, 0.75, 0.0), (0.0, 0.0, 0.5), (0.25, 0.0, 0.75), (0.0, 0.25, 0.5))


@dataclass(frozen=True, slots=True)
class Atom:
    """One site of the asymmetric unit: fractional coordinates and B in Å²."""

    element: str
    x: float
    y: float
    z: float
    b_angstrom2: float


@dataclass(frozen=True, slots=True)
class Structure:
    """A crystal structure: cell in Å and degrees, Hermann-Mauguin symbol, asymmetric unit."""

    key: str
    name: str
    formula: str
    space_group: str
    cell: tuple[float, float, float, float, float, float]
    atoms: tuple[Atom, ...]
    source: str
    confidence: str


@cache
def structures() -> dict[str, Structure]:
    """Return every structure that ships with the notebook, by key."""
    with STRUCTURES_FILE.open("rb") as file:
        table = tomllib.load(file)
    return {
        key: Structure(
            key=key,
            name=entry["name"],
            formula=entry["formula"],
            space_group=entry["space_group"],
            cell=tuple(entry["cell"]),
            atoms=tuple(Atom(*atom) for atom in entry["atoms"]),
            source=entry["source"],
            confidence=entry["confidence"],
        )
        for key, entry in table.items()
    }


def pseudo_cubic_angstrom() -> float:
    """Edge in Å of the cube that holds one formula unit of γ-CsPbI3 at room temperature."""
    a, b, c = structures()["gamma"].cell[:3]
    return float((a * b * c / 4.0) ** (1.0 / 3.0))


@cache
def tilted(tilt: float) -> Structure:
    """Return CsPbI3 with a part of γ's octahedral tilt, in γ's Pnma setting.

    ``tilt`` 0 is the cubic perovskite with γ's volume, 1 the published γ structure. Iodine moves with the
    tilt; the shift of Cs (X5+, which couples to R4+·M3+) and the strain of the cell grow with its square
    (Landau), so superlattice lines of iodine grow about as tilt squared and those of Cs slower. Displacement
    parameters go from those of α to those of γ.
    """
    gamma = structures()["gamma"]
    cubic_b = {atom.element: atom.b_angstrom2 for atom in structures()["alpha"].atoms}
    share = min(tilt, 1.0)
    edge = pseudo_cubic_angstrom()
    cubic_cell = (edge * 2**0.5, 2 * edge, edge * 2**0.5)
    square = tilt**2
    a, b, c = (
        (1 - square) * cubic + square * real
        for cubic, real in zip(cubic_cell, gamma.cell[:3], strict=True)
    )
    atoms = []
    for atom, (x, y, z) in zip(gamma.atoms, _UNTILTED_POSITIONS, strict=True):
        moved = square if atom.element == "Cs" else tilt
        atoms.append(
            replace(
                atom,
                x=(1 - moved) * x + moved * atom.x,
                y=(1 - moved) * y + moved * atom.y,
                z=(1 - moved) * z + moved * atom.z,
                b_angstrom2=(1 - share) * cubic_b[atom.element] + share * atom.b_angstrom2,
            )
        )
    return replace(
        gamma, key=f"tilt-{tilt:.3f}", cell=(a, b, c, 90.0, 90.0, 90.0), atoms=tuple(atoms)
    )
