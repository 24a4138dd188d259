"""Bottles that are bought and stocks that are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from labnotebook.records.codes import next_code, next_codes
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.archive import put_away, reason_of
from synthesis.chemistry.bottles import SHOWN_UNIT
from synthesis.chemistry.formulas import UnreadableFormula, normalise_formula, read_formula
from synthesis.chemistry.labels import named_for
from synthesis.models import Batch, Chemical, Material
from synthesis.services import movements, titrations
from synthesis.services.bottle_facts import check_facts

MOST_ALIQUOTS = 100
# What may be said about a bottle when it is entered, and corrected later.
BOTTLE_FIELDS = (
    "supplier",
    "catalogue_number",
    "lot_number",
    "assay_percent",
    "assay_high_percent",
    "assay_uncertainty_percent",
    "assay_kind",
    "density_g_ml",
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
    "density_g_ml",
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
    bottle = bottle_of(by=by, project=project, chemical=chemical, formula=formula, **said)
    bottle.full_clean(exclude=["code", "created_by"])
    enter_bottles(by=by, bottles=[bottle], reason="bottle entered")
    return bottle


def bottle_of(
    *, by: Any, project: Project, chemical: Chemical, formula: str = "", **said: Any
) -> Material:
    """Return a bought bottle as its label says it: checked, without a code, and not saved."""
    formula = _checked_formula(formula, chemical)
    bottle = Material(
        project=project,
        kind=Material.Kind.PURCHASED,
        chemical=chemical,
        name=named_for(chemical.name, read_formula(formula)) if formula else chemical.name,
        formula=formula,
        created_by=by,
        **{name: value for name, value in said.items() if name in BOTTLE_FIELDS},
    )
    check_facts(bottle)
    return bottle


def enter_bottles(*, by: Any, bottles: Sequence[Material], reason: str) -> None:
    """Give these bottles their codes and save them, all or none. Who may is asked by the caller."""
    with recorded(by, reason):
        codes = next_codes("L", len(bottles))
        for bottle, code in zip(bottles, codes, strict=True):
            bottle.code = code
            bottle.clean_fields(exclude=["project", "chemical", "created_by"])
        Material.objects.bulk_create(bottles)
        movements.received_at_first(bottles, by=by)


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
        check_facts(material)
        material.full_clean(exclude=["created_by"])
        material.save()
        movements.received(material, by=by)
        titrations.keep_typed(material, by=by)
    return material


def correct_material(
    *, by: Any, material: Material, version: int | None, reason: str, **said: Any
) -> Material:
    """Change what is said about a bottle or stock, with a reason; the old values stay in its history."""
    require_editor(by, material.project)
    allowed = BOTTLE_FIELDS if material.kind == Material.Kind.PURCHASED else STOCK_FIELDS
    with recorded(by, reason or "corrected"):
        material = material.lock(version=version)
        _check_amount(material, said)
        for name in allowed:
            if name in said:
                setattr(material, name, said[name])
        check_facts(material)
        material.full_clean(exclude=["created_by"])
        material.save()
        if allowed is STOCK_FIELDS:
            titrations.keep_typed(material, by=by, reason=reason)
        if material.aliquot_of_id is None:
            movements.received(material, by=by, reason=reason)
        material.refresh_from_db()
    return material


def _check_amount(material: Material, said: dict[str, Any]) -> None:
    """Keep the unit of a bottle that something came into or out of, and the amount of an aliquot."""
    unit, amount = said.get("amount_unit"), said.get("amount_received")
    before = material.amount_unit
    if before and "amount_unit" in said and unit != before and material.movements.exists():
        raise Refusal(
            f"{material.code} is counted in {SHOWN_UNIT[before]}, and what was taken from it was"
            f" counted off in that. Give the amount in {SHOWN_UNIT[before]}, or archive this bottle and"
            " enter it again.",
            field="amount_unit",
        )
    if material.aliquot_of_id and "amount_received" in said and amount != material.amount_received:
        raise Refusal(
            "An aliquot holds what was filled into it. Say what is left as a correction.",
            field="amount_received",
        )


def archive_material(*, by: Any, material: Material, reason: str, back: bool = False) -> Material:
    """Put a bottle away for good, with a reason; ``back`` takes it out again."""
    require_editor(by, material.project)
    reason = reason_of(reason)
    with recorded(by, reason):
        material = material.lock()
        put_away(material, named=material.code, reason=reason, back=back)
    return material


def make_aliquots(
    *,
    by: Any,
    material: Material,
    amounts: Sequence[Any],
    place: str = "",
    reason: str = "",
    anyway: bool = False,
) -> list[Material]:
    """Fill vials from a bottle, each a material of its own; together no more than there is.

    amounts: as typed, one a vial. anyway: more may be filled than is left, because the reason says why.
    """
    require_editor(by, material.project)
    if not 0 < len(amounts) <= MOST_ALIQUOTS:
        raise Refusal(f"Fill 1 to {MOST_ALIQUOTS} vials at once.", field="amounts")
    if anyway and not reason.strip():
        raise Refusal("Say why more is filled than there was.", field="reason")
    with recorded(by, reason or "aliquots filled"):
        material = material.lock()
        made = []
        for text in amounts:
            value, unit = movements.read_amount(text, material, field="amounts")
            if not value:
                raise Refusal("A vial holds more than 0.", field="amounts")
            if not material.amount_unit:
                raise Refusal(f"Say first how much {material.code} held.", field="amounts")
            vial = Material(
                project=material.project,
                code=next_code("A"),
                kind=material.kind,
                chemical=material.chemical,
                recipe=material.recipe,
                aliquot_of=material,
                name=material.name,
                formula=material.formula,
                amount_received=value,
                amount_unit=unit,
                opened_date=timezone.localdate(),
                expires_date=material.expires_date,
                place=place,
                created_by=by,
            )
            vial.full_clean(exclude=["created_by"])
            vial.save()
            movements.fill(material, vial, by=by, reason=reason.strip(), anyway=anyway)
            made.append(vial)
    return made


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
    if named is not None and not inside.is_same_salt(named):
        raise Refusal(
            f"{text} is not {chemical.name} ({chemical.formula}), with or without water. Choose the"
            " chemical that is on the label.",
            field="formula",
        )
    return normalise_formula(text)
