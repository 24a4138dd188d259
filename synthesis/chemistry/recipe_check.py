"""What a recipe's parts say about each other: every reference is found, nothing runs in a ring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .documents import Fault, Keyed
from .layers import layer_faults
from .operations import Operations
from .recipe import RecipeDefinition
from .recipe_inputs import RecipeInput
from .recipe_parts import Ingredient
from .species import GROUPS, is_species
from .steps import Step, Varied, step_faults

LONGEST_KEY = 60
MOST_PARTS = 200


def faults_of(recipe: RecipeDefinition, operations: Operations) -> Iterator[Fault]:
    """Yield every contradiction of a recipe whose shape is right."""
    if not recipe.ingredients and recipe.kind not in ("experiment", "device"):
        yield Fault("ingredients", f"Recipe “{recipe.slug}” has no ingredients. Add at least one.")
    for noun, parts in (
        ("input", recipe.inputs),
        ("vessel", recipe.vessels),
        ("ingredient", recipe.ingredients),
        ("layer", recipe.layers),
        ("step", recipe.steps),
    ):
        yield from _about_keys(recipe, noun, parts)
    for index, one in enumerate(recipe.inputs):
        yield from _about_species(one, f"inputs[{index}]")
    for index, ingredient in enumerate(recipe.ingredients):
        yield from _about_ingredient(recipe, ingredient, f"ingredients[{index}]")
    yield from _about_targets(recipe)
    yield from _about_fillers(recipe)
    yield from _about_rings(recipe)
    for index, vessel in enumerate(recipe.vessels):
        if vessel.size:
            where, path = f"The vessel “{vessel.key}”", f"vessels[{index}].size"
            yield from _unlisted(recipe, "input", [vessel.size], where, path)
            asked = recipe.input(vessel.size)
            if asked is not None and asked.kind != "size":
                yield Fault(path, f"{where} takes its size from an input of the kind “size”.")
    for index, step in enumerate(recipe.steps):
        yield from _about_step(recipe, step, f"steps[{index}]")
        yield from step_faults(step, f"steps[{index}]", operations)
    yield from layer_faults(recipe)
    for index, outcome in enumerate(recipe.outcomes):
        path = f"outcomes[{index}].when"
        yield from _unlisted(recipe, "input", outcome.when, "An outcome", path)


def _about_keys(recipe: RecipeDefinition, noun: str, parts: Sequence[Keyed]) -> Iterator[Fault]:
    if len(parts) > MOST_PARTS:
        yield Fault(
            f"{noun}s", f"A recipe has at most {MOST_PARTS} {noun}s. Make two recipes of it."
        )
    seen: set[str] = set()
    for index, part in enumerate(parts):
        path = f"{noun}s[{index}].key"
        if part.key in seen:
            yield Fault(
                path, f"Recipe “{recipe.slug}” has two {noun}s called {part.key}. Rename one."
            )
        elif not part.key.replace("_", "").replace("-", "").isalnum():
            yield Fault(
                path,
                f"The key “{part.key[:LONGEST_KEY]}” should be letters, digits, _ and - only,"
                " as in cs_oleate.",
            )
        elif len(part.key) > LONGEST_KEY:
            yield Fault(
                path, f"A key has at most {LONGEST_KEY} letters; “{part.key[:20]}…” has more."
            )
        seen.add(part.key)


def _about_species(one: RecipeInput, path: str) -> Iterator[Fault]:
    sides = {"numerator": one.numerator, "denominator": one.denominator}
    if one.element:
        sides["element"] = (one.element,)
    for side, species in sides.items():
        for name in species:
            if not is_species(name):
                yield Fault(
                    f"{path}.{side}",
                    f"Input “{one.key}”: “{name[:20]}” is no element and no group that is counted."
                    f" Groups are {', '.join(GROUPS)}.",
                )


def _about_ingredient(
    recipe: RecipeDefinition, ingredient: Ingredient, path: str
) -> Iterator[Fault]:
    where, rule = f"Ingredient “{ingredient.key}”", ingredient.amount
    if rule.of:
        yield from _unlisted(recipe, "ingredient", [rule.of], where, f"{path}.amount.of")
    for name in ("scales_with", "times"):
        key = getattr(rule, name)
        if key:
            at = f"{path}.amount.{name}"
            yield from _unlisted(recipe, "input", [key], where, at)
            asked = recipe.input(key)
            if asked is not None and asked.kind == "choice":
                yield Fault(at, f"{where}: “{key}” is a choice and no number to multiply by.")
    if rule.solves:
        yield from _unlisted(recipe, "input", [rule.solves], where, f"{path}.amount.solves")
        target = recipe.input(rule.solves)
        if target is not None and target.kind not in ("ratio", "amount"):
            yield Fault(
                f"{path}.amount.solves",
                f"{where} can only carry a ratio or an amount of a species, not “{rule.solves}”.",
            )
    if ingredient.choice is not None:
        asked = recipe.input(ingredient.choice.input)
        if asked is None or asked.kind != "choice" or set(asked.options) != set(ingredient.options):
            yield Fault(
                f"{path}.choice",
                f"{where}: the options should be those of an input of kind choice.",
            )
    yield from _about_when(recipe, ingredient, where, path)


def _about_when(
    recipe: RecipeDefinition, part: Ingredient | Step, where: str, path: str
) -> Iterator[Fault]:
    for key, options in part.when.items():
        asked = recipe.input(key)
        known = set(asked.options) if asked is not None and asked.kind == "choice" else set()
        strange = [option for option in options.split("|") if option not in known]
        if strange:
            yield Fault(
                f"{path}.when.{key}",
                f"{where} is only for “{strange[0]}” of “{key}”, which is no option of an input of"
                " kind choice.",
            )


def _about_targets(recipe: RecipeDefinition) -> Iterator[Fault]:
    carriers: dict[str, str] = {}
    for index, one in enumerate(recipe.ingredients):
        key = one.amount.solves
        if key and key in carriers and not one.when:
            yield Fault(
                f"ingredients[{index}].amount.solves",
                f"Two ingredients carry the target “{key}”: {carriers[key]} and {one.key}. Let one carry"
                " it and give the other an amount.",
            )
        carriers.setdefault(key, one.key)


def _about_fillers(recipe: RecipeDefinition) -> Iterator[Fault]:
    fillers = [
        (index, one.key)
        for index, one in enumerate(recipe.ingredients)
        if one.amount.basis == "fills_to_ml"
    ]
    if len(fillers) > 1:
        yield Fault(
            f"ingredients[{fillers[1][0]}].amount",
            f"{' and '.join(key for _i, key in fillers)} should each fill up to the total volume: the"
            " ratio between them is missing. Give all but one a volume of its own.",
        )


def _about_rings(recipe: RecipeDefinition) -> Iterator[Fault]:
    for index, ingredient in enumerate(recipe.ingredients):
        seen, current = {ingredient.key}, ingredient
        while current.amount.of:
            following = recipe.ingredient(current.amount.of)
            if following is None:
                break
            if following.key in seen:
                yield Fault(
                    f"ingredients[{index}].amount.of",
                    f"The amounts of {', '.join(sorted(seen))} refer to each other in a ring. Give one"
                    " of them in mg or mL.",
                )
                return
            seen.add(following.key)
            current = following


def _about_step(recipe: RecipeDefinition, step: Step, path: str) -> Iterator[Fault]:
    where = f"Step “{step.key}”"
    yield from _unlisted(recipe, "ingredient", step.ingredients, where, f"{path}.ingredients")
    if step.vessel and step.vessel not in {one.key for one in recipe.vessels}:
        yield Fault(
            f"{path}.vessel",
            f"{where} uses the vessel “{step.vessel}”, which the recipe does not list.",
        )
    for at, _name, value in step.numbers():
        if isinstance(value, Varied):
            yield from _unlisted(recipe, "input", [value.input], where, f"{path}.{at}")
            asked = recipe.input(value.input)
            if asked is not None and asked.kind == "choice":
                yield Fault(f"{path}.{at}", f"{where}: “{value.input}” is a choice and no number.")
    if step.repeat:
        yield from _unlisted(recipe, "input", [step.repeat], where, f"{path}.repeat")
        asked = recipe.input(step.repeat)
        if asked is not None and (asked.kind != "condition" or asked.unit != "1"):
            yield Fault(
                f"{path}.repeat",
                f"{where} is repeated by an input of kind condition without a unit, such as a number"
                " of washes.",
            )
    yield from _about_when(recipe, step, where, path)


def _unlisted(
    recipe: RecipeDefinition, noun: str, keys: Iterable[str], where: str, path: str
) -> Iterator[Fault]:
    known = {one.key for one in (recipe.inputs if noun == "input" else recipe.ingredients)}
    for key in keys:
        if key not in known:
            yield Fault(
                path,
                f"{where} refers to the {noun} “{key[:LONGEST_KEY]}”, which the recipe does not list.",
            )
