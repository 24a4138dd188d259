"""What a recipe asks the chemist for: a ratio of two elements, an amount, a scale, a choice, a size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from .plain import InvalidRecipe, PlainReader, as_decimal
from .typed import UnreadableQuantity, dimension_of

INPUT_KINDS = ("ratio", "amount", "scale", "choice", "size")


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of an input that nobody has measured."""

    low: Decimal
    high: Decimal
    message: str


@dataclass(frozen=True, slots=True)
class RecipeInput:
    """What the chemist asks for: a ratio of two elements, an amount of one, a scale, a choice, or the
    size of a vessel."""

    key: str
    name: str
    kind: str
    unit: str = "1"
    element: str = ""
    numerator: str = ""
    denominator: str = ""
    default: Decimal | None = None
    reference: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    explored_maximum: Decimal | None = None
    tested: tuple[Decimal, ...] = ()
    gaps: tuple[Gap, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    help: str = ""

    @classmethod
    def from_dict(cls, data: object) -> "RecipeInput":
        """Read one input; raises InvalidRecipe."""
        reader = PlainReader(data, "An input")
        key = reader.text("key", required=True)
        reader.where = where = f"Input “{key}”"
        kind = reader.one_of("kind", INPUT_KINDS)
        result = cls(
            key=key,
            name=reader.text("name", required=True),
            kind=kind,
            unit=reader.text("unit") or "1",
            element=reader.text("element", required=kind == "amount"),
            numerator=reader.text("numerator", required=kind == "ratio"),
            denominator=reader.text("denominator", required=kind == "ratio"),
            default=reader.decimal("default", low=0),
            reference=reader.positive("reference"),
            minimum=reader.decimal("minimum", low=0),
            maximum=reader.decimal("maximum", low=0),
            explored_maximum=reader.decimal("explored_maximum", low=0),
            tested=tuple(as_decimal(value, f"{where}, tested") for value in reader.many("tested")),
            gaps=tuple(_gap(value, where) for value in reader.many("gaps")),
            options=reader.text_map("options"),
            help=reader.text("help"),
        )
        reader.finish()
        try:
            dimension_of(result.unit)
        except UnreadableQuantity as refusal:
            raise InvalidRecipe(f"{where}: {refusal}") from refusal
        if (kind == "choice") != bool(result.options):
            raise InvalidRecipe(f"{where}: a choice needs options, and only a choice has them.")
        if (
            result.minimum is not None
            and result.maximum is not None
            and result.minimum > result.maximum
        ):
            raise InvalidRecipe(f"{where}: the minimum lies above the maximum.")
        return result


def _gap(data: object, where: str) -> Gap:
    reader = PlainReader(data, f"{where}, gap")
    low, high = reader.decimal("low", required=True), reader.decimal("high", required=True)
    message = reader.text("message", required=True)
    reader.finish()
    if low is None or high is None or low >= high:
        raise InvalidRecipe(f"{where}: a gap runs from a lower to a higher value.")
    return Gap(low, high, message)
