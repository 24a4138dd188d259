"""Solve a recipe for a person's own bottles: load, compute, store nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.planning import Plan, PlanRefused, Source, solve_plan
from synthesis.chemistry.recipe import InvalidRecipe, RecipeDefinition
from synthesis.models import Material, Recipe, RecipeVersion

RATIO = "ratio_ca_pb"
LEAD = "lead_mmol"


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


def source_of(material: Material) -> Source:
    """Return what the calculator needs to know about a bottle or stock."""
    percent = material.assay_percent
    spread = material.assay_uncertainty_percent
    return Source(
        code=material.code,
        formula=material.formula,
        assay=None if percent is None else percent / 100,
        assay_kind=material.assay_kind,
        assay_uncertainty=None if spread is None else spread / 100,
        concentration_mol_l=material.concentration_mol_l,
        concentration_uncertainty_mol_l=material.concentration_uncertainty_mol_l,
    )


def find_materials(user: Any, lots: Mapping[str, str]) -> dict[str, Material]:
    """Return the bottles named by code, as far as ``user`` may see them."""
    wanted = {key: code for key, code in lots.items() if code}
    found = {m.code: m for m in Material.objects.visible_to(user).filter(code__in=wanted.values())}
    for key, code in wanted.items():
        if code not in found:
            raise Refusal(f"There is no bottle or stock {code} for you.", field=f"lots.{key}")
    return {key: found[code] for key, code in wanted.items()}


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
    return {version.recipe.slug: version.read() for version in versions}


def solve(
    *,
    user: Any,
    version: RecipeVersion,
    targets: Mapping[str, Any],
    lots: Mapping[str, str] | None = None,
    correct_for_assay: bool = False,
) -> SolvedPlan:
    """Solve one recipe version; refuses in words what cannot be made."""
    materials = find_materials(user, lots or {})
    definition = version.read()
    try:
        plan = solve_plan(
            definition,
            dict(targets),
            {key: source_of(material) for key, material in materials.items()},
            correct_for_assay=correct_for_assay,
            stocks=stock_definitions(definition, user),
        )
    except (PlanRefused, InvalidRecipe) as refusal:
        raise Refusal(
            str(refusal),
            field=getattr(refusal, "field", "") or _field_of(str(refusal), definition, targets),
        ) from refusal
    return SolvedPlan(version, plan, materials)


def _field_of(sentence: str, definition: RecipeDefinition, targets: Mapping[str, Any]) -> str:
    """Name the input that a refusal is about, when it names one by its name or key."""
    names = {one.key: (f"“{one.name}”", f"“{one.key}”") for one in definition.inputs}
    names |= {key: (f"“{key}”",) for key in targets if key not in names}
    named = [key for key, words in names.items() if any(word in sentence for word in words)]
    return named[0] if len(named) == 1 else ""
