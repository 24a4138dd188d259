"""Tolerance and octahedral factors of ABX3, each with the radii that it was computed from.

Goldschmidt, Naturwissenschaften 1926, 14, 477: t = (r_A + r_X)/√2(r_B + r_X); μ = r_B/r_X. A factor says nothing
without its radii: CsPbI3 has t = 0.807 with Cs⁺ in six-fold and 0.851 in twelve-fold coordination.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Site = Literal["A", "B", "X"]
SHANNON = "Shannon, Acta Cryst. A 1976, 32, 751"
KIESLICH = "Kieslich, Sun & Cheetham, Chem. Sci. 2014, 5, 4712 (effective radii)"
RADIUS_U = 0.01  # Å, assumed: the last digit that is printed


@dataclass(frozen=True, slots=True)
class Radius:
    """One ionic radius (Å) of a species, with its coordination and source."""

    species: str  # as in `species`: Cs, FA, Pb
    site: Site
    angstrom: float
    coordination: str
    source: str = SHANNON

    @property
    def name(self) -> str:
        """What it is called: ``Cs (XII) 1.88 Å``."""
        return f"{self.species} ({self.coordination}) {self.angstrom:.2f} Å"


RADII = (
    Radius("Cs", "A", 1.67, "VI"), Radius("Cs", "A", 1.88, "XII"),
    Radius("Rb", "A", 1.52, "VI"), Radius("Rb", "A", 1.72, "XII"),
    Radius("K", "A", 1.38, "VI"), Radius("K", "A", 1.64, "XII"),
    Radius("MA", "A", 2.17, "effective", KIESLICH), Radius("FA", "A", 2.53, "effective", KIESLICH),
    Radius("Pb", "B", 1.19, "VI"), Radius("Ca", "B", 1.00, "VI"), Radius("Sr", "B", 1.18, "VI"),
    Radius("Mn", "B", 0.83, "VI, high spin"), Radius("Ba", "B", 1.35, "VI"), Radius("Cd", "B", 0.95, "VI"),
    Radius("Mg", "B", 0.72, "VI"), Radius("Zn", "B", 0.74, "VI"),
    Radius("I", "X", 2.20, "VI"), Radius("Br", "X", 1.96, "VI"), Radius("Cl", "X", 1.81, "VI"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Factors:
    """t and μ of one ABX3 with their standard uncertainties, and the set of radii."""

    formula: str
    tolerance: float
    tolerance_u: float
    octahedral: float
    octahedral_u: float
    radii: tuple[Radius, ...]

    @property
    def words(self) -> str:
        """The radii: ``Cs (VI) 1.67 Å, Pb (VI) 1.19 Å, I (VI) 2.20 Å``."""
        return ", ".join(one.name for one in self.radii)

    @property
    def source(self) -> str:
        """Where the radii were printed."""
        return "; ".join(dict.fromkeys(one.source for one in self.radii))


def factors(a: Radius, b: Radius, x: Radius) -> Factors:
    """Return t and μ of one set of radii.

    >>> cs, pb, iodide = RADII[0], RADII[8], RADII[16]
    >>> round(factors(cs, pb, iodide).tolerance, 3)
    0.807
    """
    below = math.sqrt(2) * (b.angstrom + x.angstrom)
    t = (a.angstrom + x.angstrom) / below
    slopes = (1 / below, t / (b.angstrom + x.angstrom), 1 / below - t / (b.angstrom + x.angstrom))
    mu = b.angstrom / x.angstrom
    return Factors(
        f"{a.species}{b.species}{x.species}3", t, RADIUS_U * math.hypot(*slopes),
        mu, RADIUS_U / x.angstrom * math.hypot(1, mu), (a, b, x),
    )  # fmt: skip


def factors_of(species: Iterable[str]) -> list[Factors]:
    """Return t and μ of every ABX3 that these species could make, for every radius of the A site."""
    there = frozenset(species)
    sites = {
        site: [one for one in RADII if one.site == site and one.species in there] for site in "ABX"
    }
    return [factors(a, b, x) for b in sites["B"] for x in sites["X"] for a in sites["A"]]
