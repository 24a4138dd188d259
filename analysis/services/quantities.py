"""The numbers a person may type as an outcome: unit, words, and the range that makes sense."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from analysis.models import LabQuantity
from analysis.quantities import QUANTITIES
from analysis.quantity import Quantity
from analysis.services.subjects import Subject
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity

LONGEST_TEXT = 40
# Units that papers print where they mean ours: what is typed from them is not converted, but asked about.
MISPRINTS = {
    ("power_efficiency_lm_w", "%"): (
        " A share of the electrical power is the wall-plug efficiency, another number. Where a paper prints a few per"
        " cent beside some cd/A, it means lm/W: π·CE/V tells."
    ),
    ("luminance_cd_m2", "cd/cm2"): (
        " 1 cd/cm² is 10 000 cd/m², brighter than any LED: where a paper prints cd/cm² it means cd/m²."
    ),
}
WITH_UNIT = re.compile(r"[+−-]?[\d.,]+ *(?P<unit>[^\d\s.,][^\s]*)")


def every_quantity() -> dict[str, Quantity]:
    """Return the built-in quantities and the lab's own ones, by name."""
    own = LabQuantity.objects.exclude(name__in=QUANTITIES)  # a package may bring what the lab had
    return QUANTITIES | {row.name: row.quantity for row in own}


def typable_for(subject: Subject) -> list[Quantity]:
    """Return the quantities that may be typed for this kind of subject."""
    kind = subject._meta.model_name
    return [one for one in every_quantity().values() if kind in one.subjects]


def typable(subject: Subject, name: str) -> Quantity:
    """Return the quantity called ``name``; refuse what cannot be typed for this subject."""
    built_in = QUANTITIES.get(name)
    if built_in is not None and built_in.computed_from:
        raise Refusal(
            f"{built_in.computed_from} is computed from the quantum yield and the lifetime; type"
            " those instead.",
            field="quantity",
        )
    known = {one.name: one for one in typable_for(subject)}
    if name not in known:
        kind = subject._meta.verbose_name
        raise Refusal(
            f"{name[:60]!r} cannot be typed for a {kind}. Known: {', '.join(known)}.",
            field="quantity",
        )
    return known[name]


def parse_value(quantity: Quantity, text: str) -> Decimal:
    """Read a typed value in the quantity's unit, within its plausible range; refuse in words."""
    value = parse_number(quantity, text, "value")
    if not quantity.low <= value <= quantity.high:
        unit = f" {quantity.unit}" if quantity.unit else ""
        raise Refusal(
            f"{quantity.label}: {text.strip()} is outside what makes sense"
            f" ({quantity.low:g} to {quantity.high:g}{unit}). Check the number and its unit.",
            field="value",
        )
    if quantity.unit == "%" and 0 < value < 1 and "%" not in text:
        percent = f"{(value * 100).normalize():f}"
        raise Refusal(
            f"{quantity.label}: is {text.strip()} a fraction? Then type {percent}."
            f" If it is that little, type {text.strip()} %.",
            field="value",
        )
    return value


def parse_uncertainty(quantity: Quantity, text: str) -> float | None:
    """Read a typed standard uncertainty; None when nothing was typed."""
    if not text.strip():
        return None
    value = float(parse_number(quantity, text, "uncertainty"))
    widest = max(abs(quantity.low), abs(quantity.high))
    if value < 0 or value > widest:
        raise Refusal(
            f"The uncertainty of the {quantity.label.lower()} lies between 0 and {widest:g}.",
            field="uncertainty",
        )
    return value


def parse_number(quantity: Quantity, text: str, field: str) -> Decimal:
    """Read a typed number with or without its unit."""
    if len(text.strip()) > LONGEST_TEXT:
        raise Refusal(
            f"This is longer than {LONGEST_TEXT} characters. Type one number, such as 98 or 79.3.",
            field=field,
        )
    bare = text.strip()
    for unit in (quantity.unit, quantity.unit.replace("2", "²").replace("3", "³")):
        if unit and bare.endswith(unit):
            bare = bare.removesuffix(unit).strip()
    try:
        known_unit = quantity.unit if quantity.unit in ("nm", "ns", "h") else "1"
        typed = parse_quantity(bare, known_unit, negative=quantity.low < 0)
    except UnreadableQuantity as refusal:
        other = WITH_UNIT.fullmatch(bare)
        if known_unit == "1" and other:
            raise _in_another_unit(quantity, other["unit"], field) from refusal
        raise Refusal(str(refusal), field=field) from refusal
    if known_unit == "1" and typed.typed_unit not in ("", "1"):
        raise _in_another_unit(quantity, typed.typed_unit, field)
    if not math.isfinite(float(typed.value)):
        raise Refusal(f"“{bare}” is not a number that can be kept.", field=field)
    return typed.value


def _in_another_unit(quantity: Quantity, unit: str, field: str) -> Refusal:
    wanted = f"in {quantity.unit}" if quantity.unit else "without a unit"
    plain = unit.replace("²", "2").replace("^", "")
    hint = MISPRINTS.get((quantity.name, plain), "")
    return Refusal(f"{quantity.label} is typed {wanted}, not in {unit}.{hint}", field=field)
