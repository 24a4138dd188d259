"""Lattice match of two crystals: spacings of their planes, and by how much multiples of them differ.

Spacing of any cell: 1/d² = hᵀ G* h with the reciprocal metric G* (International Tables A, 1.3). The mismatch of m planes of A on
n of B is (m·d_A − n·d_B)/(n·d_B). A small mismatch is no reason by itself: which face grows is not in it.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from .formulas import read_formula

DATA = Path(__file__).resolve().parents[1] / "data" / "lattices.toml"
AVOGADRO = 6.02214076e23
MOST_TIMES = 6  # planes of one side that are tried
GOOD = 0.05  # a mismatch below it is offered; of these the fewest planes
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)(?:\((\d+)\))?")
_HKL = re.compile(
    r"[(\[]?\s*(?:(-?\d)(-?\d)(-?\d)|(-?\d+)[\s,]+(-?\d+)[\s,]+(-?\d+))\s*[)\]]?", re.ASCII
)
_OF_SYMMETRY = ("90", "120")  # angles that are exact where they are typed so
_STEP_DEG = 1e-5  # of an angle, for its slope


class BadLattice(ValueError):
    """A cell or a face that cannot be; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A unit cell: edges (Å) and angles (degrees) with standard uncertainties, formula units and source."""

    name: str
    edges: tuple[float, float, float]
    angles: tuple[float, float, float] = (90.0, 90.0, 90.0)
    u: tuple[float, float, float] = (0.0, 0.0, 0.0)
    formula: str = ""
    z: int = 0
    source: str = "as told"
    angles_u: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def volume_angstrom3(self) -> float:
        """Volume of the cell."""
        a, b, c = self.edges
        x, y, z = (math.cos(math.radians(one)) for one in self.angles)
        return a * b * c * math.sqrt(1 - x * x - y * y - z * z + 2 * x * y * z)

    def spacing(self, hkl: tuple[int, int, int]) -> float:
        """Distance of the planes (hkl) in Å."""
        a, b, c = self.edges
        x, y, z = (math.cos(math.radians(one)) for one in self.angles)
        sx, sy, sz = (1 - one * one for one in (x, y, z))
        h, k, ell = (i / e for i, e in zip(hkl, (a, b, c), strict=True))
        across = 2 * (h * k * (x * y - z) + k * ell * (y * z - x) + h * ell * (x * z - y))
        square = h * h * sx + k * k * sy + ell * ell * sz + across
        return math.sqrt((1 - x * x - y * y - z * z + 2 * x * y * z) / square)

    def spacing_u(self, hkl: tuple[int, int, int]) -> float:
        """Its standard uncertainty from that of edges and angles; those that are equal go together."""
        here, parts = self.spacing(hkl), []
        for edge in dict.fromkeys(self.edges):
            u = max(u for one, u in zip(self.edges, self.u, strict=True) if one == edge)
            moved = tuple(one + u if one == edge else one for one in self.edges)
            parts.append(replace(self, edges=moved).spacing(hkl) - here)  # type: ignore[arg-type]
        for angle in dict.fromkeys(self.angles):
            u = max(u for one, u in zip(self.angles, self.angles_u, strict=True) if one == angle)
            turned = tuple(one + _STEP_DEG if one == angle else one for one in self.angles)
            slope = (replace(self, angles=turned).spacing(hkl) - here) / _STEP_DEG  # type: ignore[arg-type]
            parts.append(slope * u)
        return math.hypot(*parts)


@dataclass(frozen=True, slots=True)
class Face:
    """Some planes of a crystal: ``times`` spacings of (hkl)."""

    cell: Cell
    hkl: tuple[int, int, int]
    times: int = 1

    @property
    def length(self) -> float:
        """All of them together, in Å."""
        return self.times * self.cell.spacing(self.hkl)

    @property
    def words(self) -> str:
        """``5 × CaI2 (102)``."""
        times = f"{self.times} × " if self.times > 1 else ""
        joint = "" if all(0 <= one <= 9 for one in self.hkl) else " "
        return f"{times}{self.cell.name} ({joint.join(map(str, self.hkl))})"


@dataclass(frozen=True, slots=True)
class Match:
    """Two faces and their mismatch, positive where the planes of A are the wider, with its u (both in per cent)."""

    a: Face
    b: Face
    percent: float
    u_percent: float
    source: str = ""


def mismatch(a: Face, b: Face, source: str = "") -> Match:
    """Return by how much the planes of A are wider than those of B that they lie on.

    >>> cells = shipped_cells()
    >>> found = mismatch(Face(cells["cai2"], (1, 0, 2), 5), Face(cells["gamma"], (0, 0, 2), 2))
    >>> round(found.percent, 1)
    3.6
    """
    ratio = a.length / b.length
    u = ratio * math.hypot(
        a.cell.spacing_u(a.hkl) / a.cell.spacing(a.hkl),
        b.cell.spacing_u(b.hkl) / b.cell.spacing(b.hkl),
    )
    return Match(a, b, 100 * (ratio - 1), 100 * u, source)


def best_match(a: Face, b: Face) -> Match:
    """Return the match of the fewest planes that is below 5 %; of none, the smallest mismatch up to six planes."""
    tried = [
        mismatch(replace(a, times=m), replace(b, times=n))
        for m in range(1, MOST_TIMES + 1)
        for n in range(1, MOST_TIMES + 1)
    ]
    good = [one for one in tried if abs(one.percent) < 100 * GOOD]
    if good:
        return min(good, key=lambda one: (one.a.times + one.b.times, abs(one.percent)))
    return min(tried, key=lambda one: abs(one.percent))


def molar_surface_m2(cell: Cell, edge_nm: float) -> float:
    """Return the surface of one mole of cubes of an edge (m²/mol): 6 V_m/L.

    >>> round(molar_surface_m2(shipped_cells()["gamma-sutton"], 12) / 1000)
    71
    """
    if not edge_nm > 0 or not cell.z:
        raise BadLattice(
            "The edge of a cube must be above 0, and its cell say how many formula units it holds."
        )
    molar_volume_m3 = cell.volume_angstrom3 * 1e-30 / cell.z * AVOGADRO
    return 6 * molar_volume_m3 / (edge_nm * 1e-9)


def read_hkl(text: str) -> tuple[int, int, int]:
    """Read Miller indices: ``102``, ``1 0 -2``, ``(002)``; raises `BadLattice`."""
    read = _HKL.fullmatch(text.strip().replace("−", "-"))
    found = tuple(int(part) for part in read.groups() if part) if read else ()
    if len(found) != 3 or not any(found) or max(map(abs, found)) > 20:
        raise BadLattice(
            f"“{text[:20]}” are no Miller indices: write three numbers, such as 102 or 1 0 -2."
        )
    return found


def read_cell(text: str) -> Cell:
    """Read the name of a stored cell, or edges and angles: ``8.62(2) 8.85 12.50 90 90 90``; raises `BadLattice`.

    One edge is a cubic cell, three edges have right angles. Figures in brackets are the uncertainty of the last digits;
    without them it is one unit of the last digit, and an angle of 90 or 120 is exact.
    """
    known = shipped_cells()
    if text.strip() in known:
        return known[text.strip()]
    words = text.replace("Å", " ").replace("°", " ").replace(";", " ").split()
    found = [_NUMBER.fullmatch(word) for word in words]
    if len(words) not in (1, 3, 6) or not all(found):
        raise BadLattice(
            f"“{text[:40]}” is no cell: write one edge, three, or three and the angles, such as 8.62(2) 8.85 12.50 90 90 90, "
            f"or one of {', '.join(known)}."
        )
    values = [float(one[1].replace(",", ".")) for one in found if one]
    u = [_last_digits(one[1], one[2]) for one in found if one]
    u[3:] = [
        0.0 if word in _OF_SYMMETRY else one for word, one in zip(words[3:], u[3:], strict=True)
    ]
    if len(values) == 1:
        values, u = values * 3, u * 3
    a, b, c = values[:3]
    angles = (values[3], values[4], values[5]) if len(values) == 6 else (90.0, 90.0, 90.0)
    angles_u = (u[3], u[4], u[5]) if len(values) == 6 else (0.0, 0.0, 0.0)
    cell = Cell(
        f"{a:g} × {b:g} × {c:g} Å", (a, b, c), angles, (u[0], u[1], u[2]), angles_u=angles_u
    )
    if not all(1 <= one <= 100 for one in cell.edges) or not all(
        30 <= one <= 150 for one in angles
    ):
        raise BadLattice(
            "The edges of a cell lie between 1 and 100 Å, its angles between 30 and 150°."
        )
    x, y, z = (math.cos(math.radians(one)) for one in angles)
    if 1 - x * x - y * y - z * z + 2 * x * y * z <= 1e-6:
        raise BadLattice("No cell has these three angles together.")
    return cell


def _last_digits(number: str, brackets: str | None) -> float:
    places = len(number.replace(",", ".").partition(".")[2])
    return int(brackets or 1) * 10.0**-places


@lru_cache
def _data() -> tuple[dict[str, Cell], tuple[Match, ...]]:
    told = tomllib.loads(DATA.read_text())
    cells = {
        key: Cell(
            one["name"], tuple(one["cell"][:3]), tuple(one["cell"][3:]), tuple(one["u"]), one["formula"], one["z"], one["source"]
        )
        for key, one in told["cells"].items()
    }  # fmt: skip
    faces = tuple(
        mismatch(
            Face(cells[one["a"]], read_hkl(one["hkl_a"]), one["times_a"]),
            Face(cells[one["b"]], read_hkl(one["hkl_b"]), one["times_b"]),
            one["source"],
        )
        for one in told["faces"]
    )
    return cells, faces


def shipped_cells() -> dict[str, Cell]:
    """Return the stored cells by name."""
    return _data()[0]


def cells_of(species: Iterable[str]) -> dict[str, Cell]:
    """Return the stored cells that these species can make."""
    there = frozenset(species)
    return {
        key: cell
        for key, cell in shipped_cells().items()
        if set(read_formula(cell.formula).species) <= there
    }


def matches_of(species: Iterable[str]) -> list[Match]:
    """Return the matches that were said of crystals which these species can make."""
    there = {cell.name for cell in cells_of(species).values()}
    return [one for one in _data()[1] if {one.a.cell.name, one.b.cell.name} <= there]
