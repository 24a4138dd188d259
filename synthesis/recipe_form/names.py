"""What a part is called by the others: keys made from names, and every reference renamed with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify

from synthesis.chemistry.recipe import Chemical

LONGEST = 40
ORGANIC = re.compile(r"C\d*H")
SECTIONS = ("inputs", "vessels", "ingredients", "layers", "steps")
_AMOUNT_REFERENCES = {
    "solves": "inputs",
    "scales_with": "inputs",
    "times": "inputs",
    "of": "ingredients",
}


def words_to_key(*words: str) -> str:
    """Return a key of words: letters, digits and underscores."""
    return "_".join(filter(None, (slugify(word).replace("-", "_") for word in words)))[:LONGEST]


def is_organic(formula: str) -> bool:
    """Whether nobody calls it by its formula: a solvent or a ligand."""
    return ORGANIC.match(formula) is not None


def proposed_key(section: str, part: Mapping[str, Any], chemicals: Mapping[str, Chemical]) -> str:
    """Return the key that a part gets while nobody has chosen one, empty while nothing tells."""
    if section == "inputs":
        return _input_key(part)
    if section == "ingredients":
        known = chemicals.get(str(part.get("chemical", "")))
        if known and known.formula and not is_organic(known.formula):
            return words_to_key(known.formula)
        return words_to_key(str(part.get("chemical") or part.get("stock") or ""))
    if section == "steps":
        return words_to_key(str(part.get("layer", "")), str(part.get("operation", "")))
    if section == "layers":
        return words_to_key(str(part.get("material", "")))
    return words_to_key(str(part.get("name", "")))


def _input_key(part: Mapping[str, Any]) -> str:
    if part.get("kind") == "ratio":
        sides = [_species(part.get(side)) for side in ("numerator", "denominator")]
        return "_".join(["ratio", *sides]) if all(sides) else ""
    name = words_to_key(str(part.get("name", "")))
    unit = "".join(sign for sign in str(part.get("unit", "")) if sign.isascii() and sign.isalpha())
    return f"{name}_{unit.lower()}" if name and unit else name


def _species(side: Any) -> str:
    parts = side if isinstance(side, list | tuple) else str(side or "").split("+")
    return "_".join(sorted(str(one).strip().lower() for one in parts if str(one).strip()))


def rename(definition: dict[str, Any], section: str, old: str, new: str) -> None:
    """Let every reference to one part follow its new key."""
    for one in definition["ingredients"]:
        amount = one.get("amount") or {}
        for field, of in _AMOUNT_REFERENCES.items():
            if of == section and amount.get(field) == old:
                amount[field] = new
        if section == "inputs":
            _rename_inputs(one, old, new)
    for step in definition["steps"]:
        if section == "ingredients":
            step["ingredients"] = [new if k == old else k for k in step.get("ingredients", [])]
        if section == "vessels" and step.get("vessel") == old:
            step["vessel"] = new
        if section == "layers" and step.get("layer") == old:
            step["layer"] = new
        if section == "inputs":
            _rename_inputs(step, old, new)
            for table in [step.get("parameters", {}), *_rows(step)]:
                for name, value in table.items():
                    if value == {"input": old}:
                        table[name] = {"input": new}
            if step.get("repeat") == old:
                step["repeat"] = new
    if section == "inputs":
        for vessel in definition["vessels"]:
            if vessel.get("size") == old:
                vessel["size"] = new


def _rows(step: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for table in step.get("rows", {}).values() for row in table]


def _rename_inputs(part: dict[str, Any], old: str, new: str) -> None:
    if old in part.get("when", {}):
        part["when"] = {new if key == old else key: value for key, value in part["when"].items()}
    choice = part.get("choice")
    if isinstance(choice, dict) and choice.get("input") == old:
        choice["input"] = new
