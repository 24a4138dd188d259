"""A whole recipe as a frozen value, checked, and the recipes that ship with the product.

``RecipeDefinition.from_dict`` reads the same plain document from the shipped TOML files, from a
file of a chemist's own and from the database; ``as_dict`` gives it back, self-contained (formula and
density inside each ingredient). ``docs/reference/recipe-file.md`` describes the document, and
``RecipeDefinition.model_json_schema`` is its JSON Schema.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator

from .documents import (
    Document,
    DocumentReader,
    InvalidDocument,
    Said,
    Text,
    as_decimal,
    refuse,
)
from .layers import LightOut, RecipeLayer, RecipePixel
from .operations import Operations, shipped_operations
from .recipe_inputs import RecipeInput
from .recipe_parts import (
    AmountRule,
    Chemical,
    FormulaText,
    Ingredient,
    Purity,
    Substance,
    Vessel,
)
from .steps import Step, is_wanted, steps_at

__all__ = [
    "AmountRule",
    "Chemical",
    "Flag",
    "Ingredient",
    "InvalidRecipe",
    "Outcome",
    "Purity",
    "RecipeDefinition",
    "RecipeInput",
    "RecipeLayer",
    "Step",
    "Substance",
    "Vessel",
    "load_shipped_chemicals",
    "load_shipped_recipes",
]  # fmt: skip

Kind = Literal["stock_solution", "nanocrystals", "layer_solution", "experiment", "device"]
KINDS: tuple[str, ...] = get_args(Kind)
Severity = Literal["info", "caution", "review", "block"]
Appearance = Literal["clear", "colloidal", "turbid", "precipitate"]
Phase = Literal["alpha", "beta", "mixed", "gamma", "delta", "failed"]
Structure = Literal["core_only", "alloy", "seed_core", "seed_core_shell"]
Evidence = Literal["stated", "inferred"]
DATA = Path(__file__).resolve().parents[1] / "data"


class InvalidRecipe(InvalidDocument):
    """A recipe that cannot be read or contradicts itself; ``faults`` says where and how to mend it."""


class Flag(Document):
    """A caution that always goes with the recipe."""

    code: Said
    message: Said
    severity: Severity = "info"


def _setting(value: object) -> object:
    """Read a number where it is one, else the option of a choice."""
    try:
        return as_decimal(value)
    except ValueError:
        if isinstance(value, str):
            return value.strip()
        raise refuse("an outcome says for which number or option of an input it holds.") from None


class Outcome(Document):
    """What the source reports at one setting of the inputs, and how surely it says so."""

    when: Mapping[str, Annotated[Any, BeforeValidator(_setting)]]
    evidence: Evidence
    where: Said
    precursor_appearance: Appearance | Literal[""] = ""
    phase: Phase | Literal[""] = ""
    structure: Structure | Literal[""] = ""
    size_nm: Text = ""
    note: Text = ""


class RecipeDefinition(Document):
    """A checked recipe: inputs asked for, ingredients with one amount rule each, steps, sources.

    ``unknowns`` says what the source leaves open, ``assumed`` what is not the source's but ours.
    A device recipe has ``layers``, says its ``polarity`` in words and on which side the light comes
    ``light_out``; ``nicknames`` are what people call it (p-i-n), whatever the stack is. ``pixels`` are those
    of every device of it, unless another layout is said when it is made.
    """

    slug: Annotated[Said, Field(max_length=80)]
    name: Annotated[Said, Field(max_length=160)]
    kind: Kind
    summary: Text = ""
    source: Mapping[str, Text] = {}
    product_formula: FormulaText = ""
    polarity: Text = ""
    light_out: LightOut = ""
    nicknames: tuple[Text, ...] = ()
    pixels: tuple[RecipePixel, ...] = ()
    inputs: tuple[RecipeInput, ...] = ()
    vessels: tuple[Vessel, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    layers: tuple[RecipeLayer, ...] = ()
    steps: tuple[Step, ...] = ()
    flags: tuple[Flag, ...] = ()
    unknowns: Mapping[str, Text] = {}
    assumed: Mapping[str, Text] = {}
    outcomes: tuple[Outcome, ...] = ()

    @field_validator("slug")
    @classmethod
    def _is_slug(cls, slug: str) -> str:
        if not slug.replace("-", "").replace("_", "").isalnum() or not slug.isascii():
            raise refuse("write it with letters, digits and hyphens, as in cspbbr3-hot-injection.")
        return slug

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        chemicals: Mapping[str, Chemical] | None = None,
        operations: Operations | None = None,
    ) -> RecipeDefinition:
        """Read and check a recipe; raises InvalidRecipe with every fault and its path.

        ``chemicals`` (by slug) fills in names, formulas and densities that an ingredient leaves
        out, ``operations`` are those that steps may be; those that ship when not given.
        """
        from .recipe_check import faults_of  # it speaks of this class

        known = load_shipped_chemicals() if chemicals is None else chemicals
        recipe = cls._read(data, known)
        faults = list(faults_of(recipe, operations or shipped_operations()))
        if faults:
            raise InvalidRecipe(faults)
        return recipe

    @classmethod
    def stored(cls, data: Mapping[str, Any]) -> RecipeDefinition:
        """Read a version that was checked when it was published.

        What may be published can change later; what was published stays readable.
        """
        return cls._read(data, {})

    @classmethod
    def _read(cls, data: Mapping[str, Any], chemicals: Mapping[str, Chemical]) -> RecipeDefinition:
        return DocumentReader(cls, "Recipe", InvalidRecipe).read(data, {"chemicals": chemicals})

    def input(self, key: str) -> RecipeInput | None:
        """Return the input with this key, None when the recipe has none."""
        return next((one for one in self.inputs if one.key == key), None)

    def ingredient(self, key: str) -> Ingredient | None:
        """Return the ingredient with this key, None when the recipe has none."""
        return next((one for one in self.ingredients if one.key == key), None)

    def layer(self, key: str) -> RecipeLayer | None:
        """Return the layer with this key, None when the recipe has none."""
        return next((one for one in self.layers if one.key == key), None)

    @property
    def ratios(self) -> tuple[RecipeInput, ...]:
        """The ratios that the recipe asks for; the first is its R."""
        return tuple(one for one in self.inputs if one.kind == "ratio")

    def at(self, numbers: Mapping[str, Decimal], choices: Mapping[str, str]) -> RecipeDefinition:
        """Return the recipe as its inputs make it: vessels sized, steps filled in and repeated.

        What is only for another choice, or is taken 0 times, is left out.
        """
        update: dict[str, Any] = {
            "vessels": tuple(vessel.chosen(numbers) for vessel in self.vessels),
            "steps": steps_at(self.steps, numbers, choices),
        }
        if any(one.when or one.amount.times for one in self.ingredients):
            referred_to = {one.amount.of for one in self.ingredients}
            wanted = [
                one
                for one in self.ingredients
                if is_wanted(one.when, choices)
                and (one.key in referred_to or _is_taken(one, numbers))
            ]
            keys = {one.key for one in wanted}
            update["ingredients"] = tuple(wanted)
            update["steps"] = tuple(_without_others(step, keys) for step in update["steps"])
        return self.model_copy(update=update)


def _is_taken(ingredient: Ingredient, numbers: Mapping[str, Decimal]) -> bool:
    times = ingredient.amount.times
    return not times or numbers[times] > 0


def _without_others(step: Step, keys: set[str]) -> Step:
    kept = tuple(key for key in step.ingredients if key in keys)
    return step if kept == step.ingredients else step.model_copy(update={"ingredients": kept})


@lru_cache(maxsize=1)
def load_shipped_chemicals() -> Mapping[str, Chemical]:
    """Return the chemicals that ship with the product, by slug."""
    rows = tomllib.loads((DATA / "chemicals.toml").read_text("utf-8"))["chemicals"]
    reader = DocumentReader(Chemical, "Chemical")
    return MappingProxyType({one.slug: one for one in map(reader.read, rows)})


@lru_cache(maxsize=1)
def load_shipped_recipes() -> Mapping[str, RecipeDefinition]:
    """Return the recipes that ship with the product, by slug."""
    files = sorted((DATA / "recipes").glob("*.toml"))
    recipes = (RecipeDefinition.from_dict(tomllib.loads(file.read_text("utf-8"))) for file in files)
    return MappingProxyType({recipe.slug: recipe for recipe in recipes})
