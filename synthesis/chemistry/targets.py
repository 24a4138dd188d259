"""Read what was asked for: every input of the recipe gets a finite, allowed number or a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .recipe import RecipeDefinition
from .recipe_inputs import RecipeInput
from .sources import ImpossibleTarget
from .typed import UnreadableQuantity, parse_quantity

TargetValue = Decimal | int | float | str


@dataclass(frozen=True, slots=True)
class Targets:
    """Numbers by input key, choices by input key, and both as they were typed."""

    numbers: Mapping[str, Decimal]
    choices: Mapping[str, str]
    typed: Mapping[str, str]


def read_targets(recipe: RecipeDefinition, asked: Mapping[str, TargetValue]) -> Targets:
    """Check the asked targets against the recipe's inputs; raises ImpossibleTarget in words."""
    known = [one.key for one in recipe.inputs]
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise ImpossibleTarget(
            f"The recipe “{recipe.name}” does not ask for “{unknown[0]}”. It asks for {', '.join(known) or 'nothing'}."
        )
    numbers: dict[str, Decimal] = {}
    choices: dict[str, str] = {}
    for one in recipe.inputs:
        value = asked.get(one.key)
        if one.kind == "choice":
            choices[one.key] = _choice(one, value)
        else:
            numbers[one.key] = _number(one, value)
    typed = {key: f"{number:f}" for key, number in numbers.items()} | choices
    return Targets(numbers, choices, typed)


def _choice(one: RecipeInput, value: TargetValue | None) -> str:
    listed = "; ".join(f"{key}: {label}" for key, label in one.options.items())
    if value is None or value == "":
        raise ImpossibleTarget(f"Choose “{one.name}” first ({listed}). {one.help}".strip())
    if not isinstance(value, str) or value not in one.options:
        raise ImpossibleTarget(f"“{one.name}” cannot be {value!r}. Choose one of {listed}.")
    return value


def _number(one: RecipeInput, value: TargetValue | None) -> Decimal:
    if value is None or value == "":
        if one.default is None:
            raise ImpossibleTarget(f"“{one.name}” is missing. Give a number{_in_unit(one)}.")
        return one.default
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        raise ImpossibleTarget(f"“{one.name}” should be a number{_in_unit(one)}, not {value!r}.")
    try:
        number = parse_quantity(str(value), one.unit, negative=True).value
    except UnreadableQuantity as refusal:
        raise ImpossibleTarget(f"“{one.name}”: {refusal}") from refusal
    if one.kind in ("amount", "scale", "size") and number <= 0:
        raise ImpossibleTarget(
            f"“{one.name}” is {_shown(number)}{_in_unit(one, ' ')}, but should be above 0."
        )
    low = one.minimum if one.minimum is not None else Decimal(0)
    if number < low:
        raise ImpossibleTarget(
            f"“{one.name}” is {_shown(number)}{_in_unit(one, ' ')}, but should be at least {low}{_in_unit(one, ' ')}."
        )
    if one.maximum is not None and number > one.maximum:
        raise ImpossibleTarget(
            f"“{one.name}” is {_shown(number)}{_in_unit(one, ' ')}, but should be at most {one.maximum}{_in_unit(one, ' ')}."
        )
    return abs(number)  # turns a typed -0 into 0


def _in_unit(one: RecipeInput, before: str = " in ") -> str:
    return "" if one.unit == "1" else f"{before}{one.unit}"


def _shown(number: Decimal) -> str:
    return f"{number:.4g}"
