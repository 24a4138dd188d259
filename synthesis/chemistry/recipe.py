"""A whole recipe as a frozen value, checked, and the recipes that ship with the product.

``RecipeDefinition.from_dict`` reads the same plain dict from the shipped TOML files and from the
database; ``as_dict`` gives it back, self-contained (formula and density inside each ingredient).
Numbers are texts with their digits. Empty entries are left out; unknown ones are refused::

    slug, name, kind (KINDS), summary, product_formula
    source       {doi, citation, where}
    unknowns     {what: sentence}                  what the source does not say
    inputs[]     {key, name, kind: ratio|amount|scale|choice|size, unit, numerator+denominator | element,
                  default, reference, minimum, maximum, explored_maximum, tested[],
                  gaps[{low, high, message}], options{value: label}, help}
    vessels[]    {key, name, volume_ml | size (an input), heated}
    ingredients[] {key, role, stage, printed_amount, printed_purity{low_percent, high_percent, kind,
                  uncertainty_percent}, supplier, systematic_percent, systematic_reason, note,
                  amount{one of BASES; of; scales_with + at},
                  and one of: chemical (+ name, formula, density_g_ml) | stock (+ name)
                  | choice{input, options{value: chemical slug or {chemical, name, ...}}}}
    steps[]      {key, operation, text, stage, parameters{temperature_c: "120", ...},
                  ingredients[keys], atmosphere, vessel, until, unknowns{what: sentence}, note}
    flags[]      {code, message, severity}          cautions that go with every plan
    outcomes[]   {when{input: number}, precursor_appearance, phase, structure, evidence, where, note}
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .plain import InvalidRecipe, PlainReader, as_plain
from .recipe_inputs import RecipeInput
from .recipe_parts import (
    APPEARANCES,
    EVIDENCE,
    PHASES,
    STRUCTURES,
    AmountRule,
    Chemical,
    Ingredient,
    Purity,
    Step,
    Substance,
    Vessel,
    checked_formula,
)

__all__ = [
    "AmountRule", "Chemical", "Flag", "Ingredient", "InvalidRecipe", "Outcome", "Purity",
    "RecipeDefinition", "RecipeInput", "Step", "Substance", "Vessel",
    "load_shipped_chemicals", "load_shipped_recipes",
]  # fmt: skip

KINDS = ("stock_solution", "nanocrystals", "layer_solution")
SEVERITIES = ("info", "caution", "review", "block")
_OUTCOME_WORDS = {"precursor_appearance": APPEARANCES, "phase": PHASES, "structure": STRUCTURES}
DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Flag:
    """A caution that always goes with the recipe."""

    code: str
    message: str
    severity: str = "info"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the source reports at one setting of the inputs, and how surely it says so."""

    when: Mapping[str, Decimal]
    evidence: str
    where: str
    precursor_appearance: str = ""
    phase: str = ""
    structure: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecipeDefinition:
    """A checked recipe: inputs asked for, ingredients with one amount rule each, steps, sources."""

    slug: str
    name: str
    kind: str
    summary: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    product_formula: str = ""
    inputs: tuple[RecipeInput, ...] = ()
    vessels: tuple[Vessel, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    steps: tuple[Step, ...] = ()
    flags: tuple[Flag, ...] = ()
    unknowns: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], chemicals: Mapping[str, Chemical] | None = None
    ) -> "RecipeDefinition":
        """Read and check a recipe; raises InvalidRecipe with a sentence.

        ``chemicals`` (by slug) fills in names, formulas and densities that an ingredient leaves
        out; the shipped list when not given.
        """
        known = load_shipped_chemicals() if chemicals is None else chemicals
        reader = PlainReader(data, "The recipe")
        slug = reader.text("slug", required=True)
        reader.where = f"Recipe “{slug}”"
        recipe = cls(
            slug=slug,
            name=reader.text("name", required=True),
            kind=reader.one_of("kind", KINDS),
            summary=reader.text("summary"),
            source=reader.text_map("source"),
            product_formula=checked_formula(reader, "product_formula"),
            inputs=tuple(RecipeInput.from_dict(item) for item in reader.many("inputs")),
            vessels=tuple(Vessel.from_dict(item) for item in reader.many("vessels")),
            ingredients=tuple(
                Ingredient.from_dict(item, known) for item in reader.many("ingredients")
            ),
            steps=tuple(Step.from_dict(item) for item in reader.many("steps")),
            flags=tuple(_flag(item, slug) for item in reader.many("flags")),
            unknowns=reader.text_map("unknowns"),
            outcomes=tuple(_outcome(item, slug) for item in reader.many("outcomes")),
        )
        reader.finish()
        recipe._check()
        return recipe

    def as_dict(self) -> dict[str, Any]:
        """Return the plain, self-contained dict that from_dict reads back to an equal recipe."""
        plain: dict[str, Any] = as_plain(self)
        for item, ingredient in zip(plain.get("ingredients", []), self.ingredients, strict=True):
            item["amount"] = ingredient.amount.as_dict()
            item.update(item.pop("substance", {}))
            if ingredient.stock:
                item["name"] = item.pop("stock_name")
            if ingredient.choice_input:
                item["choice"] = {"input": item.pop("choice_input"), "options": item.pop("options")}
        return plain

    def input(self, key: str) -> RecipeInput | None:
        """Return the input with this key, None when the recipe has none."""
        return next((one for one in self.inputs if one.key == key), None)

    def ingredient(self, key: str) -> Ingredient | None:
        """Return the ingredient with this key, None when the recipe has none."""
        return next((one for one in self.ingredients if one.key == key), None)

    def _check(self) -> None:
        if not self.ingredients:
            raise InvalidRecipe(f"Recipe “{self.slug}” has no ingredients. Add at least one.")
        for what, keys in (
            ("input", [one.key for one in self.inputs]),
            ("vessel", [one.key for one in self.vessels]),
            ("ingredient", [one.key for one in self.ingredients]),
            ("step", [one.key for one in self.steps]),
        ):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise InvalidRecipe(
                    f"Recipe “{self.slug}” has two {what}s called {', '.join(twice)}. Rename one."
                )
        for ingredient in self.ingredients:
            self._check_amount(ingredient)
        solved = [one.amount.solves for one in self.ingredients if one.amount.solves]
        for key in solved:
            if solved.count(key) > 1:
                raise InvalidRecipe(
                    f"Two ingredients carry the target “{key}”. Let one carry it and give the other an amount."
                )
        self._check_fillers()
        self._check_rings()
        self._check_vessels()
        self._check_steps()
        for outcome in self.outcomes:
            self._must_know("input", outcome.when, "An outcome")

    def _check_amount(self, ingredient: Ingredient) -> None:
        where, rule = f"Ingredient “{ingredient.key}”", ingredient.amount
        if rule.of:
            self._must_know("ingredient", [rule.of], where)
        if rule.scales_with:
            self._must_know("input", [rule.scales_with], where)
        if rule.solves:
            self._must_know("input", [rule.solves], where)
            target = self.input(rule.solves)
            if target is None or target.kind not in ("ratio", "amount"):
                raise InvalidRecipe(
                    f"{where} can only carry a ratio or an amount of an element, not “{rule.solves}”."
                )
        if ingredient.choice_input:
            choice = self.input(ingredient.choice_input)
            if (
                choice is None
                or choice.kind != "choice"
                or set(choice.options) != set(ingredient.options)
            ):
                raise InvalidRecipe(
                    f"{where}: the options should be those of an input of kind choice."
                )

    def _check_fillers(self) -> None:
        fillers = [one.key for one in self.ingredients if one.amount.basis == "fills_to_ml"]
        if len(fillers) > 1:
            raise InvalidRecipe(
                f"{' and '.join(fillers)} should each fill up to the total volume: the ratio between them is "
                "missing. Give all but one a volume of its own."
            )

    def _check_rings(self) -> None:
        for ingredient in self.ingredients:
            seen, current = {ingredient.key}, ingredient
            while current.amount.of:
                following = self.ingredient(current.amount.of)
                if following is None or following.key in seen:
                    raise InvalidRecipe(
                        f"The amounts of {', '.join(sorted(seen))} refer to each other in a ring. Give one of them in mg or mL."
                    )
                seen.add(following.key)
                current = following

    def _check_vessels(self) -> None:
        for vessel in self.vessels:
            if not vessel.size:
                continue
            where = f"The vessel “{vessel.key}”"
            self._must_know("input", [vessel.size], where)
            asked = self.input(vessel.size)
            if asked is not None and asked.kind != "size":
                raise InvalidRecipe(f"{where} takes its size from an input of the kind “size”.")

    def _check_steps(self) -> None:
        vessels = [one.key for one in self.vessels]
        for step in self.steps:
            self._must_know("ingredient", step.ingredients, f"Step “{step.key}”")
            if step.vessel and step.vessel not in vessels:
                raise InvalidRecipe(
                    f"Step “{step.key}” uses the vessel “{step.vessel}”, which the recipe does not list."
                )

    def _must_know(self, what: str, keys: Any, where: str) -> None:
        known = self.inputs if what == "input" else self.ingredients
        missing = sorted(set(keys) - {one.key for one in known})
        if missing:
            raise InvalidRecipe(
                f"{where} refers to the {what} “{missing[0]}”, which the recipe does not list."
            )


def _flag(data: object, slug: str) -> Flag:
    reader = PlainReader(data, f"A flag of recipe “{slug}”")
    severity = reader.one_of("severity", SEVERITIES) if reader.has("severity") else "info"
    flag = Flag(reader.text("code", required=True), reader.text("message", required=True), severity)
    reader.finish()
    return flag


def _outcome(data: object, slug: str) -> Outcome:
    reader = PlainReader(data, f"An outcome of recipe “{slug}”")
    settings = PlainReader(reader.take("when"), f"{reader.where}, when")
    when: dict[str, Decimal] = {}
    for key in settings.names():
        value = settings.decimal(key, required=True)
        if value is not None:
            when[key] = value
    words = {
        key: reader.one_of(key, allowed) if reader.has(key) else ""
        for key, allowed in _OUTCOME_WORDS.items()
    }
    outcome = Outcome(
        when=when,
        evidence=reader.one_of("evidence", EVIDENCE),
        where=reader.text("where", required=True),
        note=reader.text("note"),
        **words,
    )
    reader.finish()
    return outcome


@lru_cache(maxsize=1)
def load_shipped_chemicals() -> Mapping[str, Chemical]:
    """Return the chemicals that ship with the product, by slug."""
    rows = tomllib.loads((DATA / "chemicals.toml").read_text("utf-8"))["chemicals"]
    return MappingProxyType({one.slug: one for one in map(Chemical.from_dict, rows)})


@lru_cache(maxsize=1)
def load_shipped_recipes() -> Mapping[str, RecipeDefinition]:
    """Return the recipes that ship with the product, by slug."""
    files = sorted((DATA / "recipes").glob("*.toml"))
    recipes = (RecipeDefinition.from_dict(tomllib.loads(file.read_text("utf-8"))) for file in files)
    return MappingProxyType({recipe.slug: recipe for recipe in recipes})
