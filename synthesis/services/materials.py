"""Bottles that are bought and stocks that are made."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from labnotebook.records.codes import next_code
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.formulas import UnreadableFormula, normalise_formula, read_formula
from synthesis.chemistry.labels import named_for
from synthesis.models import Batch, Chemical, Material

# What may be said about a bottle when it is entered, and corrected later.
BOTTLE_FIELDS = (
    "supplier",
    "catalogue_number",
    "lot_number",
    "assay_percent",
    "assay_uncertainty_percent",
    "assay_kind",
    "amount_received",
    "amount_unit",
    "received_date",
    "opened_date",
    "expires_date",
    "place",
    "note",
)
STOCK_FIELDS = (
    "concentration_mol_l",
    "concentration_uncertainty_mol_l",
    "amount_received",
    "amount_unit",
    "opened_date",
    "expires_date",
    "place",
    "note",
)


def add_bottle(
    *, by: Any, project: Project, chemical: Chemical, formula: str = "", **said: Any
) -> Material:
    """Enter a bought bottle under a new code; its formula says which hydrate is really in it."""
    require_editor(by, project)
    formula = _checked_formula(formula, chemical)
    with recorded(by, "bottle entered"):
        material = Material(
            project=project,
            code=next_code("L"),
            kind=Material.Kind.PURCHASED,
            chemical=chemical,
            name=named_for(chemical.name, read_formula(formula)) if formula else chemical.name,
            formula=formula,
            created_by=by,
            **{name: value for name, value in said.items() if name in BOTTLE_FIELDS},
        )
        material.full_clean(exclude=["created_by"])
        material.save()
    return material


def add_stock(*, by: Any, batch: Batch, **said: Any) -> Material:
    """Enter what a batch made as a material of its own, with its recipe as its identity."""
    require_editor(by, batch.project)
    if batch.state not in (Batch.State.MADE, Batch.State.SIGNED):
        raise Refusal(f"{batch.code} is not finished yet; a stock comes from a finished batch.")
    with recorded(by, "stock entered"):
        material = Material(
            project=batch.project,
            code=next_code("S"),
            kind=Material.Kind.PREPARED,
            recipe=batch.recipe_version.recipe,
            produced_by=batch,
            name=batch.recipe_version.recipe.name,
            created_by=by,
            **{name: value for name, value in said.items() if name in STOCK_FIELDS},
        )
        material.full_clean(exclude=["created_by"])
        material.save()
    return material


def correct_material(
    *, by: Any, material: Material, version: int | None, reason: str, **said: Any
) -> Material:
    """Change what is said about a bottle or stock, with a reason; the old values stay in its history."""
    require_editor(by, material.project)
    allowed = BOTTLE_FIELDS if material.kind == Material.Kind.PURCHASED else STOCK_FIELDS
    with recorded(by, reason or "corrected"):
        material = material.lock(version=version)
        for name in allowed:
            if name in said:
                setattr(material, name, said[name])
        material.full_clean(exclude=["created_by"])
        material.save()
        material.refresh_from_db()
    return material


def amount_left(material: Material) -> Decimal | None:
    """Return what is left of a bottle in its own unit; None when nobody said how much there was."""
    if material.amount_received is None:
        return None
    used = material.additions.filter(unit=material.amount_unit).aggregate(sum=Sum("weighed_value"))
    return material.amount_received - (used["sum"] or 0)


def _checked_formula(formula: str, chemical: Chemical) -> str:
    """Return what is in the bottle; another hydrate of the chemical is fine, another salt is not."""
    text = formula.strip() or chemical.formula
    if not text:
        return ""
    try:
        inside = read_formula(text)
        named = read_formula(chemical.formula) if chemical.formula else None
    except UnreadableFormula as refusal:
        raise Refusal(str(refusal), field="formula") from refusal
    if named is not None and dict(inside.anhydrous.counts) != dict(named.anhydrous.counts):
        raise Refusal(
            f"{text} is not {chemical.name} ({chemical.formula}), with or without water. Choose the"
            " chemical that is on the label.",
            field="formula",
        )
    return normalise_formula(text)
