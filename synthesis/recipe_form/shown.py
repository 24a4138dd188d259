"""A definition as the fields of a form: each part with its words, its fields, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from synthesis.chemistry.documents import Fault
from synthesis.chemistry.operations import step_number
from synthesis.chemistry.steps import ROW_NUMBER
from synthesis.chemistry.typed import UnreadableQuantity, convert
from synthesis.recipe_form.names import SECTIONS
from synthesis.recipe_form.parts import (
    IngredientPart,
    NumberField,
    Part,
    StepPart,
    TableField,
    ToleranceField,
    WhenField,
    list_of,
    mapping_of,
)
from synthesis.recipe_form.posted import OF_A_CHEMICAL, RULE_UNITS, Shelf

SHOWN = {
    "inputs": ("key", "name", "kind", "unit", "element", "numerator", "denominator",
               "minimum", "default", "maximum", "options", "gaps"),
    "vessels": ("key", "name", "size", "volume_ml", "heated"),
    "ingredients": ("key", "role", "stage", "note", "amount", "chemical", "stock", *OF_A_CHEMICAL,
                    "printed_amount", "supplier", "printed_purity", "choice", "when"),
    "layers": ("key", "role", "material", "made_of", "thickness_nm", "thickness_tolerance_nm",
               "thickness_source", "thickness_note", "source", "note"),
    "steps": ("key", "operation", "text", "stage", "layer", "agents", "atmosphere", "vessel", "until", "repeat", "note",
              "ingredients", "parameters", "rows", "tolerances", "unknowns", "when"),
}  # fmt: skip
TOP = ("name", "kind", "summary", "product_formula", "source", "polarity", "light_out", "nicknames",
       "pixels", *SECTIONS)  # fmt: skip
PATH = re.compile(r"(?P<section>[a-z]+)\[(?P<index>\d+)\]\.?(?P<rest>.*)")


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
    choices = {one.was: one for one in found["inputs"] if one.data.get("kind") == "choice"}
    for one in (*found["ingredients"], *found["steps"]):
        one.names, one.whens = named, _whens(one.data, choices)
    for one in found["ingredients"]:
        if isinstance(one, IngredientPart):
            _fill_options(one, choices, shelf)
    for fault in faults:
        match = PATH.fullmatch(fault.path)
        if match and int(match["index"]) < len(found.get(match["section"], [])):
            found[match["section"]][int(match["index"])].faults.append(fault)
    return found


def _whens(data: Mapping[str, Any], choices: Mapping[str, Part]) -> tuple[WhenField, ...]:
    """Return a field for each choice; what is ticked and is no option stays, so that it can be mended."""
    said = mapping_of(data.get("when"))
    fields = []
    for key in [*choices, *(key for key in said if key not in choices)]:
        ticked = [one for one in str(said.get(key, "")).split("|") if one]
        known = mapping_of(choices[key].data.get("options")) if key in choices else {}
        words = {str(one): str(text) for one, text in known.items()}
        words |= {one: one for one in ticked if one not in words}
        name = str(choices[key].data.get("name") or key) if key in choices else key
        options = tuple((one, text, one in ticked) for one, text in words.items())
        fields.append(WhenField(key, name, options))
    return tuple(fields)


def _fill_options(part: IngredientPart, choices: Mapping[str, Part], shelf: Shelf) -> None:
    """Give an ingredient that an input chooses one field for each option."""
    said = mapping_of(mapping_of(part.data.get("choice")).get("options"))
    asked = choices.get(part.chooser)
    words = {
        str(k): str(v) for k, v in mapping_of(asked.data.get("options") if asked else {}).items()
    }
    words |= {str(key): str(key) for key in said if str(key) not in words}
    part.options_before = json.dumps(dict(said))
    part.options = tuple(
        (key, text, _typed_option(said.get(key), shelf)) for key, text in words.items()
    )


def _typed_option(option: Any, shelf: Shelf) -> str:
    return shelf.typed(option if isinstance(option, Mapping) else {"chemical": option or ""})


def _called(part: Part) -> str:
    """Return how a row calls what it refers to: ``mmol Pb`` for an amount."""
    if part.data.get("kind") == "amount":
        return f"{part.data.get('unit', '')} {part.data.get('element', '')}"
    return getattr(part, "short", "") or str(part.data.get("name", "")) or part.was


def field_of(path: str, parts: Mapping[str, list[Part]]) -> str:
    """Return the name of the field that a path speaks of, empty when it is none of the form's."""
    match = PATH.fullmatch(path)
    if match is None:
        return path if path in ("name", "kind", "summary", "product_formula", "polarity") else ""
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
    option = re.fullmatch(r"choice\.options\.(.+?)(?:\.chemical)?", rest)
    if option:
        return f"{prefix}-o-{option[1]}"
    gap = re.fullmatch(r"gaps\[(\d+)\](?:\.(\w+))?", rest)
    if gap:
        return f"{prefix}-gaps-{gap[1]}-{gap[2] or 'low'}"
    if rest.startswith("printed_purity"):
        return f"{prefix}-purity-{rest.partition('.')[2] or 'low_percent'}"
    if rest.startswith("when."):
        return f"{prefix}-when-{rest.removeprefix('when.')}"
    named = {
        "choice.input": "choice",
        "amount": "rule",
        "chemical": "what",
        "stock": "what",
        "": "what",
    }
    for kind, letter in (("parameters.", "p"), ("tolerances.", "t")):
        if rest.startswith(kind):
            return f"{prefix}-{letter}-{rest.removeprefix(kind)}"
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
    part.tolerances = _tolerances(data, shelf)
    return part


def _tolerances(step: Mapping[str, Any], shelf: Shelf) -> tuple[ToleranceField, ...]:
    """Return a field for each number that the step plans, and for each that has a tolerance all the same."""
    said, rows = mapping_of(step.get("tolerances")), mapping_of(step.get("rows"))
    planned = [
        *mapping_of(step.get("parameters")),
        *(
            ROW_NUMBER.format(rows=key, number=number, name=name)
            for key, table in rows.items()
            for number, row in enumerate(list_of(table), start=1)
            for name in mapping_of(row)
        ),
    ]
    fields = []
    for name in dict.fromkeys([*planned, *said]):
        known = step_number(name)
        unit = _unit(step, name, shelf) or (known.unit if known else "")
        label = known.label if known else name
        fields.append(ToleranceField(name, label, unit, _shown(said.get(name), step, name, shelf)))
    return tuple(fields)


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
