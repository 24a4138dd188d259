"""Solve a recipe for a person's own bottles: load once, compute many, store nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.additions import UnusableAddition
from synthesis.chemistry.planning import Plan, PlanRefused, Source, solve_plan
from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition
from synthesis.models import Material, Recipe, RecipeVersion
from synthesis.services.fitting import check_pourable, would_do_for
from synthesis.services.gaps import points_of
from synthesis.services.sources import source_of

RATIO = "ratio_ca_pb"
LEAD = "lead_mmol"
FORECAST_RATIO, FORECAST_PRODUCT = RATIO, "CsPbI3"  # what the forecast of phases speaks of
MOST_DEFINITIONS = 128
_DEFINITIONS: dict[tuple[int, str], RecipeDefinition] = {}


@dataclass(frozen=True, slots=True)
class SolvedPlan:
    """A plan, with the recipe version and the bottles it was solved for."""

    version: RecipeVersion
    plan: Plan
    materials: Mapping[str, Material]  # ingredient key -> bottle

    def as_dict(self) -> dict[str, Any]:
        """Return the plan ready for JSON, with the version it follows."""
        body = self.plan.as_dict()
        body["recipe"] |= {"version": self.version.number}
        return body


class Planner:
    """Solves one recipe version for one person; what it needs from the database is read once.

    ``bottles`` are those already read, by code; others that a plan names are looked up.
    """

    def __init__(self, user: Any, version: RecipeVersion, bottles: Iterable[Material] = ()) -> None:
        self.user, self.version = user, version
        self.definition = read_definition(version)
        self.bottles = {bottle.code: bottle for bottle in bottles}
        self._stocks: dict[str, RecipeDefinition] | None = None

    def plan(
        self,
        targets: Mapping[str, Any],
        lots: Mapping[str, str] | None = None,
        *,
        correct_for_assay: bool = False,
    ) -> SolvedPlan:
        """Return the plan for these inputs; refuses in words, with the field that it speaks of."""
        materials = self._materials(lots or {})
        try:
            plan = solve_plan(
                self.definition,
                targets,
                {key: _source(key, material) for key, material in materials.items()},
                correct_for_assay=correct_for_assay,
                stocks=self.stocks,
                measured=partial(points_of, self.user),
            )
        except PlanRefused as refusal:
            instead = self._would_do(refusal.field)
            raise Refusal(f"{refusal}{instead}", field=refusal.field) from refusal
        except InvalidRecipe as refusal:
            raise Refusal(str(refusal)) from refusal
        return SolvedPlan(self.version, plan, materials)

    @property
    def stocks(self) -> dict[str, RecipeDefinition]:
        """The newest recipes of the stocks that the recipe uses."""
        if self._stocks is None:
            self._stocks = stock_definitions(self.definition, self.user)
        return self._stocks

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


def solve(
    *,
    user: Any,
    version: RecipeVersion,
    targets: Mapping[str, Any],
    lots: Mapping[str, str] | None = None,
    correct_for_assay: bool = False,
) -> SolvedPlan:
    """Solve one recipe version once; refuses in words what cannot be made."""
    return Planner(user, version).plan(targets, lots, correct_for_assay=correct_for_assay)


def has_forecast(definition: RecipeDefinition) -> bool:
    """Whether the forecast of phases speaks of this recipe: that product, at that ratio."""
    return (
        definition.product_formula == FORECAST_PRODUCT
        and definition.input(FORECAST_RATIO) is not None
    )


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
    versions = (
        RecipeVersion.objects.filter(
            recipe__in=Recipe.objects.visible_to(user), recipe__slug__in=slugs
        )
        .order_by("recipe__slug", "-number")
        .distinct("recipe__slug")
        .select_related("recipe")
    )
    return {version.recipe.slug: read_definition(version) for version in versions}


def _source(key: str, material: Material) -> Source:
    try:
        return source_of(material)
    except (PlanRefused, UnusableAddition) as refusal:
        raise PlanRefused(str(refusal), f"lots.{key}") from refusal
