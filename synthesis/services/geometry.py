"""What a recipe's crystals look like beside one another: tolerance factors, lattice matches, surface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.formulas import read_formula
from synthesis.chemistry.lattices import (
    BadLattice,
    Cell,
    Face,
    Match,
    best_match,
    cells_of,
    matches_of,
    mismatch,
    molar_surface_m2,
    read_cell,
    read_hkl,
    shipped_cells,
)
from synthesis.chemistry.radii import Factors, factors_of
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.recipe_parts import Substance
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Recipe, RecipeVersion

EDGE_NM = 12.0
MOST_TIMES = 20
DEPTH = 3  # stocks of stocks that are followed
ASKED = ("cell_a", "hkl_a", "times_a", "cell_b", "hkl_b", "times_b", "edge_nm")


@dataclass(frozen=True, slots=True)
class Surface:
    """The surface of one mole of cubes of an edge."""

    cell: Cell
    edge_nm: float
    m2_per_mol: float

    @property
    def hundreds_m2(self) -> float:
        """To hundreds of m²: no cell is known better."""
        return round(self.m2_per_mol, -2)


@dataclass(frozen=True, slots=True)
class Geometry:
    """What follows from the species of a recipe, and the match that was asked for."""

    factors: list[Factors]
    matches: list[Match]
    surfaces: list[Surface]
    cells: dict[str, Cell]
    asked: Match | None


def geometry_of(user: Any, version: RecipeVersion, asked: Mapping[str, str]) -> Geometry:
    """Return the geometry of a recipe; raises `Refusal` with its field for a cell or face that cannot be."""
    there = species_of(user, version.read())
    edge = _number(asked, "edge_nm", "nm", EDGE_NM, 0.5, 1e6)
    surfaces = [
        Surface(cell, edge, molar_surface_m2(cell, edge))
        for cell in cells_of(there).values()
        if len(read_formula(cell.formula).species) > 2
    ]
    return Geometry(
        factors_of(there), matches_of(there), surfaces, dict(shipped_cells()), _asked(asked)
    )


def species_of(user: Any, definition: RecipeDefinition) -> frozenset[str]:
    """Return every species that a recipe and the stocks in it bring."""
    found: set[str] = set()
    waiting, seen = [definition], set[str]()
    for _ in range(DEPTH):
        stocks: set[str] = set()
        for one in waiting:
            for ingredient in one.ingredients:
                for substance in filter(None, [ingredient.substance, *ingredient.options.values()]):
                    found.update(_species(substance))
                if ingredient.stock:
                    stocks.add(ingredient.stock)
        stocks -= seen
        if not stocks:
            break
        seen |= stocks
        rows = RecipeVersion.objects.filter(recipe__slug__in=stocks)
        rows = rows.filter(recipe__in=Recipe.objects.visible_to(user)).order_by(
            "recipe_id", "-number"
        )
        waiting = [version.read() for version in rows.distinct("recipe_id")]
    return frozenset(found)


def _species(substance: Substance) -> Iterable[str]:
    if substance.species:
        return substance.species
    try:
        return read_formula(substance.formula, ask=False).species if substance.formula else ()
    except ValueError:  # a draft's formula, or one of words
        return ()


def _asked(asked: Mapping[str, str]) -> Match | None:
    """Return the match that was asked for; None where no cell is said."""
    if not asked.get("cell_a", "").strip() and not asked.get("cell_b", "").strip():
        return None
    a, b = (_face(asked, side) for side in "ab")
    if asked.get("times_a") or asked.get("times_b"):
        return mismatch(a, b)
    return best_match(a, b)


def _face(asked: Mapping[str, str], side: str) -> Face:
    cell = _read(read_cell, asked, f"cell_{side}")
    hkl = _read(read_hkl, asked, f"hkl_{side}")
    times = _number(asked, f"times_{side}", "1", 1, 1, MOST_TIMES)
    if times != int(times):
        raise Refusal("Planes are counted in whole numbers.", field=f"times_{side}")
    return Face(cell, hkl, int(times))


def _read(reader: Any, asked: Mapping[str, str], name: str) -> Any:
    try:
        return reader(asked.get(name, "")[:120])
    except BadLattice as bad:
        raise Refusal(str(bad), field=name) from bad


def _number(
    asked: Mapping[str, str], name: str, unit: str, otherwise: float, low: float, high: float
) -> float:
    text = asked.get(name, "").strip()
    try:
        number = float(parse_quantity(text, unit).value) if text else otherwise
    except UnreadableQuantity as bad:
        raise Refusal(str(bad), field=name) from bad
    if not low <= number <= high:
        raise Refusal(f"“{text[:20]}” is no number from {low:g} to {high:g}.", field=name)
    return number
