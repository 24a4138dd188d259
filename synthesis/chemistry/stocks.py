"""Stock solutions: which recipe makes them, and what concentration that recipe gives."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from .flask import effective_contributions, planned_contributions
from .plan import Plan
from .ratios import ORGANIC, Contribution, total
from .reagents import ZERO, Reagent
from .recipe import RecipeDefinition, load_shipped_recipes
from .recipe_parts import Ingredient
from .sources import Balance, Source, UnfitSource, UnsolvablePlan


def stock_recipes(
    recipe: RecipeDefinition, stocks: Mapping[str, RecipeDefinition] | None, chain: tuple[str, ...]
) -> dict[str, RecipeDefinition]:
    """Find the recipe of every stock that a recipe uses, by slug; raises UnsolvablePlan."""
    found: dict[str, RecipeDefinition] = {}
    for slug in sorted({one.stock for one in recipe.ingredients if one.stock}):
        stock = (stocks or {}).get(slug) or load_shipped_recipes().get(slug)
        if stock is None:
            raise UnsolvablePlan(
                f"The stock solution “{slug}” has no recipe here, so its concentration is not known. Add its recipe first."
            )
        if slug in chain or slug == recipe.slug:
            raise UnsolvablePlan(
                f"The stock solution “{slug}” is made from itself. Correct its recipe."
            )
        found[slug] = stock
    return found


def stock_reagent(
    ingredient: Ingredient, stock: Plan, source: Source | None, balance: Balance
) -> Reagent:
    """A stock at the concentration its recipe gives, and at the one its batch really has."""
    volume = sum((line.volume_ml for line in stock.reagents if line.volume_ml is not None), ZERO)
    if not volume:
        raise UnsolvablePlan(
            f"The recipe of the stock “{stock.recipe.slug}” has no liquid, so it has no concentration."
        )
    planned = _ions_per_volume(planned_contributions(stock.reagents, balance), volume)
    real = _ions_per_volume(effective_contributions(stock.reagents, balance), volume)
    relative = ZERO
    if source is not None and source.concentration_mol_l is not None:
        main = next(iter(planned), None)
        if main is None:
            raise UnfitSource(
                f"Lot {source.code} has a concentration, but its recipe holds no ion to count."
            )
        factor = source.concentration_mol_l / planned[main]
        real = {ion: value * factor for ion, value in planned.items()}
        relative = (source.concentration_uncertainty_mol_l or ZERO) / source.concentration_mol_l
    return Reagent(
        ingredient=ingredient,
        name=ingredient.stock_name,
        source=source,
        concentrations_mol_l=real,
        planned_concentrations_mol_l=planned,
        concentration_relative_uncertainty=relative,
    )


def _ions_per_volume(
    contributions: Sequence[Contribution], volume_ml: Decimal
) -> dict[str, Decimal]:
    ions = {
        name
        for one in contributions
        for name in one.species
        if name[0].isupper() and name not in ORGANIC
    }
    return {ion: total([ion], contributions) / volume_ml for ion in sorted(ions)}
