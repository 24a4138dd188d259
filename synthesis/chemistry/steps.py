"""Steps of a recipe: one operation each, with typed numbers that are fixed or varied by an input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from .documents import Document, Fault, Keyed, NotNegative, Said, Text, as_decimal, refuse
from .operations import Operations, Parameter

ROW_NUMBER = "{rows}_{number}_{name}"  # how a number of a row is called where all have one name


class Varied(Document):
    """A number that an input of the recipe gives."""

    input: Said


def _setting(value: object) -> object:
    if isinstance(value, Varied):
        return value
    if isinstance(value, Mapping):
        if set(value) != {"input"} or not isinstance(value["input"], str):
            raise refuse('write a number, or {input = "its key"} for one that an input gives.')
        return Varied(input=value["input"])
    try:
        return as_decimal(value)
    except ValueError as error:
        raise refuse(f"it {error}.") from error


Setting = Annotated[
    Any,
    BeforeValidator(_setting),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string"},
                {"type": "number"},
                {
                    "type": "object",
                    "properties": {"input": {"type": "string"}},
                    "required": ["input"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class Step(Keyed):
    """One operation; what the source leaves open stands in ``unknowns``.

    ``parameters`` are numbers by name, ``rows`` tables of numbers (segments and drops of a spin
    coating). ``tolerances`` say by flat name how far off is still as planned, where that is not
    as for every step. ``repeat`` names the input that says how often it is done; steps beside each other
    with the same one are repeated together. ``when`` keeps the step to some choices of an input.
    ``layer`` is the one of a device that it makes; ``agents`` are what it uses besides the ingredients, in
    order (the solvents of a cleaning). ``substrates`` are those of a run that it is for, empty for all.
    """

    operation: Said
    text: Said
    stage: Text = ""
    parameters: Mapping[str, Setting] = {}
    rows: Mapping[str, tuple[Mapping[str, Setting], ...]] = {}
    tolerances: Mapping[str, NotNegative] = {}
    ingredients: tuple[Text, ...] = ()
    layer: Text = ""
    agents: tuple[Text, ...] = ()
    substrates: tuple[Text, ...] = ()
    atmosphere: Text = ""
    vessel: Text = ""
    until: Text = ""
    repeat: Text = ""
    when: Mapping[str, Text] = {}
    unknowns: Mapping[str, Text] = {}
    note: Text = ""

    def numbers(self) -> Iterator[tuple[str, str, Any]]:
        """Yield (path in the step, name, setting) of every number it has."""
        for name, value in self.parameters.items():
            yield f"parameters.{name}", name, value
        for rows, table in self.rows.items():
            for index, row in enumerate(table):
                for name, value in row.items():
                    yield f"rows.{rows}[{index}].{name}", name, value

    def varied_by(self) -> set[str]:
        """Return the inputs that give numbers of this step, or say whether and how often it is done."""
        found = {value.input for _path, _name, value in self.numbers() if isinstance(value, Varied)}
        return found | set(self.when) | ({self.repeat} if self.repeat else set())

    def set_points(self) -> dict[str, Decimal]:
        """Return every number that is known, by flat name."""
        return {name: value for name, value in self.flat().items() if isinstance(value, Decimal)}

    def flat(self) -> dict[str, Any]:
        """Return every setting, those of rows by flat names (``segments_1_speed_rpm``)."""
        flat: dict[str, Any] = dict(self.parameters)
        for rows, table in self.rows.items():
            for number, row in enumerate(table, start=1):
                for name, value in row.items():
                    flat[ROW_NUMBER.format(rows=rows, number=number, name=name)] = value
        return flat

    def at(self, numbers: Mapping[str, Decimal | None]) -> Step:
        """Return the step with the numbers that the inputs give; one they do not give is left open."""
        if not self.varied_by():
            return self
        parameters = {name: _given(value, numbers) for name, value in self.parameters.items()}
        rows = {
            key: tuple({n: _given(v, numbers) for n, v in row.items()} for row in table)
            for key, table in self.rows.items()
        }
        return self.model_copy(update={"parameters": parameters, "rows": rows})


def _given(value: Any, numbers: Mapping[str, Decimal | None]) -> Any:
    if not isinstance(value, Varied):
        return value
    given = numbers[value.input]
    return value if given is None else given  # 0 °C is a temperature


def steps_at(
    steps: Iterable[Step], numbers: Mapping[str, Decimal], choices: Mapping[str, str]
) -> tuple[Step, ...]:
    """Return the steps as the inputs make them: left out, filled in, repeated.

    The first round of a repeated step keeps its key, the second is called ``wash_2``.
    """
    wanted = [step for step in steps if is_wanted(step.when, choices)]
    result: list[Step] = []
    for repeat, group in groupby(wanted, key=lambda step: step.repeat):
        together = [step.at(numbers) for step in group]
        rounds = int(numbers[repeat]) if repeat else 1
        for number in range(1, rounds + 1):
            result += [
                step if number == 1 else step.model_copy(update={"key": f"{step.key}_{number}"})
                for step in together
            ]
    return tuple(result)


def is_wanted(when: Mapping[str, str], choices: Mapping[str, str]) -> bool:
    """Whether a part of a recipe belongs to what was chosen."""
    return all(choices.get(key) in value.split("|") for key, value in when.items())


def step_faults(step: Step, path: str, operations: Operations) -> Iterator[Fault]:
    """Yield what the step's operation does not take: unknown numbers, numbers out of range, missing ones."""
    where = f"Step “{step.key}”"
    operation = operations.get(step.operation)
    if operation is None:
        yield Fault(
            f"{path}.operation",
            f"{where}: “operation” is “{step.operation[:60]}”, but should be one of"
            f" {', '.join(operations.names)}. A lab can add its own.",
        )
        return
    for name, value in step.parameters.items():
        yield from _number_faults(
            operation.parameters, name, value, f"{path}.parameters.{name}", where, operations
        )
    for rows, table in step.rows.items():
        if rows not in operation.rows:
            known = ", ".join(operation.rows) or "none"
            yield Fault(
                f"{path}.rows.{rows}",
                f"{where}: the rows “{rows[:60]}” are not known for {operation.name}, which takes {known}.",
            )
            continue
        for index, row in enumerate(table):
            for name, value in row.items():
                at = f"{path}.rows.{rows}[{index}].{name}"
                yield from _number_faults(
                    operation.rows[rows],
                    name,
                    value,
                    at,
                    f"{where}, {rows} {index + 1}",
                    operations,
                )
    for name in sorted(step.tolerances.keys() - step.flat().keys()):
        planned = ", ".join(step.flat()) or "none"
        yield Fault(
            f"{path}.tolerances.{name}",
            f"{where}: a tolerance is given for “{name[:60]}”, which this step does not plan. It plans"
            f" {planned}.",
        )
    for one in operation.parameters:
        if one.required and one.name not in step.parameters and one.name not in step.unknowns:
            yield Fault(
                f"{path}.parameters",
                f"{where} needs {one.name}. Give it, or say under unknowns why it is not known.",
            )


def _number_faults(
    known: tuple[Parameter, ...],
    name: str,
    value: Any,
    path: str,
    where: str,
    operations: Operations,
) -> Iterator[Fault]:
    if name not in {one.name for one in known}:
        listed = ", ".join(one.name for one in known) or "no numbers"
        yield Fault(path, f"{where}: parameter “{name[:60]}” is not known. It takes {listed}.")
        return
    measure = operations.measures[name]
    if isinstance(value, Decimal) and not measure.low <= value <= measure.high:
        unit = "" if measure.unit == "1" else f" {measure.unit}"
        yield Fault(
            path,
            f"{where}: {name} is {value}{unit}, but should lie between {measure.low} and"
            f" {measure.high}{unit}.",
        )
