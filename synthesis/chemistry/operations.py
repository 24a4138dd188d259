"""Operations of the bench as data: what a step can be, and which numbers it takes.

``synthesis/operations.toml`` holds those that ship; a lab adds its own in the same shape. Recipe
editor, bench, deviations and search are derived from them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import field_validator, model_validator

from .documents import (
    Document,
    DocumentReader,
    InvalidDocument,
    NotNegative,
    Number,
    Said,
    Text,
    refuse,
)
from .typed import dimension_of

FILE = Path(__file__).resolve().parents[1] / "operations.toml"
_ROW = re.compile(r"(?P<rows>[a-z_]+)_(?P<number>\d{1,3})_(?P<name>[a-z_]+)")
DeviationKind = Literal["amount", "time", "temperature", "speed", "order", "substitution", "other"]


class Measure(Document):
    """A number that steps take: its unit, how it is shown, what a bench can reach, how far is off plan."""

    name: Said
    label: Said
    unit: Said
    shown: Text = ""
    low: Number
    high: Number
    tolerance: NotNegative | None = None
    tolerance_percent: NotNegative | None = None
    deviation: DeviationKind = "other"

    @property
    def shown_unit(self) -> str:
        """The unit on page and bench."""
        return self.shown or self.unit

    @property
    def dimension(self) -> str:
        """What kind of quantity it is: time, temperature ..."""
        return dimension_of(self.unit)

    def allowed(self, planned: Decimal) -> Decimal | None:
        """How far from ``planned`` is still as planned, in the unit; None when nothing is."""
        if self.tolerance is not None:
            return self.tolerance
        if self.tolerance_percent is not None:
            return abs(planned) * self.tolerance_percent / 100
        return None


class Parameter(Document):
    """One number of one operation: the measure, whether it is required, timed, or read at the bench."""

    name: Said
    required: bool = False
    timed: bool = False
    shown: Text = ""
    role: Literal["set point", "observation"] = "set point"

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data


class Operation(Document):
    """What a step can be."""

    name: Said
    label: Said
    words: Text = ""
    takes: Text = ""
    gives: Text = ""
    parameters: tuple[Parameter, ...] = ()
    rows: Mapping[str, tuple[Parameter, ...]] = {}

    @field_validator("name")
    @classmethod
    def _one_word(cls, name: str) -> str:
        if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 20:
            raise refuse("write one word of at most 20 letters, as in spin-coat.")
        return name

    def parameter(self, name: str) -> Parameter | None:
        """Return one of its numbers, None when it has none of that name."""
        return next((one for one in self.parameters if one.name == name), None)

    @property
    def timed(self) -> str:
        """The number that is the time between start and end, empty when none is."""
        return next((one.name for one in self.parameters if one.timed), "")


@dataclass(frozen=True, slots=True)
class StepNumber:
    """One number of a step by its flat name, those of rows included (``segments_2_speed_rpm``)."""

    name: str
    label: str
    measure: Measure

    @property
    def unit(self) -> str:
        """The unit it is kept in, empty for a count."""
        return "" if self.measure.unit == "1" else self.measure.unit


class OperationsFile(Document):
    """Operations, and the measures that they speak of."""

    parameters: Mapping[str, Measure] = {}
    operations: tuple[Operation, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("parameters", {}), dict):
            return data
        measures = data.get("parameters", {})
        named = {k: {"name": k, **v} if isinstance(v, dict) else v for k, v in measures.items()}
        return {**data, "parameters": named}


class Operations:
    """The operations that a recipe may use: those that ship, and the lab's own."""

    def __init__(self, measures: Mapping[str, Measure], operations: Iterable[Operation]) -> None:
        self.measures = measures
        self._operations = {one.name: one for one in operations}

    def __iter__(self) -> Any:
        return iter(self._operations.values())

    def get(self, name: str) -> Operation | None:
        """Return one operation, None when there is none of that name."""
        return self._operations.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in their order."""
        return tuple(self._operations)

    def with_own(self, definitions: Iterable[Mapping[str, Any]]) -> Operations:
        """Return these and a lab's own; raises InvalidDocument for one that cannot be read."""
        own = [read_operation(one, self.measures) for one in definitions]
        return Operations(self.measures, [*self._operations.values(), *own])

    def numbers_of(self, operation: str) -> tuple[str, ...]:
        """Return what may be measured at an operation, by name; rows as ``segments_1_speed_rpm``."""
        found = self.get(operation)
        if found is None:
            return tuple(self.measures)
        rows = (f"{rows}_1_{one.name}" for rows, row in found.rows.items() for one in row)
        return (*(one.name for one in found.parameters), *rows)

    def takes(self, operation: str, name: str) -> bool:
        """Whether an operation has a number of this flat name; one that is not known takes any."""
        row = _ROW.fullmatch(name)
        first = name if row is None else f"{row['rows']}_1_{row['name']}"
        return first in self.numbers_of(operation) and step_number(name) is not None

    def shown_unit(self, operation: str, name: str) -> str:
        """Return the unit in which an operation's number is shown and typed."""
        found = self.get(operation)
        own = found.parameter(name) if found else None
        measure = self.measures.get(name)
        return (own.shown if own else "") or (measure.shown_unit if measure else "")


_OPERATION = DocumentReader(Operation, "The operation")


def read_operation(
    definition: Mapping[str, Any], measures: Mapping[str, Measure] | None = None
) -> Operation:
    """Read one operation of a lab's own; raises InvalidDocument with a sentence."""
    known = shipped_operations().measures if measures is None else measures
    operation = _OPERATION.read(definition)
    for one in (*operation.parameters, *(p for row in operation.rows.values() for p in row)):
        if one.name not in known:
            raise InvalidDocument(
                f"The operation “{operation.name}” takes “{one.name[:60]}”, which is no number that"
                f" is known here. Use {', '.join(known)}."
            )
    return operation


@lru_cache(maxsize=1)
def shipped_operations() -> Operations:
    """Return the operations that ship with the product."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    file = DocumentReader(OperationsFile, "The operations").read(data)
    for one in data["operations"]:
        read_operation(one, file.parameters)
    return Operations(MappingProxyType(dict(file.parameters)), file.operations)


@lru_cache(maxsize=512)
def step_number(name: str) -> StepNumber | None:
    """Return what a number of a step is, None when no operation has such a number."""
    measures = shipped_operations().measures
    if name in measures:
        return StepNumber(name, measures[name].label, measures[name])
    row = _ROW.fullmatch(name)
    if row is None or row["name"] not in measures:
        return None
    measure = measures[row["name"]]
    words = row["rows"].replace("_", " ").removesuffix("s").capitalize()
    return StepNumber(name, f"{words} {row['number']}, {measure.label.lower()}", measure)
