"""Solve a recipe for a person's own bottles: load once, compute many, store nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.additions import UnusableAddition
from synthesis.chemistry.planning import Plan, PlanRefused, Source, solve_plan
from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition
from synthesis.models import Ingredient, Instrument, Material, Recipe, RecipeVersion
from synthesis.services.cautions import BottleWatch, needed_of
from synthesis.services.fitting import check_pourable, would_do_for
from synthesis.services.gaps import points_of
from synthesis.services.instruments import (
    balance_of,
    calibration_cautions,
    chosen_instruments,
)
from synthesis.services.sources import source_of

FIRST_RECIPE = "cspbi3-seed-core-shell"  # where none is named: the paper's
RATIO = "ratio_ca_pb"
LEAD = "lead_mmol"
FORECAST_RATIO, FORECAST_PRODUCT = RATIO, "CsPbI3"  # what the forecast of phases speaks of
NANOCRYSTALS = "nanocrystals"
MOST_DEFINITIONS = 128
_DEFINITIONS: dict[tuple[int, str], RecipeDefinition] = {}


@dataclass(frozen=True, slots=True)
class SolvedPlan:
    """A plan, with the recipe version and the bottles it was solved for."""

    version: RecipeVersion
    plan: Plan
    materials: Mapping[str, Material]  # ingredient key -> bottle

    def as_dict(self, watch: BottleWatch | None = None) -> dict[str, Any]:
        """Return the plan ready for JSON, with the version it follows.

        ``watch`` adds what is to be said of its bottles today, which no batch freezes.
        """
        body = self.plan.as_dict()
        body["recipe"] |= {"version": self.version.number}
        if watch is not None:
            said = watch.cautions(self.materials, needed_of(self.plan.reagents))
            body["warnings"] += [caution.as_dict() for caution in said]
        return body


def watch_of(plans: Iterable[SolvedPlan]) -> BottleWatch:
    """Read once what is left today of all bottles of these plans."""
    bottles = [bottle for one in plans for bottle in one.materials.values()]
    return BottleWatch(bottles, timezone.localdate())


class Planner:
    """Solves one recipe version for one person; what it needs from the database is read once.

    ``stocks`` are those already read; bottles that a plan needs are looked up, unless it knows them.
    ``definition`` is what the version says for these substrates, where it makes devices.
    """

    def __init__(
        self,
        user: Any,
        version: RecipeVersion,
        stocks: Mapping[str, RecipeDefinition] | None = None,
        definition: RecipeDefinition | None = None,
    ) -> None:
        self.user, self.version = user, version
        self.definition = definition or read_definition(version)
        self.bottles: dict[str, Material] = {}
        if stocks is not None:
            self.stocks = stocks

    def know(self, bottles: Iterable[Material]) -> None:
        """Take bottles that were read for something else, so that no plan looks them up."""
        self.bottles |= {bottle.code: bottle for bottle in bottles}

    def plan(
        self,
        targets: Mapping[str, Any],
        lots: Mapping[str, str] | None = None,
        *,
        correct_for_assay: bool = False,
        instruments: Mapping[str, str] | None = None,
    ) -> SolvedPlan:
        """Return the plan for these inputs; refuses in words, with the field that it speaks of.

        instruments: the code of the balance and of the pipette, by kind; else the lab's defaults.
        """
        materials = self._materials(lots or {})
        measuring = chosen_instruments(self.instruments, instruments or {})
        try:
            plan = solve_plan(
                self.definition,
                targets,
                {key: _source(key, material) for key, material in materials.items()},
                balance=balance_of(measuring),
                correct_for_assay=correct_for_assay,
                stocks=self.stocks,
                measured=partial(points_of, self.user),
            )
        except PlanRefused as refusal:
            instead = self._would_do(refusal.field)
            raise Refusal(f"{refusal}{instead}", field=refusal.field) from refusal
        except InvalidRecipe as refusal:
            raise Refusal(str(refusal)) from refusal
        overdue = calibration_cautions(measuring, timezone.localdate())
        if overdue:
            plan = replace(plan, warnings=(*plan.warnings, *overdue))
        return SolvedPlan(self.version, plan, materials)

    @cached_property
    def instruments(self) -> list[Instrument]:
        """Every balance and pipette of the lab, retired ones too."""
        return list(Instrument.objects.all())

    @cached_property
    def stocks(self) -> Mapping[str, RecipeDefinition]:
        """The newest recipes of the stocks that the recipe uses."""
        return stock_definitions(self.definition, self.user)

    def _would_do(self, field: str) -> str:
        """Name the bottles that fit, when a bottle was refused."""
        room, _, key = field.partition(".")
        if room != "lots":
            return ""
        named = (one for one in self.definition.ingredients if one.key == key)
        return would_do_for(self.user, next(named, None))

    def _materials(self, lots: Mapping[str, str]) -> dict[str, Material]:
        wanted = {key: code for key, code in lots.items() if code}
        unread = {code for code in wanted.values() if code not in self.bottles}
        if unread:
            rows = Material.objects.visible_to(self.user).filter(code__in=unread)
            rows = rows.select_related("chemical", "recipe", "produced_by")
            self.bottles |= {bottle.code: bottle for bottle in rows}
        for key, code in wanted.items():
            if code not in self.bottles:
                raise Refusal(f"There is no bottle or stock {code} for you.", field=f"lots.{key}")
            check_pourable(self.bottles[code], field=f"lots.{key}")
        return {key: self.bottles[code] for key, code in wanted.items()}


def planner_for(user: Any, slug: str) -> Planner:
    """Return the planner of the recipe ``slug``, read in one statement with the stocks it pours."""
    visible = Recipe.objects.visible_to(user)
    pours = Ingredient.objects.filter(recipe_version__recipe__slug=slug).values("stock_slug")
    newest = newest_versions(visible.filter(Q(slug=slug) | Q(slug__in=pours)))
    version = newest.pop(slug, None)
    recipe = version.recipe if version else visible.filter(slug=slug).first()
    if recipe is None:
        raise Refusal(f"There is no recipe {slug!r} for you.", field="recipe")
    if recipe.kind == Recipe.Kind.DEVICE:
        raise WrongState(
            f"“{recipe.name}” builds devices. Make a run of it: the page Devices, New run, or POST runs/.",
            field="recipe",
        )
    stocks = {name: read_definition(one) for name, one in newest.items()}
    return Planner(user, usable(recipe, version), stocks=stocks)


def usable(recipe: Recipe, version: RecipeVersion | None) -> RecipeVersion:
    """Return the version that plans follow; refuses a draft and what is retired."""
    if version is None:
        raise WrongState(
            f"“{recipe.name}” is still a draft. Publish it, then it can be planned.", field="recipe"
        )
    if recipe.retired_at is not None:
        raise WrongState(
            f"“{recipe.name}” is retired: {recipe.retired_reason}. Take it into use again, or plan"
            " another recipe.",
            field="recipe",
        )
    return version


def solve(
    *,
    user: Any,
    version: RecipeVersion,
    targets: Mapping[str, Any],
    lots: Mapping[str, str] | None = None,
    correct_for_assay: bool = False,
    instruments: Mapping[str, str] | None = None,
) -> SolvedPlan:
    """Solve one recipe version once; refuses in words what cannot be made."""
    return Planner(user, version).plan(
        targets, lots, correct_for_assay=correct_for_assay, instruments=instruments
    )


def has_forecast(definition: RecipeDefinition) -> bool:
    """Whether the forecast of phases speaks of this recipe: that product, at that ratio."""
    return (
        definition.product_formula == FORECAST_PRODUCT
        and definition.input(FORECAST_RATIO) is not None
    )


def is_foretold(definition: RecipeDefinition) -> bool:
    """Whether something is expected of its flasks: numbers of all nanocrystals, phases of some."""
    return definition.kind == NANOCRYSTALS or has_forecast(definition)


def read_definition(version: RecipeVersion) -> RecipeDefinition:
    """Return what a version says. A published version never changes, so it is read once."""
    key = (version.pk, version.content_sha256)
    if key not in _DEFINITIONS:
        if len(_DEFINITIONS) >= MOST_DEFINITIONS:
            _DEFINITIONS.clear()
        _DEFINITIONS[key] = version.read()
    return _DEFINITIONS[key]


def stock_definitions(definition: RecipeDefinition, user: Any) -> dict[str, RecipeDefinition]:
    """Return the newest recipes of the stocks that a recipe uses."""
    slugs = {one.stock for one in definition.ingredients if one.stock}
    if not slugs:
        return {}
    versions = newest_versions(Recipe.objects.visible_to(user).filter(slug__in=slugs))
    return {slug: read_definition(version) for slug, version in versions.items()}


def newest_versions(recipes: QuerySet[Recipe]) -> dict[str, RecipeVersion]:
    """Return slug -> newest version, read with its recipe."""
    versions = (
        RecipeVersion.objects.filter(recipe__in=recipes)
        .order_by("recipe__slug", "-number")
        .distinct("recipe__slug")
        .select_related("recipe")
    )
    return {version.recipe.slug: version for version in versions}


def _source(key: str, material: Material) -> Source:
    try:
        return source_of(material)
    except (PlanRefused, UnusableAddition) as refusal:
        raise PlanRefused(str(refusal), f"lots.{key}") from refusal
