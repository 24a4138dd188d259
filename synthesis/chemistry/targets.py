"""Read what was asked for: every input of the recipe gets a finite, allowed number or a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from .amounts import in_digits
from .recipe import RecipeDefinition
from .recipe_inputs import RecipeInput
from .sources import ImpossibleTarget
from .typed import UnreadableQuantity, parse_quantity

TargetValue = Decimal | int | float | str | None
WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Targets:
    """Numbers by input key, choices by input key, and both as they were typed."""

    numbers: Mapping[str, Decimal]
    choices: Mapping[str, str]
    typed: Mapping[str, str]


def read_targets(recipe: RecipeDefinition, asked: Mapping[str, TargetValue]) -> Targets:
    """Check the asked targets against the recipe's inputs; raises ImpossibleTarget in words.

    An input that is not named takes its default; one that is named and empty is refused, since
    somebody who emptied a field has not asked for the default.
    """
    known = [one.key for one in recipe.inputs]
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise ImpossibleTarget(
            f"The recipe “{recipe.name}” does not ask for “{unknown[0]}”. It asks for"
            f" {', '.join(known) or 'nothing'}.",
            field=unknown[0],
        )
    numbers: dict[str, Decimal] = {}
    choices: dict[str, str] = {}
    for one in recipe.inputs:
        value = asked.get(one.key, one.default)
        if one.kind == "choice":
            choices[one.key] = _choice(one, value)
        else:
            numbers[one.key] = _number(one, value)
    typed = {key: f"{number:f}" for key, number in numbers.items()} | choices
    return Targets(numbers, choices, typed)


def _choice(one: RecipeInput, value: TargetValue) -> str:
    listed = "; ".join(f"{key}: {label}" for key, label in one.options.items())
    if value is None or value == "":
        raise ImpossibleTarget(
            f"Choose “{one.name}” first ({listed}). {one.help}".strip(), field=one.key
        )
    if not isinstance(value, str) or value not in one.options:
        raise ImpossibleTarget(
            f"“{one.name}” cannot be {value!r}. Choose one of {listed}.", field=one.key
        )
    return value


def _number(one: RecipeInput, value: TargetValue) -> Decimal:
    if value is None or (isinstance(value, str) and not value.strip()):
        example = "" if one.default is None else f", such as {one.default:f}"
        raise ImpossibleTarget(
            f"“{one.name}” is empty. Say which{_in_unit(one)}{example}.", field=one.key
        )
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        raise ImpossibleTarget(
            f"“{one.name}” should be a number{_in_unit(one)}, not {value!r}.", field=one.key
        )
    try:
        number = _understood(str(value), one.unit)
    except UnreadableQuantity as refusal:
        raise ImpossibleTarget(f"“{one.name}”: {refusal}", field=one.key) from refusal
    wrong = _outside(one, number)
    if wrong:
        raise ImpossibleTarget(
            f"“{one.name}” is {in_digits(number, 4)}{_in_unit(one, ' ')}, but should be {wrong}.",
            field=one.key,
        )
    return number + 0  # turns a typed -0 into 0


@lru_cache(maxsize=1024)
def _understood(text: str, unit: str) -> Decimal:
    return parse_quantity(text, unit, negative=True).value


def _outside(one: RecipeInput, number: Decimal) -> str:
    """Say what is wrong with a number, nothing when it is allowed."""
    unit = _in_unit(one, " ")
    if one.kind in ("amount", "scale", "size") and number <= 0:
        return "above 0"
    low = Decimal(0) if one.minimum is None and one.kind != "condition" else one.minimum
    if low is not None and number < low:
        return f"at least {low}{unit}"
    if one.maximum is not None and number > one.maximum:
        return f"at most {one.maximum}{unit}"
    if one.kind == "condition" and one.unit == "1" and number % WHOLE:
        return "a whole number"
    return ""


def _in_unit(one: RecipeInput, before: str = " in ") -> str:
    return "" if one.unit == "1" else f"{before}{one.unit}"
