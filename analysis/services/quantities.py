"""The numbers a person may type as an outcome: unit, words, and the range that makes sense."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from analysis.services.subjects import Subject
from devices.models import Device, Pixel
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Batch

LONGEST_TEXT = 40
WITH_UNIT = re.compile(r"[+−-]?[\d.,]+ *(?P<unit>[^\d\s.,][^\s]*)")


@dataclass(frozen=True, slots=True)
class Typable:
    """A quantity with its unit, what the page calls it, its plausible range and its subjects."""

    name: str
    unit: str
    label: str
    low: float
    high: float
    subjects: tuple[type, ...] = (Batch,)


ON_DEVICES = (Device, Pixel)
QUANTITIES = {
    one.name: one
    for one in (
        Typable("pl_peak_nm", "nm", "PL peak", 200, 3000),
        Typable("pl_fwhm_nm", "nm", "PL full width at half maximum", 0.1, 1000),
        Typable("plqy_percent", "%", "PL quantum yield", 0, 100),
        Typable("lifetime_ns", "ns", "Lifetime", 0.001, 1e9),
        Typable("size_nm", "nm", "Size (TEM), mean edge length", 0.3, 10_000),
        Typable("ratio_ca_pb_product", "", "R in the product (EDS or ICP)", 0, 1000),
        Typable("gap_ev", "eV", "Band gap", 0.1, 12),
        Typable("trap_density_per_cm3", "1/cm3", "Trap density", 1e8, 1e24, (Batch, *ON_DEVICES)),
        Typable("turn_on_v", "V", "Turn-on voltage", 0.1, 100, ON_DEVICES),
        Typable("luminance_cd_m2", "cd/m2", "Maximum luminance", 0, 1e8, ON_DEVICES),
        Typable("current_density_ma_cm2", "mA/cm2", "Current density", 0, 1e6, ON_DEVICES),
        Typable("current_efficiency_cd_a", "cd/A", "Current efficiency", 0, 1000, ON_DEVICES),
        Typable("power_efficiency_lm_w", "lm/W", "Power efficiency", 0, 1000, ON_DEVICES),
        Typable("eqe_percent", "%", "External quantum efficiency", 0, 100, ON_DEVICES),
        Typable("t50_h", "h", "T50, time to half the luminance", 0, 1e7, ON_DEVICES),
    )
}
COMPUTED = {"k_r_per_s": "k_r", "k_nr_per_s": "k_nr"}
# How well a fit went says something about the analysis, nothing about the batch.
NEVER_OUTCOMES = frozenset({"reduced_deviance", "reduced_chi2", "r_wp_percent"})


def typable_for(subject: Subject) -> list[Typable]:
    """Return the quantities that may be typed for this kind of subject."""
    return [one for one in QUANTITIES.values() if isinstance(subject, one.subjects)]


def typable(subject: Subject, name: str) -> Typable:
    """Return the quantity called ``name``; refuse what cannot be typed for this subject."""
    if name in COMPUTED:
        raise Refusal(
            f"{COMPUTED[name]} is computed from the quantum yield and the lifetime; type those instead.",
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


def parse_value(quantity: Typable, text: str) -> Decimal:
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


def parse_uncertainty(quantity: Typable, text: str) -> float | None:
    """Read a typed standard uncertainty; None when nothing was typed."""
    if not text.strip():
        return None
    value = float(parse_number(quantity, text, "uncertainty"))
    if value < 0 or value > quantity.high:
        raise Refusal(
            f"The uncertainty of the {quantity.label.lower()} lies between 0 and {quantity.high:g}.",
            field="uncertainty",
        )
    return value


def parse_number(quantity: Typable, text: str, field: str) -> Decimal:
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
        typed = parse_quantity(bare, known_unit)
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


def _in_another_unit(quantity: Typable, unit: str, field: str) -> Refusal:
    wanted = f"in {quantity.unit}" if quantity.unit else "without a unit"
    return Refusal(f"{quantity.label} is typed {wanted}, not in {unit}.", field=field)


# What a card or a strip has room for; the whole label stands on the measurement's page.
SHORT = {
    "pl_peak_nm": "Peak",
    "pl_fwhm_nm": "FWHM",
    "pl_fwhm_mev": "FWHM",
    "pl_peak_ev": "Peak",
    "pl_peak_energy_fit_nm": "Peak of I(E)",
    "el_peak_nm": "Peak",
    "el_fwhm_nm": "FWHM",
    "lifetime_ns": "Lifetime τ",
    "lifetime_intensity_ns": "τ, intensity average",
    "crystallite_nm": "Crystallite",
    "xrd_tilt": "Tilt, 1 is γ",
    "lattice_a_pc_angstrom": "Lattice edge",
    "march_r": "Texture, March r",
    "gap_ev": "Gap",
    "turn_on_v": "Turn-on",
    "luminance_cd_m2": "Luminance",
    "current_density_ma_cm2": "Current density",
    "current_efficiency_cd_a": "Current efficiency",
    "power_efficiency_lm_w": "Power efficiency",
    "eqe_percent": "EQE",
    "plqy_percent": "PLQY",
    "size_nm": "Size",
    "delta_volume_percent": "δ by volume",
    "pbi2_volume_percent": "PbI2 by volume",
    "cai2_volume_percent": "CaI2 by volume",
    "reduced_chi2": "Reduced χ²",
    "reduced_deviance": "Reduced deviance",
    "r_wp_percent": "R_wp of the fit",
}


def short_label(quantity: str, label: str = "") -> str:
    """Return a few words for a quantity."""
    return SHORT.get(quantity) or label or quantity
