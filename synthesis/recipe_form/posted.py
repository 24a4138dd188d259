"""The posted form as a definition. Nothing typed is lost: what cannot be read stays as it was typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from labnotebook.records.free_names import free_name
from synthesis.chemistry.operations import Operations
from synthesis.chemistry.recipe import Chemical
from synthesis.chemistry.recipe_parts import BASES
from synthesis.chemistry.typed import UnreadableQuantity, convert, parse_quantity
from synthesis.recipe_form.names import SECTIONS, proposed_key, rename

RULE_UNITS = {
    "mass_mg": "mg", "volume_ml": "mL", "amount_mmol": "mmol", "equivalents": "1",
    "concentration_mol_l": "mol/L", "concentration_mg_ml": "mg/mL", "weight_percent": "%",
    "fills_to_ml": "mL",
}  # fmt: skip
OF_ANOTHER = ("equivalents", "concentration_mol_l", "concentration_mg_ml", "weight_percent")
CONCENTRATIONS = ("concentration_mol_l", "concentration_mg_ml")
SCALED = ("mass_mg", "volume_ml", "amount_mmol", "fills_to_ml")
OF_A_CHEMICAL = ("name", "formula", "density_g_ml", "species")
STOCK = "stock: "


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a recipe can name: the lab's chemicals, recipes of stocks by slug, operations."""

    chemicals: Mapping[str, Chemical]
    stocks: Mapping[str, str]
    operations: Operations

    def origin(self, typed: str) -> dict[str, str]:
        """Return ``{"chemical": slug}`` or ``{"stock": slug}`` for a name, a formula or a slug."""
        text = typed.strip()
        bare = text.removeprefix(STOCK).strip()
        for slug, name in self.stocks.items():
            if bare.casefold() in (slug, name.casefold()):
                return {"stock": slug, "name": name}
        if text in self.chemicals:
            return {"chemical": text}
        found = [c.slug for c in self.chemicals.values() if c.name.casefold() == text.casefold()]
        found = found or [c.slug for c in self.chemicals.values() if c.formula == text]
        return {"chemical": found[0] if len(found) == 1 else text} if text else {}

    def typed(self, part: Mapping[str, Any]) -> str:
        """Return the words by which a part's chemical or stock is shown and found again."""
        if part.get("stock"):
            return STOCK + self.stocks.get(part["stock"], part["stock"])
        known = self.chemicals.get(str(part.get("chemical", "")))
        return known.name if known else str(part.get("chemical", ""))


def definition_of(posted: QueryDict, shelf: Shelf) -> dict[str, Any]:
    """Return the definition that a posted form says."""
    definition = _rest(posted, "rest")
    definition |= _texts(posted, "", ("name", "kind", "summary", "product_formula"))
    definition["source"] = _rest(posted, "source-rest") | _texts(
        posted, "source-", ("citation", "doi")
    )
    definition |= _texts(posted, "", ("polarity", "light_out"))
    if nicknames := _listed(posted.get("nicknames", "")):
        definition["nicknames"] = nicknames
    if pixels := _listed(posted.get("pixels", "")):
        definition["pixels"] = [_pixel(typed) for typed in pixels]
    readers = {
        "inputs": _input,
        "vessels": _vessel,
        "ingredients": _ingredient,
        "layers": _layer,
        "steps": _step,
    }
    was: dict[str, list[str]] = {}
    for section in SECTIONS:
        prefixes = [f"{section}-{number}-" for number in numbers_of(posted, section)]
        definition[section] = [
            _rest(posted, f"{prefix}rest") | readers[section](posted, prefix, shelf)
            for prefix in prefixes
        ]
        was[section] = [posted.get(f"{prefix}was", "") for prefix in prefixes]
    for section in SECTIONS:
        _give_keys(definition, section, was[section], shelf.chemicals)
    return definition


def _pixel(typed: str) -> dict[str, str]:
    """Read ``P1 4``, ``P1: 4 mm²`` or ``P1``; an area that cannot be read stays as it was typed."""
    label, _space, area = typed.replace(":", " ").partition(" ")
    if not area.strip():
        return {"label": label}
    try:
        return {"label": label, "area_mm2": f"{parse_quantity(area, 'mm²').value:f}"}
    except UnreadableQuantity:
        return {"label": label, "area_mm2": area.strip()}


def numbers_of(posted: QueryDict, section: str) -> list[str]:
    """Return the numbers of a section's parts in their order on the page."""
    return [text[:12] for text in posted.getlist(section) if text.isascii() and text.isalnum()][
        :200
    ]


def _give_keys(
    definition: dict[str, Any], section: str, was: list[str], chemicals: Mapping[str, Chemical]
) -> None:
    taken = [part["key"] for part in definition[section] if part.get("key")]
    for part, old in zip(definition[section], was, strict=True):
        if not part.get("key"):
            wanted = proposed_key(section, part, chemicals) or f"{section.removesuffix('s')}_1"
            part["key"] = free_name(wanted, taken)
            taken.append(part["key"])
        if old and old != part["key"]:
            rename(definition, section, old, part["key"])


def _input(posted: QueryDict, prefix: str, shelf: Shelf) -> dict[str, Any]:
    names = ("key", "name", "kind", "unit", "element", "numerator", "denominator")
    part: dict[str, Any] = _texts(posted, prefix, names)
    part |= _gaps(posted, prefix, part.get("unit", "1") or "1")
    kind = part.get("kind", "")
    own = {"ratio": ("numerator", "denominator"), "amount": ("element",)}
    for name in {"numerator", "denominator", "element"} - set(own.get(kind, ())):
        part.pop(name, None)
    if kind == "choice":
        part["options"] = _options(posted.get(f"{prefix}options", ""))
        return part | _texts(posted, prefix, ("default",))
    for name in ("minimum", "default", "maximum"):
        part |= _number(posted, prefix, name, part.get("unit", "1") or "1")
    return part


def _gaps(posted: QueryDict, prefix: str, unit: str) -> dict[str, Any]:
    """Read the stretches that nobody has measured; an empty row is none."""
    rows: dict[int, dict[str, str]] = {}
    for field in posted:
        number, _dash, name = field.removeprefix(f"{prefix}gaps-").partition("-")
        text = posted.get(field, "").strip()
        if field.startswith(f"{prefix}gaps-") and number.isascii() and number.isdigit() and text:
            row = rows.setdefault(int(number[:3]), {})
            row[name] = text if name == "message" else _plain(text, unit)
    return {"gaps": [rows[number] for number in sorted(rows)]} if rows else {}


def _options(text: str) -> dict[str, str]:
    """Read one option a line: ``oleylamine = Oleylamine``; its words are the option when it has no others."""
    pairs = (line.partition("=") for line in text.splitlines() if line.strip())
    return {key.strip(): words.strip() or key.strip() for key, _sign, words in pairs}


def _vessel(posted: QueryDict, prefix: str, shelf: Shelf) -> dict[str, Any]:
    part = _texts(posted, prefix, ("key", "name", "size")) | _number(
        posted, prefix, "volume_ml", "mL"
    )
    return part | ({"heated": True} if posted.get(f"{prefix}heated") else {})


def _ingredient(posted: QueryDict, prefix: str, shelf: Shelf) -> dict[str, Any]:
    names = ("key", "role", "stage", "note", "printed_amount", "supplier")
    part: dict[str, Any] = _texts(posted, prefix, names)
    part |= _purity(posted, f"{prefix}purity-") | _choice(posted, prefix, shelf)
    part |= _when(posted, prefix)
    what, before = posted.get(f"{prefix}what", ""), _rest(posted, f"{prefix}substance")
    origin = shelf.origin(what)
    same = {k: v for k, v in before.items() if k in ("chemical", "stock")} == {
        k: v for k, v in origin.items() if k in ("chemical", "stock")
    }
    part |= before if same else origin
    rule, value = posted.get(f"{prefix}rule", ""), posted.get(f"{prefix}value", "").strip()
    amount: dict[str, Any] = {}
    if rule == "solves":
        amount |= _texts(posted, prefix, ("solves",))
    elif rule in BASES:
        amount |= {rule: _plain(value, RULE_UNITS[rule])} if value else {}
    if rule in OF_ANOTHER:
        amount |= _texts(posted, prefix, ("of",))
    if rule in CONCENTRATIONS:
        amount |= _texts(posted, prefix, ("per",))
    if rule in SCALED:
        amount |= _texts(posted, prefix, ("scales_with", "at"))
    amount |= _texts(posted, prefix, ("times",))
    return part | {"amount": amount}


def _layer(posted: QueryDict, prefix: str, shelf: Shelf) -> dict[str, Any]:
    names = (
        "key",
        "role",
        "material",
        "made_of",
        "thickness_source",
        "thickness_note",
        "source",
        "note",
    )
    part: dict[str, Any] = _texts(posted, prefix, names)
    for name in ("thickness_nm", "thickness_tolerance_nm"):
        part |= _number(posted, prefix, name, "nm")
    return part


def _listed(text: str) -> list[str]:
    """Read a list of words with commas between them."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _purity(posted: QueryDict, prefix: str) -> dict[str, Any]:
    """Read the purity that the source prints."""
    said = _texts(posted, prefix, ("kind", "assumed"))
    for name in ("low_percent", "high_percent", "uncertainty_percent"):
        said |= _number(posted, prefix, name, "%")
    return {"printed_purity": said} if said else {}


def _choice(posted: QueryDict, prefix: str, shelf: Shelf) -> dict[str, Any]:
    """Read which input chooses, and the chemical of each of its options."""
    before, options = _rest(posted, f"{prefix}options"), {}
    for field in posted:
        typed = posted.get(field, "").strip()
        if not field.startswith(f"{prefix}o-") or not typed:
            continue
        name = field.removeprefix(f"{prefix}o-")
        slug, old = shelf.origin(typed).get("chemical", typed), before.get(name)
        same = old == slug or (isinstance(old, Mapping) and old.get("chemical") == slug)
        options[name] = old if same else {"chemical": slug}
    said = posted.get(f"{prefix}choice", "").strip()
    return {"choice": {"input": said, "options": options}} if said or options else {}


def _when(posted: QueryDict, prefix: str) -> dict[str, Any]:
    """Read for which options of the choices a part is; nothing ticked: for all of them."""
    ticked = {
        field.removeprefix(f"{prefix}when-"): "|".join(filter(None, posted.getlist(field)))
        for field in posted
        if field.startswith(f"{prefix}when-")
    }
    ticked = {key: options for key, options in ticked.items() if options}
    return {"when": ticked} if ticked else {}


def _step(posted: QueryDict, prefix: str, shelf: Shelf) -> dict[str, Any]:
    names = (
        "key",
        "operation",
        "text",
        "stage",
        "layer",
        "atmosphere",
        "vessel",
        "until",
        "repeat",
        "note",
    )
    part: dict[str, Any] = _texts(posted, prefix, names)
    part["agents"] = _listed(posted.get(f"{prefix}agents", ""))
    part |= _when(posted, prefix)
    part["ingredients"] = posted.getlist(f"{prefix}ingredients")
    part["parameters"], part["unknowns"] = {}, _rest(posted, f"{prefix}unknown-rest")
    for field in posted:
        if field.startswith(f"{prefix}p-"):
            name = field.removeprefix(f"{prefix}p-")
            _parameter(posted, prefix, name, part, shelf)
    part["tolerances"] = {
        name: _setting(posted[field].strip(), part.get("operation", ""), name, shelf)
        for field in posted
        if field.startswith(f"{prefix}t-") and posted[field].strip()
        for name in [field.removeprefix(f"{prefix}t-")]
    }
    part["rows"] = _tables(posted, prefix, part.get("operation", ""), shelf)
    return {name: value for name, value in part.items() if value or name == "key"}


def _parameter(
    posted: QueryDict, prefix: str, name: str, part: dict[str, Any], shelf: Shelf
) -> None:
    value = posted.get(f"{prefix}p-{name}", "").strip()
    how, _colon, key = posted.get(f"{prefix}how-{name}", "").partition(":")
    if how == "input" and key:
        part["parameters"][name] = {"input": key}
    elif how == "unknown":
        part["unknowns"][name] = value or "not stated"
    elif value:
        part["parameters"][name] = _setting(value, part.get("operation", ""), name, shelf)


def _setting(value: str, operation: str, name: str, shelf: Shelf) -> str:
    """Return a step's number in the unit it is kept in; it is typed in the one that is shown."""
    measure = shelf.operations.measures.get(name)
    if measure is None:
        return value
    shown = shelf.operations.shown_unit(operation, name) or measure.unit
    try:
        return (
            f"{convert(parse_quantity(value, shown, negative=True).value, shown, measure.unit):f}"
        )
    except UnreadableQuantity:
        return value


def _tables(posted: QueryDict, prefix: str, operation: str, shelf: Shelf) -> dict[str, Any]:
    """Read the rows of numbers of a step (segments, drops); an empty row is none."""
    tables: dict[str, dict[int, dict[str, str]]] = {}
    for field in posted:
        rows, _dash, rest = field.removeprefix(f"{prefix}r-").partition("-")
        number, _dash, name = rest.partition("-")
        value = posted.get(field, "").strip()
        if field.startswith(f"{prefix}r-") and number.isascii() and number.isdigit() and value:
            row = tables.setdefault(rows, {}).setdefault(int(number[:3]), {})
            row[name] = _setting(value, operation, name, shelf)
    return {rows: [table[n] for n in sorted(table)] for rows, table in tables.items()}


def _texts(posted: QueryDict, prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    said = {name: posted.get(f"{prefix}{name}", "").strip() for name in names}
    return {name: text for name, text in said.items() if text}


def _number(posted: QueryDict, prefix: str, name: str, unit: str) -> dict[str, str]:
    text = posted.get(f"{prefix}{name}", "").strip()
    return {name: _plain(text, unit)} if text else {}


def _plain(text: str, unit: str) -> str:
    """Return a typed number in the unit, or the text where it is none: the check will say so."""
    try:
        return f"{parse_quantity(text, unit, negative=True).value:f}"
    except UnreadableQuantity:
        return text


def _rest(posted: QueryDict, name: str) -> dict[str, Any]:
    try:
        kept = json.loads(posted.get(name, "") or "{}")
    except (ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}
