"""What a stock holds once a bottle of it is chosen, and which bottles can be one."""

from dataclasses import replace
from decimal import Decimal

from .contents import StockContents, species_in
from .element_names import listed
from .ratios import ZERO, Cause
from .reagents import Reagent, bottle_formula
from .sources import Source, UnfitSource

NONE = (ZERO, ZERO)  # of a species that a batch did not bring: mol/L, uncertainty


def poured(reagent: Reagent, stock_slug: str, source: Source | None) -> Reagent:
    """Return a reagent as it comes out of a bottle; without one, as the recipe says.

    Its species stay those that the recipe spells, however the label spells the same substance.
    Raises UnfitSource when the bottle is another substance, with what would do.
    """
    if source is None:
        return reagent
    density = source.density_g_ml or reagent.density_g_ml
    if reagent.recipe_stock is not None:
        stock = stock_in(source, reagent.key, reagent.name, stock_slug, reagent.recipe_stock)
        return replace(reagent, source=source, stock=stock, density_g_ml=density)
    formula = bottle_formula(
        source, reagent.key, reagent.name, reagent.chemical, reagent.recipe_formula
    )
    return replace(
        reagent,
        source=source,
        formula=formula,
        density_g_ml=density,
        purity=source.purity,
        per_mmol=reagent.per_mmol or species_in(formula),
    )


def stock_in(
    source: Source, key: str, name: str, slug: str, recipe: StockContents
) -> StockContents:
    """Return what is in this bottle of a stock: its titre, else its batch's composition, else the plan's."""
    _must_fit(source, key, name, slug)
    if source.concentration_mol_l is not None:
        return _titrated(source, key, name, recipe)
    if source.composition:
        return _composed(source, key, name, recipe)
    return StockContents(recipe.planned, recipe.real, recipe.causes, "planned", recipe.unit)


def _must_fit(source: Source, key: str, name: str, slug: str) -> None:
    would_do = f"Choose a stock that was made by the recipe “{slug}”, or make one."
    if source.chemical_slug or source.formula:
        inside = " ".join(
            part
            for part in (source.chemical_slug, f"({source.formula})" * bool(source.formula))
            if part
        )
        raise UnfitSource(
            f"{source.code} is a bottle of {inside}, but “{key}” asks for the stock {name}. {would_do}",
            f"lots.{key}",
        )
    if source.recipe_slug and source.recipe_slug != slug:
        raise UnfitSource(
            f"{source.code} was made by the recipe “{source.recipe_slug}”, but “{key}” asks for the stock "
            f"{name}. {would_do}",
            f"lots.{key}",
        )


def _titrated(source: Source, key: str, name: str, recipe: StockContents) -> StockContents:
    titre = source.concentration_mol_l or ZERO
    species = source.concentration_species
    field = f"lots.{key}"
    if not recipe.planned:
        raise UnfitSource(
            f"Lot {source.code} has a concentration, but its recipe holds no species to count.",
            field,
        )
    if species and species not in recipe.planned:
        raise UnfitSource(
            f"Lot {source.code} says its concentration of {species}, but {name} holds "
            f"{listed(recipe.planned)}. Say of which of these it is.",
            field,
        )
    if not species and not recipe.unit:
        raise UnfitSource(
            f"Lot {source.code} says {titre.normalize():f} mol/L, but {name} holds {listed(recipe.planned)} "
            "from several salts. Say of which species that is.",
            field,
        )
    relative = (source.concentration_uncertainty_mol_l or ZERO) / titre
    before = (source.composition and _composed(source, key, name, recipe).real) or recipe.real
    if recipe.unit:
        per_unit = recipe.unit[species] if species else Decimal(1)
        real = {one: count * titre / per_unit for one, count in recipe.unit.items()}
    else:
        real = dict(before) | {species: titre}
    effects = {one: c * relative for one, c in real.items() if recipe.unit or one == species}
    causes = (Cause(f"titre {source.code}", f"the titre of {source.code}", effects),)
    return StockContents(recipe.planned, real, causes, "titrated", recipe.unit)


def _composed(source: Source, key: str, name: str, recipe: StockContents) -> StockContents:
    known = {one: source.composition.get(one, NONE) for one in recipe.planned}
    if known.keys().isdisjoint(source.composition):
        raise UnfitSource(
            f"{source.code} holds {listed(source.composition)}, but {name} brings {listed(recipe.planned)}. "
            f"Choose another bottle of {name}.",
            f"lots.{key}",
        )
    effects = {one: uncertainty for one, (_, uncertainty) in known.items()}
    words = f"the concentration of {source.code}"
    if recipe.unit:  # of one salt all species are right or wrong together
        causes: tuple[Cause, ...] = (Cause(f"composition {source.code}", words, effects),)
    else:
        causes = tuple(
            Cause(f"composition {source.code} {one}", f"{words}, {one}", {one: effect})
            for one, effect in effects.items()
        )
    real = {one: value for one, (value, _) in known.items()}
    return StockContents(recipe.planned, real, causes, source.origin or "planned", recipe.unit)
