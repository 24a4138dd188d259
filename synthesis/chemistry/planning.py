"""Solve a recipe for its targets: what to weigh, what is then in the flask, and how surely.

A pure function of its arguments: the same recipe, targets, bottles and balance give the same plan,
byte for byte. One rule for every bottle: amounts are as bought, as in the paper, unless the assay
correction is asked for; a hydrate in the bottle changes the mass and a stock's strength the volume,
never the moles. What is then in the flask stands beside it as effective.
"""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from .atomic_weights import ATOMIC_WEIGHTS_VERSION
from .caution import Caution
from .cautions import collect_cautions
from .contents import StockContents
from .digests import digest_of_plain
from .flask import concentrations, effective_contributions, planned_contributions
from .gaps import Measured, nothing_measured
from .plan import ALGORITHM, PRECISION, Plan
from .pouring import poured
from .ratios import Mixture, known_ratios
from .reagents import Reagent, reagent_for
from .recipe import RecipeDefinition
from .recipe_parts import Ingredient, Substance
from .remembered import Remembered
from .reported import reference_species, reported_ratios
from .solving import AmountSolver
from .sources import Balance, ImpossibleTarget, PlanRefused, Source, UnfitSource, UnsolvablePlan
from .stocks import stock_contents, stock_recipes, stocks_below
from .targets import Targets, TargetValue, read_targets
from .vessels import fillings
from .yields import about_yield, theoretical_yield

__all__ = [
    "Balance",
    "Caution",
    "ImpossibleTarget",
    "Plan",
    "PlanRefused",
    "Source",
    "UnfitSource",
    "UnsolvablePlan",
    "solve_plan",
]


DIGESTS: Remembered[str] = Remembered()
STOCKS: Remembered[StockContents] = Remembered()
REAGENTS: Remembered[dict[str, Reagent]] = Remembered()


def solve_plan(
    recipe: RecipeDefinition,
    targets: Mapping[str, TargetValue],
    sources: Mapping[str, Source] | None = None,
    balance: Balance | None = None,
    correct_for_assay: bool = False,
    stocks: Mapping[str, RecipeDefinition] | None = None,
    measured: Measured = nothing_measured,
) -> Plan:
    """Solve a recipe.

    ``targets`` by input key; ``sources`` by ingredient key (what the bottle really is; the printed
    purity when not given); ``stocks`` are recipes of stock solutions by slug, the shipped ones when
    not given; ``measured`` says what the lab measured inside the gaps of an input. Raises PlanRefused
    (ImpossibleTarget, UnsolvablePlan, UnfitSource) with a sentence and
    the field that it speaks of.
    """
    with localcontext() as context:
        context.prec = PRECISION
        return _solve_plan(
            recipe,
            targets,
            sources or {},
            balance or Balance(),
            correct_for_assay,
            stocks,
            (),
            measured,
        )


def _solve_plan(
    recipe: RecipeDefinition,
    asked: Mapping[str, TargetValue],
    sources: Mapping[str, Source],
    balance: Balance,
    correct_for_assay: bool,
    stocks: Mapping[str, RecipeDefinition] | None,
    chain: tuple[str, ...],
    measured: Measured = nothing_measured,
) -> Plan:
    unknown = sorted(set(sources) - {one.key for one in recipe.ingredients})
    if unknown:
        listed = ", ".join(one.key for one in recipe.ingredients)
        raise UnfitSource(
            f"The recipe “{recipe.name}” has no ingredient “{unknown[0]}” to take a lot for. It has {listed}.",
            f"lots.{unknown[0]}",
        )
    targets = read_targets(recipe, asked)
    written, recipe = recipe, recipe.at(targets.numbers, targets.choices)
    used_stocks = stock_recipes(recipe, stocks, chain)
    inside = {
        slug: _stock_contents(stock, balance, stocks, (*chain, recipe.slug))
        for slug, stock in used_stocks.items()
    }
    reagents = _reagents(written, recipe, targets, inside)
    stock_of = {one.key: one.stock for one in recipe.ingredients}
    for key, source in sources.items():
        if key in reagents:
            reagents[key] = poured(reagents[key], stock_of[key], source)
    solver = AmountSolver(
        {one.key: one for one in recipe.ingredients},
        reagents,
        {one.key: one for one in recipe.inputs},
        targets.numbers,
    )
    lines, residuals = solver.solve(balance, correct_for_assay=correct_for_assay)
    reference = reference_species(recipe, lines)
    ratios = reported_ratios(recipe, lines, reference)
    filled = fillings(recipe, lines)
    planned = planned_contributions(lines, balance)
    mixed = Mixture(planned)
    composition = known_ratios(ratios, mixed)
    effective = known_ratios(ratios, Mixture(effective_contributions(lines, balance)))
    composition |= {f"{key}_effective": known for key, known in effective.items()}
    composition |= concentrations(recipe, mixed, filled, lines, balance, reference)
    found = theoretical_yield(recipe.product_formula, mixed)
    cautions = collect_cautions(
        recipe,
        targets.numbers,
        lines,
        ratios,
        composition,
        filled,
        balance,
        reference,
        measured,
        correct_for_assay=correct_for_assay,
    )
    if found is not None:
        cautions.append(about_yield(found))
    return Plan(
        recipe=recipe,
        targets=targets,
        balance=balance,
        correct_for_assay=correct_for_assay,
        reagents=tuple(lines),
        ratios=tuple(ratios),
        reference=reference,
        composition=composition,
        residuals=residuals,
        theoretical_yield=found,
        vessels=tuple(filled),
        warnings=tuple(cautions),
        expected=_expected(recipe, targets.numbers),
        inputs_sha256=_fingerprint(
            written, targets, sources, balance, correct_for_assay, used_stocks
        ),
    )


def _reagents(
    written: RecipeDefinition,
    recipe: RecipeDefinition,
    targets: Targets,
    inside: Mapping[str, StockContents],
) -> dict[str, Reagent]:
    """Return what each ingredient is when no bottle is chosen."""
    choices = tuple(sorted(targets.choices.items()))
    known = REAGENTS.get(
        written,
        lambda: {
            one.key: _reagent(written, one.key, targets, inside) for one in recipe.ingredients
        },
        also=(choices, *(one.key for one in recipe.ingredients)),
        values=inside.values(),
    )
    return dict(known)


def _reagent(
    recipe: RecipeDefinition, key: str, targets: Targets, inside: Mapping[str, StockContents]
) -> Reagent:
    ingredient = next(one for one in recipe.ingredients if one.key == key)
    stock = inside.get(ingredient.stock)
    if stock is None:
        return reagent_for(ingredient, _substance(ingredient, targets))
    return Reagent(
        key=ingredient.key,
        name=ingredient.stock_name,
        role=ingredient.role,
        basis=ingredient.amount.basis,
        stock=stock,
        recipe_stock=stock,
        bias_percent=ingredient.systematic_percent,
        bias_reason=ingredient.systematic_reason,
    )


def _substance(ingredient: Ingredient, targets: Targets) -> Substance:
    if ingredient.substance is not None:
        return ingredient.substance
    return ingredient.options[targets.choices[ingredient.choice_input]]


def _stock_contents(
    stock: RecipeDefinition,
    balance: Balance,
    stocks: Mapping[str, RecipeDefinition] | None,
    chain: tuple[str, ...],
) -> StockContents:
    """Return what a stock holds when made as its recipe says, at its default targets."""

    def made() -> StockContents:
        return stock_contents(_solve_plan(stock, {}, {}, balance, False, stocks, chain))

    below = stocks_below(stock, stocks)
    if not below.keys().isdisjoint((*chain, stock.slug)):
        return made()  # it is refused as made from itself, or it holds only below this recipe
    return STOCKS.get(stock, made, also=balance, values=below.values())


def _expected(recipe: RecipeDefinition, numbers: Mapping[str, Decimal]) -> dict[str, Any] | None:
    """What the source reports at exactly these targets; None where it reports nothing."""
    for outcome in recipe.outcomes:
        if all(numbers.get(key) == value for key, value in outcome.when.items()):
            return outcome.as_dict()
    return None


def _fingerprint(
    recipe: RecipeDefinition,
    targets: Targets,
    sources: Mapping[str, Source],
    balance: Balance,
    correct_for_assay: bool,
    stocks: Mapping[str, RecipeDefinition],
) -> str:
    """SHA-256 of everything the plan depends on; 0.5 and 0.50 are the same target."""
    inputs = {
        "algorithm": ALGORITHM,
        "atomic_weights": ATOMIC_WEIGHTS_VERSION,
        "recipe": _digest(recipe),
        "stocks": {slug: _digest(stock) for slug, stock in stocks.items()},
        "targets": {key: f"{value.normalize():f}" for key, value in targets.numbers.items()}
        | dict(targets.choices),
        "sources": {key: source.as_dict() for key, source in sources.items()},
        "balance": balance.as_dict(),
        "correct_for_assay": correct_for_assay,
    }
    return digest_of_plain(inputs)


def _digest(recipe: RecipeDefinition) -> str:
    return DIGESTS.get(recipe, lambda: digest_of_plain(recipe.as_dict()))
