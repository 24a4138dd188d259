"""Publish recipe versions, and keep the recipes that ship with the product up to date."""

from __future__ import annotations

from typing import Any

from labnotebook.records.history import recorded
from synthesis.chemistry.digests import digest_of_plain
from synthesis.chemistry.recipe import RecipeDefinition, load_shipped_recipes
from synthesis.chemistry.recipe_parts import BASES
from synthesis.models import (
    Chemical,
    Ingredient,
    Recipe,
    RecipeStep,
    RecipeVersion,
    StepParameter,
)
from synthesis.services.chemicals import load_shipped as load_chemicals

SHIPPED = "reference data"


def publish_version(
    *, by: Any, recipe: Recipe, definition: RecipeDefinition, note: str = ""
) -> RecipeVersion:
    """Write the next version of a recipe; the same content again is the same version."""
    plain = definition.as_dict()
    digest = digest_of_plain(plain)
    with recorded(by, note or "recipe published"):
        recipe = recipe.lock()
        newest = recipe.versions.order_by("-number").first()
        if newest is not None and newest.content_sha256 == digest:
            return newest
        version = RecipeVersion.objects.create(
            recipe=recipe,
            number=newest.number + 1 if newest else 1,
            definition=plain,
            content_sha256=digest,
            change_note=note,
            published_by=None if isinstance(by, str) else by,
        )
        _write_rows(version, definition)
    return version


def _write_rows(version: RecipeVersion, definition: RecipeDefinition) -> None:
    """Write ingredients and steps as rows, so that they can be asked for and checked."""
    chemicals = {c.slug: c for c in Chemical.objects.all()}
    defaults = {one.key: one.default for one in definition.inputs if one.kind != "choice"}
    for position, one in enumerate(definition.ingredients, start=1):
        amounts = dict.fromkeys(BASES)
        amounts[one.amount.basis] = one.amount.solves or one.amount.value
        Ingredient.objects.create(
            recipe_version=version,
            position=position,
            key=one.key,
            role=one.role,
            chemical=chemicals.get(one.substance.chemical) if one.substance else None,
            stock_slug=one.stock,
            **amounts,
        )
    for position, step in enumerate(definition.steps, start=1):
        row = RecipeStep.objects.create(
            recipe_version=version,
            position=position,
            key=step.key,
            operation=step.operation,
            text=step.text,
        )
        StepParameter.objects.bulk_create(
            StepParameter(step=row, name=name, value=value)
            for name, value in step.at(defaults).set_points().items()
        )


def _under_a_free_slug(definition: RecipeDefinition) -> RecipeDefinition:
    """Return a shipped recipe, under another slug where a project's own has taken its: that one is theirs."""
    slug = definition.slug
    while Recipe.objects.filter(slug=slug, project__isnull=False).exists():
        slug += "-as-shipped"
    return definition if slug == definition.slug else definition.model_copy(update={"slug": slug})


def load_shipped() -> list[RecipeVersion]:
    """Write the paper's chemicals and recipes where they are missing or newer; safe to repeat."""
    with recorded(SHIPPED, "ships with the product"):
        load_chemicals(by=SHIPPED)
        versions = []
        for shipped in load_shipped_recipes().values():
            definition = _under_a_free_slug(shipped)
            recipe, _ = Recipe.objects.get_or_create(
                slug=definition.slug,
                defaults={
                    "name": definition.name,
                    "kind": definition.kind,
                    "shared_with_lab": True,
                },
            )
            versions.append(
                publish_version(by=SHIPPED, recipe=recipe, definition=definition, note="as shipped")
            )
    return versions
