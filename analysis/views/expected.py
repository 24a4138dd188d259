"""How what a recipe is expected to give is shown: beside the planner, and with a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analysis.quantities import QUANTITIES
from analysis.quantity import Place
from analysis.services.experiments import NUMBERS, PHASE
from analysis.services.recipe_forecasts import NEEDED, NEEDED_FOR_PHASE, all_newest
from analysis.views.batch_history import WORDS
from labnotebook.records.models import Project
from synthesis.models import Recipe
from synthesis.services.plans import has_forecast, read_definition


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """The backtest of one outcome of one recipe, as a row shows it; errors with their unit's digits."""

    recipe: str
    outcome: str
    n: int
    needed: int
    ours: float | None
    plain: float | None
    unit: str
    held_percent: float | None
    is_shown: bool


def expected_shown(told: Mapping[str, Any], numbers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the part ``_expected.html`` shows of an expectation, its numbers with what was measured."""
    without = [one for one in told.get("without_basis") or [] if one["outcome"] != PHASE]
    few = [one for one in without if one["n"] < one["needed"]]
    return {
        "numbers": [
            {**one, "label": _name(one["quantity"]), "unit": QUANTITIES[one["quantity"]].unit}
            for one in numbers
        ],
        "phases": told.get("phases"),
        "no_phases": next(
            (one for one in told.get("without_basis") or [] if one["outcome"] == PHASE), None
        ),
        "few": ", ".join(f"{_name(one['outcome'])} {one['n']}" for one in few),
        "needed": few[0]["needed"] if few else 0,
        "no_better": ", ".join(_name(one["outcome"]) for one in without if one not in few),
        "is_told": bool(told.get("without_basis") or told.get("numbers")),
    }


def _name(quantity: str) -> str:
    """Return the words of a quantity, with where it stands: the EQE is the best of the devices."""
    known = QUANTITIES[quantity]
    return WORDS.get(quantity) or (known.heading if known.place is Place.BEST else known.short)


def learned_rows(project: Project) -> list[LearnedRow]:
    """Return what each recipe of a project taught, recipe by recipe; phases of the paper's stand elsewhere."""
    known = {one.recipe: one for one in all_newest(project)}
    recipes = Recipe.objects.filter(slug__in=known)
    return [
        _row(recipe.name, name, known[recipe.slug].outcomes[name])
        for recipe in sorted(recipes, key=lambda one: one.name)
        for name in _told(recipe)
        if name in known[recipe.slug].outcomes
    ]


def _told(recipe: Recipe) -> tuple[str, ...]:
    version = recipe.current
    of_paper = version is not None and has_forecast(read_definition(version))
    return NUMBERS if of_paper else (*NUMBERS, PHASE)


def _row(recipe: str, name: str, told: Mapping[str, Any]) -> LearnedRow:
    how = told["backtest"]
    shown = how["worth_showing"]
    if name == PHASE:
        ours, plain = ((how[key] or {}).get("log_loss") for key in ("model", "frequencies"))
        return LearnedRow(
            recipe, _("phase"), told["n"], NEEDED_FOR_PHASE, ours, plain, "", None, shown
        )
    held = None if how["held"] is None else 100 * how["held"]
    errors = (how["rmse"], how["rmse_of_mean"])
    return LearnedRow(
        recipe, _name(name), told["n"], NEEDED, *errors, QUANTITIES[name].unit, held, shown
    )
