"""A definition as the fields of a form: each part with its words, its fields, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from synthesis.chemistry.documents import Fault
from synthesis.chemistry.typed import UnreadableQuantity, convert
from synthesis.recipe_form.names import SECTIONS, is_organic
from synthesis.recipe_form.posted import OF_A_CHEMICAL, RULE_UNITS, Shelf

PROVISIONAL = re.compile(r"(input|vessel|ingredient|step)_\d+(_\d+)?")
SHOWN = {
    "inputs": ("key", "name", "kind", "unit", "element", "numerator", "denominator",
               "minimum", "default", "maximum", "options"),
    "vessels": ("key", "name", "size", "volume_ml", "heated"),
    "ingredients": ("key", "role", "stage", "note", "amount", "chemical", "stock", *OF_A_CHEMICAL),
    "steps": ("key", "operation", "text", "stage", "atmosphere", "vessel", "until", "repeat", "note",
              "ingredients", "parameters", "rows", "unknowns"),
}  # fmt: skip
TOP = ("name", "kind", "summary", "product_formula", "source", *SECTIONS)
PATH = re.compile(r"(?P<section>[a-z]+)\[(?P<index>\d+)\]\.?(?P<rest>.*)")


@dataclass(slots=True)
class Part:
    """One input, vessel, ingredient or step as the page shows it."""

    section: str
    number: str
    data: Mapping[str, Any]
    rest: str
    names: Mapping[str, str] = field(default_factory=dict)  # of the parts it can refer to, by key
    faults: list[Fault] = field(default_factory=list)
    is_changed: bool = False

    @property
    def prefix(self) -> str:
        """How its fields begin."""
        return f"{self.section}-{self.number}"

    @property
    def key(self) -> str:
        """Its key; empty while nobody chose one, so that it follows the name."""
        key = str(self.data.get("key", ""))
        return "" if PROVISIONAL.fullmatch(key) else key

    @property
    def was(self) -> str:
        """The key by which others refer to it now."""
        return str(self.data.get("key", ""))

    @property
    def bounds(self) -> list[dict[str, Any]]:
        """The three numbers of an input."""
        labels = {"minimum": _("From"), "default": _("Default"), "maximum": _("To")}
        return [
            {"name": name, "label": label, "value": self.data.get(name, "")}
            for name, label in labels.items()
        ]


@dataclass(slots=True)
class IngredientPart(Part):
    """An ingredient with its amount rule."""

    what: str = ""
    substance: str = "{}"
    rule: str = ""
    value: str = ""
    solved: str = ""

    @property
    def short(self) -> str:
        """How it is called in a list: by formula where that is short, else by name."""
        formula, name = str(self.data.get("formula", "")), str(self.data.get("name", ""))
        return formula if formula and not is_organic(formula) else name or self.what or self.was

    @property
    def amount(self) -> Mapping[str, Any]:
        """What its rule says."""
        found = self.data.get("amount")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class NumberField:
    """One number of a step: its label, its unit, what is typed, and who gives it."""

    name: str
    label: str
    unit: str
    value: str
    how: str
    is_required: bool
    is_timed: bool
    is_observed: bool


@dataclass(frozen=True, slots=True)
class TableField:
    """Numbers of a step that repeat, one empty row more than there are."""

    name: str
    columns: tuple[tuple[str, str, str], ...]  # name, label, unit
    rows: tuple[tuple[tuple[str, str], ...], ...]  # name, value


@dataclass(slots=True)
class StepPart(Part):
    """A step with the numbers that its operation takes."""

    label: str = ""
    numbers: tuple[NumberField, ...] = ()
    tables: tuple[TableField, ...] = ()
    unknown_rest: str = "{}"


def parts_of(
    definition: Mapping[str, Any],
    shelf: Shelf,
    faults: Iterable[Fault],
    numbers: Mapping[str, list[str]] | None = None,
    changed: Iterable[str] = (),
) -> dict[str, list[Part]]:
    """Return the parts of every section; ``numbers`` are those of the page, in its order."""
    made = {"ingredients": _ingredient, "steps": _step}
    changed_keys = set(changed)
    found: dict[str, list[Part]] = {}
    for section in SECTIONS:
        found[section] = []
        for index, data in enumerate(definition.get(section) or []):
            data = data if isinstance(data, Mapping) else {}
            number = numbers[section][index] if numbers else str(index)
            rest = {k: v for k, v in data.items() if k not in SHOWN[section]}
            base = (section, number, data, json.dumps(rest))
            part = made[section](base, shelf) if section in made else Part(*base)
            part.is_changed = f"{section}[{data.get('key', '')}]" in changed_keys
            found[section].append(part)
    named = {one.was: _called(one) for part in ("inputs", "ingredients") for one in found[part]}
    for one in (*found["ingredients"], *found["steps"]):
        one.names = named
    for fault in faults:
        match = PATH.fullmatch(fault.path)
        if match and int(match["index"]) < len(found.get(match["section"], [])):
            found[match["section"]][int(match["index"])].faults.append(fault)
    return found


def _called(part: Part) -> str:
    """Return how a row calls what it refers to: ``mmol Pb`` for an amount."""
    if part.data.get("kind") == "amount":
        return f"{part.data.get('unit', '')} {part.data.get('element', '')}"
    return getattr(part, "short", "") or str(part.data.get("name", "")) or part.was


def field_of(path: str, parts: Mapping[str, list[Part]]) -> str:
    """Return the name of the field that a path speaks of, empty when it is none of the form's."""
    match = PATH.fullmatch(path)
    if match is None:
        return path if path in ("name", "kind", "summary", "product_formula") else ""
    if match["section"] not in parts or int(match["index"]) >= len(parts[match["section"]]):
        return ""
    prefix = parts[match["section"]][int(match["index"])].prefix
    rest = match["rest"]
    if rest.startswith("amount."):
        name = rest.removeprefix("amount.")
        return f"{prefix}-{'value' if name in RULE_UNITS else name}"
    row = re.fullmatch(r"rows\.([a-z_]+)\[(\d+)\]\.(\w+)", rest)
    if row:
        return f"{prefix}-r-{row[1]}-{row[2]}-{row[3]}"
    named = {"amount": "rule", "chemical": "what", "stock": "what", "": "what"}
    if rest.startswith("parameters."):
        return f"{prefix}-p-{rest.removeprefix('parameters.')}"
    return f"{prefix}-{named.get(rest, rest)}"


def _ingredient(base: tuple[Any, ...], shelf: Shelf) -> IngredientPart:
    data = base[2]
    part = IngredientPart(*base)
    names = ("chemical", "stock", *OF_A_CHEMICAL)
    part.substance = json.dumps({name: data[name] for name in names if data.get(name)})
    part.what = shelf.typed(data)
    part.rule = next((name for name in ("solves", *RULE_UNITS) if part.amount.get(name)), "")
    part.value = str(part.amount.get(part.rule, "")) if part.rule in RULE_UNITS else ""
    return part


def _step(base: tuple[Any, ...], shelf: Shelf) -> StepPart:
    data = base[2]
    part = StepPart(*base)
    operation = shelf.operations.get(str(data.get("operation", "")))
    known = operation.parameters if operation else ()
    given, unknown = data.get("parameters") or {}, data.get("unknowns") or {}
    part.label = operation.label if operation else str(data.get("operation", ""))
    settings = {one.name: one for one in known}
    names = [*settings, *(name for name in given if name not in settings)]
    part.numbers = tuple(
        _number(name, data, given.get(name), unknown.get(name), settings.get(name), shelf)
        for name in names
    )
    part.unknown_rest = json.dumps({k: v for k, v in unknown.items() if k not in names})
    rows = data.get("rows") or {}
    part.tables = tuple(
        _table(name, columns, rows.get(name) or [], data, shelf)
        for name, columns in (operation.rows if operation else {}).items()
    )
    return part


def _number(
    name: str, step: Mapping[str, Any], value: Any, unknown: Any, known: Any, shelf: Shelf
) -> NumberField:
    measure = shelf.operations.measures.get(name)
    how, text = "", _shown(value, step, name, shelf)
    if isinstance(value, Mapping):
        how, text = f"input:{value.get('input', '')}", ""
    elif unknown is not None and value is None:
        how, text = "unknown", str(unknown)
    return NumberField(
        name=name,
        label=measure.label if measure else name,
        unit=_unit(step, name, shelf),
        value=text,
        how=how,
        is_required=bool(known and known.required),
        is_timed=bool(known and known.timed),
        is_observed=bool(known and known.role == "observation"),
    )


def _unit(step: Mapping[str, Any], name: str, shelf: Shelf) -> str:
    unit = shelf.operations.shown_unit(str(step.get("operation", "")), name)
    return "" if unit == "1" else unit


def _shown(value: Any, step: Mapping[str, Any], name: str, shelf: Shelf) -> str:
    """Return a number in the unit that is shown; what is no number stays as it was typed."""
    measure = shelf.operations.measures.get(name)
    if value is None or isinstance(value, Mapping):
        return ""
    if measure is None:
        return str(value)
    shown = shelf.operations.shown_unit(str(step.get("operation", "")), name) or measure.unit
    try:
        number = convert(Decimal(str(value)), measure.unit, shown)
    except (InvalidOperation, UnreadableQuantity):
        return str(value)
    return f"{number.normalize():f}" if number == number.to_integral() else f"{number:f}"


def _table(
    name: str, columns: Any, rows: list[Mapping[str, Any]], step: Mapping[str, Any], shelf: Shelf
) -> TableField:
    heads = tuple(
        (one.name, shelf.operations.measures[one.name].label, _unit(step, one.name, shelf))
        for one in columns
    )
    cells = tuple(
        tuple((column, _shown(row.get(column), step, column, shelf)) for column, *_ in heads)
        for row in [*rows, {}]
    )
    return TableField(name, heads, cells)
