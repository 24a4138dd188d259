"""Which ratios a plan reports: those that its recipe asks for, and the usual ones of its flask."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .charges import is_metal
from .contents import species_in
from .ratios import A_SITE, Contribution, Ratio, usual_ratios
from .reagent_lines import ReagentLine, read_reagent
from .recipe import RecipeDefinition


def present_species(lines: Sequence[ReagentLine]) -> list[str]:
    """Return all species that the reagents bring, in the recipe's order; planned at zero or not."""
    return list(dict.fromkeys(name for line in lines for name in line.reagent.species))


def reference_species(recipe: RecipeDefinition, lines: Sequence[ReagentLine]) -> str | None:
    """Return the species that the others are told over, None when there is none.

    What the recipe asks an amount of; else what it asks a ratio over; else the metal on the B site
    of its product; else the first such metal that goes in; else the first A-site cation.
    """
    present = present_species(lines)
    candidates = [one.element for one in recipe.inputs if one.kind == "amount"]
    candidates += [one.denominator[0] for one in recipe.ratios if len(one.denominator) == 1]
    made = list(species_in(recipe.product_formula))
    candidates += [name for name in (*made, *present) if is_metal(name) and name not in A_SITE]
    candidates += [name for name in present if name in A_SITE]
    return next((name for name in candidates if name in present), None)


def reported_ratios(
    recipe: RecipeDefinition, lines: Sequence[ReagentLine], reference: str | None
) -> list[Ratio]:
    """Return the recipe's own ratios, the first of which is its R, then the usual ones."""
    asked = recipe.ratios
    found = {
        one.key: Ratio(
            one.key, one.numerator, one.denominator, asked=True, is_first=one is asked[0]
        )
        for one in asked
    }
    ligands = _ligands((line.reagent.role, line.reagent.species) for line in lines)
    same = {(one.above, one.below) for one in found.values()}
    for ratio in usual_ratios(present_species(lines), reference, ligands):
        if (ratio.above, ratio.below) not in same:
            found.setdefault(ratio.key, ratio)
    return list(found.values())


def _ligands(reagents: Iterable[tuple[str, Iterable[str]]]) -> frozenset[str]:
    return frozenset(
        name
        for role, species in reagents
        if role == "ligand"
        for name in species
        if not is_metal(name)
    )


def frozen_ratios(plan: Mapping[str, Any]) -> list[Ratio]:
    """Return the ratios that a frozen plan reports.

    Plans frozen before they said so (algorithm 1, the paper's recipes) reported the usual ones.
    """
    kept = plan.get("ratios")
    if kept is not None:
        return [
            Ratio(one["key"], tuple(one["numerator"]), tuple(one["denominator"]), one["asked"])
            for one in kept
        ]
    reagents = [read_reagent(line) for line in plan["reagents"]]
    present = list(dict.fromkeys(name for one in reagents for name in one.species))
    metals = [name for name in present if is_metal(name)]
    reference = next((name for name in metals if name not in A_SITE), next(iter(metals), None))
    ligands = _ligands((one.role, one.species) for one in reagents)
    usual = usual_ratios(present, reference, ligands)
    return [one for one in usual if one.key in plan["composition"]]


def added_ratios(
    ratios: Sequence[Ratio], planned: Iterable[str], contributions: Sequence[Contribution]
) -> list[Ratio]:
    """Return the usual ratios of species that only reagents beside the plan brought.

    In a free experiment, which plans nothing, these are all ratios there are.
    """
    present = list(dict.fromkeys(name for one in contributions for name in one.species))
    added = set(present) - set(planned)
    if not added:
        return []
    metals = [name for name in present if is_metal(name)]
    candidates = [one.below[0] for one in ratios if len(one.below) == 1]
    candidates += [name for name in metals if name not in A_SITE] + metals
    reference = next((name for name in candidates if name in present), None)
    known = {one.key for one in ratios}
    return [
        one
        for one in usual_ratios(present, reference, frozenset())
        if one.key not in known and added & one.species
    ]
