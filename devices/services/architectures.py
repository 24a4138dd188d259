"""Architectures: the recipes of the kind *device* that a person may build after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from devices.stacks import StackLayer, stack_doubts, stack_of
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.layers import materials_line
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.models import Recipe, RecipeVersion
from synthesis.services.plans import newest_versions, read_definition


@dataclass(frozen=True, slots=True)
class Architecture:
    """One version of a device recipe, as it is offered and built after."""

    version: RecipeVersion
    definition: RecipeDefinition
    layers: tuple[StackLayer, ...]

    @property
    def slug(self) -> str:
        """How it is addressed."""
        return self.version.recipe.slug

    @property
    def name(self) -> str:
        """What it is called."""
        return self.version.recipe.name

    @property
    def number(self) -> int:
        """Which version it is."""
        return self.version.number

    @property
    def polarity(self) -> str:
        """Which contact is the anode, in words."""
        return self.definition.polarity

    @property
    def note(self) -> str:
        """What is to be known about it."""
        return self.definition.summary

    @property
    def source(self) -> str:
        """Where it is printed."""
        said = self.definition.source
        return ", ".join(filter(None, (said.get("citation", ""), said.get("where", ""))))

    @property
    def line(self) -> str:
        """Its materials from the substrate up: ``ITO / ZnO / ...``."""
        return materials_line((one.layer.role, one.layer.material) for one in self.layers)

    @property
    def pixels(self) -> str:
        """The pixels that every device of it has, in words; empty where it says none."""
        return ", ".join(one.words for one in self.definition.pixels)

    @property
    def doubts(self) -> list[str]:
        """What is missing in the order of its layers, in sentences."""
        return stack_doubts(self.definition.layers)

    @property
    def emitter(self) -> StackLayer | None:
        """The layer that emits, if there is one."""
        return next((one for one in self.layers if one.layer.is_emitter), None)


def read_architecture(version: RecipeVersion) -> Architecture:
    """Return a version of a device recipe as a stack."""
    definition = read_definition(version)
    return Architecture(version, definition, stack_of(definition))


def architectures_for(user: Any) -> list[Architecture]:
    """Return the newest version of every architecture that a person may build, by name."""
    recipes = Recipe.objects.visible_to(user).usable().filter(kind=Recipe.Kind.DEVICE)
    found = map(read_architecture, newest_versions(recipes).values())
    return sorted(found, key=lambda one: one.name)


def architecture_named(user: Any, slug: str) -> Architecture:
    """Return the newest version of one architecture; refuses what the person cannot build."""
    recipes = Recipe.objects.visible_to(user).filter(kind=Recipe.Kind.DEVICE, slug=slug)
    version = newest_versions(recipes).get(slug)
    if version is None:
        raise Refusal(
            f"There is no architecture called {slug!r} for you. Choose one of the list.",
            field="architecture",
        )
    if version.recipe.retired_at is not None:
        raise Refusal(
            f"“{version.recipe.name}” is retired: {version.recipe.retired_reason}. Choose another one.",
            field="architecture",
        )
    return read_architecture(version)
