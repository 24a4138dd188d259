"""What a recipe asks the chemist for: ratios, an amount, a scale, conditions, choices, sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, WithJsonSchema, field_validator, model_validator

from .documents import (
    Document,
    Keyed,
    NotNegative,
    Number,
    Positive,
    Said,
    Text,
    as_decimal,
    refuse,
)
from .typed import UnreadableQuantity, dimension_of

InputKind = Literal["ratio", "amount", "scale", "choice", "size", "condition"]
INPUT_KINDS: tuple[str, ...] = get_args(InputKind)


def _species(value: object) -> object:
    """Read ``Pb``, ``Pb+Mn`` or a list of species."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("+") if part.strip())
    return value


Species = Annotated[
    tuple[Text, ...],
    BeforeValidator(_species),
    WithJsonSchema({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Default = Annotated[Any, WithJsonSchema({"type": ["string", "number"]})]


class Gap(Document):
    """A stretch of an input that the recipe's source has not measured."""

    low: Number
    high: Number
    message: Said

    @model_validator(mode="after")
    def _upwards(self) -> Gap:
        if self.low >= self.high:
            raise refuse("a gap runs from a lower to a higher value.")
        return self


class RecipeInput(Keyed):
    """What the chemist asks for.

    ``ratio`` of species in the flask (mol/mol), ``amount`` of one species, ``scale`` of everything,
    ``condition`` that steps refer to, ``choice`` among options, ``size`` of a vessel. ``default``
    is a number, for a choice one of its options.
    """

    name: Said
    kind: InputKind
    unit: Text = "1"
    element: Text = ""
    numerator: Species = ()
    denominator: Species = ()
    default: Default = None
    reference: Positive | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    explored_maximum: NotNegative | None = None
    tested: tuple[Number, ...] = ()
    gaps: tuple[Gap, ...] = ()
    options: Mapping[str, Said] = {}
    help: Text = ""

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        try:
            dimension_of(unit or "1")
        except UnreadableQuantity as refusal:
            raise refuse(str(refusal)) from refusal
        return unit or "1"

    @model_validator(mode="before")
    @classmethod
    def _read_default(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or data.get("default") is None:
            return data
        default = data["default"]
        if data.get("kind") == "choice":
            if default not in (data.get("options") or {}):
                raise refuse("the default should be one of the options.", at="default")
            return data
        try:
            return {**data, "default": as_decimal(default)}
        except ValueError as error:
            raise refuse(f"“default” {error}.", at="default") from error

    @model_validator(mode="after")
    def _consistent(self) -> RecipeInput:
        for sentence, at in self._contradictions():
            raise refuse(sentence, at=at)
        return self

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        if self.kind == "amount" and not self.element:
            yield "an amount needs “element”: say of which species.", "element"
        for side in ("numerator", "denominator"):
            if self.kind == "ratio" and not getattr(self, side):
                yield f"a ratio needs “{side}”: say which species, such as Pb or Pb+Mn.", side
        if (self.kind == "choice") != bool(self.options):
            yield "a choice needs options, and only a choice has them.", "options"
        low, high = self.minimum, self.maximum
        if low is not None and high is not None and low > high:
            yield "the minimum lies above the maximum.", "minimum"
        if self.kind == "choice":
            return
        for name in ("default", "minimum", "maximum"):
            value = getattr(self, name)
            if value is not None and value < 0 and self.kind != "condition":
                yield f"“{name}” is {value}, but should be at least 0.", name
        if self.default is not None and not self.allows(self.default):
            ends = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (
                high is not None
            )
            yield (
                f"the default {self.default} lies outside its own range ({' and '.join(ends)}).",
                "default",
            )
        if self.kind == "condition" and self.default is None:
            yield "a condition needs a default: what is done when nobody says otherwise.", "default"

    def allows(self, value: Decimal) -> bool:
        """Whether a number lies in the input's range."""
        low, high = self.minimum, self.maximum
        return (low is None or value >= low) and (high is None or value <= high)

    def as_dict(self) -> dict[str, Any]:
        """Return the plain input; species are written as ``Pb+Mn``."""
        plain = super().as_dict()
        sides = {
            name: "+".join(plain[name]) for name in ("numerator", "denominator") if name in plain
        }
        return plain | sides
