"""The lab's list of chemicals: what a bottle may be a bottle of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from labnotebook.records.free_names import free_name
from labnotebook.records.history import recorded
from labnotebook.records.models import Revision
from labnotebook.records.permissions import require_lab_editor
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.formulas import Formula, UnreadableFormula, read_formula
from synthesis.chemistry.labels import (
    UnfitLabel,
    checked_cas,
    checked_name,
    checked_pictograms,
    checked_species,
    checked_statements,
)
from synthesis.chemistry.recipe import load_shipped_chemicals
from synthesis.chemistry.species import with_said
from synthesis.models import Chemical

# What may be said of a chemical when it is added, and corrected later.
CHEMICAL_FIELDS = (
    "name",
    "formula",
    "density_g_ml",
    "density_source",
    "cas",
    "hazards",
    "hazard_statements",
    "pictograms",
    "species",
    "note",
)
LONGEST_SLUG = 76  # of 80, so that a number still fits behind it


def add_chemical(*, by: Any, **said: Any) -> Chemical:
    """Add a chemical to the lab's list. A hydrate is another chemical than the anhydrous salt."""
    require_lab_editor(by)
    with recorded(by, "chemical added"):
        chemical = Chemical(**_checked(said))
        _refuse_twin(chemical)
        chemical.slug = _free_slug(chemical)
        chemical.full_clean()
        chemical.save()
    return chemical


def correct_chemical(
    *, by: Any, chemical: Chemical, version: int | None, reason: str, **said: Any
) -> Chemical:
    """Change what is said of a chemical, with a reason; plans and bottles keep what they were made with.

    A new density without a source of its own takes the reason as its source: the old one no longer holds.
    """
    require_lab_editor(by)
    if not reason.strip():
        raise Refusal("Say why it is corrected; the reason stays in its history.", field="reason")
    with recorded(by, reason):
        chemical = chemical.lock(version=version)
        now = {name: getattr(chemical, name) for name in CHEMICAL_FIELDS}
        if "density_g_ml" in said and said["density_g_ml"] != now["density_g_ml"]:
            source = said.get("density_source", "")
            if said["density_g_ml"] is None:
                said["density_source"] = ""
            elif source in ("", now["density_source"]):
                said["density_source"] = reason.strip()[:120]
        for name, value in _checked({**now, "formula": now["formula"] or None, **said}).items():
            setattr(chemical, name, value)
        _refuse_twin(chemical)
        if chemical.formula != now["formula"]:
            _keep_bottles(chemical)
        chemical.full_clean()
        chemical.save()
        chemical.refresh_from_db()
    return chemical


def formula_of(chemical: Chemical) -> Formula | None:
    """Return the formula of a listed chemical; None without one, or where an older notebook took nonsense."""
    try:
        return read_formula(chemical.formula, ask=False) if chemical.formula else None
    except UnreadableFormula:
        return None


def species_of(chemical: Chemical) -> Mapping[str, Decimal]:
    """Return the species of a chemical: those of its formula, and those that it names itself."""
    formula = formula_of(chemical)
    said = {name: Decimal(number) for name, number in chemical.species.items()}
    return with_said(formula.species if formula else {}, said)


def read_typed_formula(text: str) -> Formula:
    """Read what was typed as a formula. Raises Refusal at ``formula``."""
    if not text.strip():
        raise Refusal(
            "The formula is empty. Write it like PbI2 or CaI2·4H2O; leave it out altogether for a polymer or"
            " a mixture, which has none.",
            field="formula",
        )
    try:
        return read_formula(text)
    except UnreadableFormula as refusal:
        raise Refusal(str(refusal), field="formula") from refusal


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a chemical with formula, name, CAS, species and GHS codes checked."""
    kept = {name: said[name] for name in CHEMICAL_FIELDS if name in said}
    typed = kept.get("formula")
    formula = None if typed is None else read_typed_formula(typed)
    try:
        kept["formula"] = formula.text if formula else ""
        kept["name"] = checked_name(kept["name"], formula)
        kept["cas"] = checked_cas(kept.get("cas", ""))
        kept["species"] = checked_species(kept.get("species", {}), formula)
        kept["pictograms"] = checked_pictograms(kept.get("pictograms", ()))
        kept["hazard_statements"] = checked_statements(kept.get("hazard_statements", ()))
    except UnfitLabel as refusal:
        raise Refusal(str(refusal), field=refusal.field) from refusal
    density = kept.get("density_g_ml")
    if density is not None and not density > 0:
        raise Refusal("A density is above 0 g/mL.", field="density_g_ml")
    if kept.get("density_source") and kept.get("density_g_ml") is None:
        raise Refusal("A source of the density is given without the density.", field="density_g_ml")
    return kept


def _refuse_twin(chemical: Chemical) -> None:
    twin = Chemical.objects.filter(name__iexact=chemical.name).exclude(pk=chemical.pk).first()
    if twin is not None:
        raise Refusal(
            f"“{twin.name}” is in the list already ({twin.formula or 'without a formula'}). Use it, or give "
            "this one a name that tells them apart.",
            field="name",
        )


def _keep_bottles(chemical: Chemical) -> None:
    """Refuse a formula that would turn the bottles of a chemical into bottles of another salt."""
    formula = formula_of(chemical)
    for text in chemical.materials.exclude(formula="").values_list("formula", flat=True).distinct():
        inside = read_formula(text, ask=False)
        if formula is None or not inside.is_same_salt(formula):
            raise Refusal(
                f"There are bottles of {text} entered as {chemical.name}, so its formula cannot become "
                f"{chemical.formula or 'empty'}. Add a chemical for the other substance.",
                field="formula",
            )


def _free_slug(chemical: Chemical) -> str:
    base = slugify(chemical.name)[:LONGEST_SLUG] or slugify(chemical.formula) or "chemical"
    # “new” is the address of the form
    taken = {"new", *Chemical.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    return free_name(base, taken, join="-")


def load_shipped(*, by: str) -> None:
    """Write the chemicals that ship where they are missing, or newer and never corrected by a lab."""
    there = {chemical.slug: chemical for chemical in Chemical.objects.all()}
    stale: list[Chemical] = []
    for entry in load_shipped_chemicals().values():
        said = {name: getattr(entry, name) for name in CHEMICAL_FIELDS}
        said["species"] = {name: f"{number:f}" for name, number in entry.species.items()}
        said |= {name: list(said[name]) for name in ("hazard_statements", "pictograms")}
        chemical = there.get(entry.slug)
        if chemical is None:
            Chemical.objects.create(slug=entry.slug, **said)
        elif any(getattr(chemical, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(chemical, name, value)
            stale.append(chemical)
    for chemical in _never_corrected(stale, by):
        chemical.save()


def _never_corrected(chemicals: Sequence[Chemical], by: str) -> list[Chemical]:
    """Return those of which every revision is by the product itself."""
    if not chemicals:
        return []
    others = Revision.objects.of(*chemicals).exclude(actor=by)
    corrected = set(others.values_list("record_id", flat=True))
    return [chemical for chemical in chemicals if str(chemical.pk) not in corrected]
