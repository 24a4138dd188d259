"""What a button of the editor does to a definition: add, remove, move, copy a part."""

from __future__ import annotations

import copy
from typing import Any

from labnotebook.records.asked import whole_number
from labnotebook.records.free_names import free_name
from synthesis.recipe_form.names import SECTIONS

NEW: dict[str, dict[str, Any]] = {
    "ratio": {"kind": "ratio", "name": "", "unit": "1"},
    "amount": {"kind": "amount", "name": "Lead", "element": "Pb", "unit": "mmol"},
    "scale": {"kind": "scale", "name": "Scale", "unit": "1", "default": "1"},
    "condition": {"kind": "condition", "name": "", "unit": "°C"},
    "size": {"kind": "size", "name": "Flask", "unit": "mL", "default": "50"},
    "choice": {"kind": "choice", "name": "", "options": {}},
}


def act(definition: dict[str, Any], said: str) -> str:
    """Change the definition as a button says; return which part to open (``ingredients-3``)."""
    what, _colon, rest = said.partition(":")
    section, _colon, which = rest.partition(":")
    if section not in SECTIONS:
        return ""
    parts = definition[section]
    if what == "add":
        parts.append(_new(section, which))
        return f"{section}-{len(parts) - 1}"
    place = whole_number(which)
    if place is None or place >= len(parts):
        return ""
    if what == "remove":
        del parts[place]
        return ""
    if what == "copy":
        twin = copy.deepcopy(parts[place])
        twin["key"] = free_name(twin.get("key", ""), [part.get("key", "") for part in parts])
        parts.insert(place + 1, twin)
        return f"{section}-{place + 1}"
    goes_to = place + {"up": -1, "down": 1}.get(what, 0)
    if 0 <= goes_to < len(parts):
        parts.insert(goes_to, parts.pop(place))
        return f"{section}-{goes_to}"
    return f"{section}-{place}"


def _new(section: str, which: str) -> dict[str, Any]:
    if section == "inputs":
        return dict(NEW.get(which, NEW["condition"]))
    if section == "steps":
        return {"operation": which, "text": ""} if which else {"operation": "load", "text": ""}
    if section == "layers":
        return {"role": which or "interlayer", "material": ""}
    return {"amount": {}} if section == "ingredients" else {"name": ""}
