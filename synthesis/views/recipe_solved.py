"""What a recipe weighs at its defaults and at both ends of its first ratio, while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labnotebook.records.presentation.numbers import format_quantity
from synthesis.chemistry.plan import Plan
from synthesis.chemistry.planning import PlanRefused, solve_plan
from synthesis.chemistry.reagent_lines import ReagentLine
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.recipe_form.names import is_organic
from synthesis.services.recipe_writing import CheckedDefinition

MASS, VOLUME = "0.1", "0.01"


@dataclass(frozen=True, slots=True)
class SolvedRecipe:
    """The amounts at the defaults by ingredient, and a table over the first ratio."""

    heads: tuple[str, ...]
    default: int  # which column holds the defaults
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    amounts: Mapping[str, str]
    leading: str  # the ratio's name, empty without one


def solved_at_defaults(checked: CheckedDefinition) -> SolvedRecipe | None:
    """Return what would be weighed; None while the recipe has faults or asks for a number first."""
    recipe, solved = checked.recipe, checked.solved
    if recipe is None or solved is None:
        return None
    plan, asked, stocks = solved.plan, solved.asked, solved.stocks
    columns, place, heads = [plan], 0, [""]
    leading = recipe.ratios[0] if recipe.ratios else None
    if leading is not None and leading.default is not None:
        ends = [
            end for end in (leading.minimum, leading.maximum) if end not in (None, leading.default)
        ]
        found = {end: _plan(recipe, {**asked, leading.key: str(end)}, stocks) for end in ends}
        values = sorted([leading.default, *(end for end in ends if found[end] is not None)])
        columns = [plan if value == leading.default else found[value] for value in values]
        place, heads = values.index(leading.default), [f"{v:f}" for v in values]
    keys = [line.key for line in plan.reagents]
    named = {line.key: f"{_name(line)} / {_unit(line)}" for line in plan.reagents}
    rows = tuple((named[key], tuple(_at(column, key) for column in columns)) for key in keys)
    amounts = {line.key: f"{_text(line)} {_unit(line)}" for line in plan.reagents}
    return SolvedRecipe(tuple(heads), place, rows, amounts, leading.name if leading else "")


def _plan(recipe: RecipeDefinition, asked: Mapping[str, Any], stocks: Any) -> Plan | None:
    try:
        return solve_plan(recipe, asked, stocks=stocks)
    except PlanRefused:
        return None


def _name(line: ReagentLine) -> str:
    formula, name = line.ingredient.formula, line.ingredient.name
    return formula if formula and not is_organic(formula) else name or line.key


def _unit(line: ReagentLine) -> str:
    return "mg" if line.measured_by == "mass" else "mL"


def _text(line: ReagentLine | None) -> str:
    if line is None:
        return "—"
    value = line.weigh_mg if line.measured_by == "mass" else line.volume_ml
    if value is None:
        value = line.mass_mg
    if value is None:
        return "—"
    step = Decimal(MASS) if line.measured_by == "mass" else Decimal(VOLUME)
    return format_quantity(value.quantize(step)).text


def _at(plan: Plan | None, key: str) -> str:
    found = next((line for line in plan.reagents if line.key == key), None) if plan else None
    return _text(found)
