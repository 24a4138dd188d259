"""Solve a recipe for its targets: what to weigh, what is then in the flask, and how surely.

A pure function of its arguments: the same recipe, targets, bottles and balance give the same plan,
byte for byte. Planned masses are uncorrected, as in the paper, unless the assay correction is asked
for; a hydrate in the bottle always changes the mass, never the moles.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from .atomic_weights import ATOMIC_WEIGHTS_VERSION
from .cautions import Caution, collect_cautions, fillings
from .flask import (
    about_yield,
    concentrations,
    effective_contributions,
    planned_contributions,
    theoretical_yield,
)
from .plain import as_plain
from .plan import ALGORITHM, Plan
from .ratios import all_ratios
from .reagents import reagent_for
from .recipe import RecipeDefinition
from .recipe_parts import Ingredient, Substance
from .solving import AmountSolver
from .sources import Balance, ImpossibleTarget, PlanRefused, Source, UnfitSource, UnsolvablePlan
from .stocks import stock_reagent, stock_recipes
from .targets import Targets, TargetValue, read_targets

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

PRECISION = 40
EFFECTIVE = ("ratio_ca_pb", "ratio_cs_pb", "ratio_i_pb")


def solve_plan(
    recipe: RecipeDefinition,
    targets: Mapping[str, TargetValue],
    sources: Mapping[str, Source] | None = None,
    balance: Balance | None = None,
    correct_for_assay: bool = False,
    stocks: Mapping[str, RecipeDefinition] | None = None,
) -> Plan:
    """Solve a recipe.

    ``targets`` by input key; ``sources`` by ingredient key (what the bottle really is; the printed
    purity when not given); ``stocks`` are recipes of stock solutions by slug, the shipped ones when
    not given. Raises PlanRefused (ImpossibleTarget, UnsolvablePlan, UnfitSource) with a sentence.
    """
    with localcontext() as context:
        context.prec = PRECISION
        return _solve_plan(
            recipe, targets, sources or {}, balance or Balance(), correct_for_assay, stocks, ()
        )


def _solve_plan(
    recipe: RecipeDefinition,
    asked: Mapping[str, TargetValue],
    sources: Mapping[str, Source],
    balance: Balance,
    correct_for_assay: bool,
    stocks: Mapping[str, RecipeDefinition] | None,
    chain: tuple[str, ...],
) -> Plan:
    unknown = sorted(set(sources) - {one.key for one in recipe.ingredients})
    if unknown:
        listed = ", ".join(one.key for one in recipe.ingredients)
        raise UnfitSource(
            f"The recipe “{recipe.name}” has no ingredient “{unknown[0]}” to take a lot for. It has {listed}."
        )
    targets = read_targets(recipe, asked)
    recipe = recipe.at(targets.numbers, targets.choices)
    used_stocks = stock_recipes(recipe, stocks, chain)
    reagents = {}
    for ingredient in recipe.ingredients:
        source = sources.get(ingredient.key)
        if ingredient.stock:
            stock_plan = _solve_plan(
                used_stocks[ingredient.stock], {}, {}, balance, False, stocks, (*chain, recipe.slug)
            )
            reagents[ingredient.key] = stock_reagent(ingredient, stock_plan, source, balance)
        else:
            reagents[ingredient.key] = reagent_for(
                ingredient, _substance(ingredient, targets), source
            )
    inputs = {one.key: one for one in recipe.inputs}
    solver = AmountSolver(reagents, inputs, targets.numbers)
    lines, residuals = solver.solve(balance, correct_for_assay=correct_for_assay)
    filled = fillings(recipe, lines)
    planned = planned_contributions(lines, balance)
    composition = all_ratios(planned)
    if recipe.kind != "stock_solution":
        # free acid per caesium decides whether the carbonate dissolves; beside ready stock it says nothing
        composition.pop("ratio_oa_cs", None)
    for name, known in all_ratios(effective_contributions(lines, balance)).items():
        if name in EFFECTIVE:
            composition[f"{name}_effective"] = known
    composition |= concentrations(recipe, planned, filled, lines, balance)
    result = theoretical_yield(recipe, planned)
    cautions = collect_cautions(
        recipe,
        targets.numbers,
        lines,
        composition,
        filled,
        balance,
        correct_for_assay=correct_for_assay,
    )
    if result is not None:
        cautions.append(about_yield(result))
    return Plan(
        recipe=recipe,
        targets=targets,
        balance=balance,
        correct_for_assay=correct_for_assay,
        reagents=tuple(lines),
        composition=composition,
        residuals=residuals,
        theoretical_yield=result,
        vessels=tuple(filled),
        warnings=tuple(cautions),
        expected=_expected(recipe, targets.numbers),
        inputs_sha256=_fingerprint(
            recipe, targets, sources, balance, correct_for_assay, used_stocks
        ),
    )


def _substance(ingredient: Ingredient, targets: Targets) -> Substance:
    if ingredient.substance is not None:
        return ingredient.substance
    return ingredient.options[targets.choices[ingredient.choice_input]]


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
        "recipe": recipe.as_dict(),
        "stocks": {slug: stock.as_dict() for slug, stock in stocks.items()},
        "targets": {key: f"{value.normalize():f}" for key, value in targets.numbers.items()}
        | dict(targets.choices),
        "sources": {key: source.as_dict() for key, source in sources.items()},
        "balance": as_plain(balance),
        "correct_for_assay": correct_for_assay,
    }
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
