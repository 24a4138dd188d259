"""Titrations of stocks: dated records; the newest one in force is what the stock holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.models import Material, Titration
from synthesis.services.bottle_facts import check_not_to_come
from synthesis.services.sources import contents_of_batch, unit_of


def titrate(
    *,
    by: Any,
    material: Material,
    concentration: Any,
    uncertainty: Any = "",
    species: str = "",
    performed_date: date | None = None,
    method: str = "",
) -> Titration:
    """Record a titration of a stock; plans count with it from now on if it is the newest.

    concentration, uncertainty: as typed, with a unit or in mol/L; the uncertainty is a standard one.
    Batches that took the stock before keep their numbers and say that it was corrected since.
    """
    require_editor(by, material.project)
    stock = _stock(material)
    day = performed_date or timezone.localdate()
    check_not_to_come(day, "titrated", "performed_date")
    with recorded(by, f"titrated on {day}"):
        stock = stock.lock()
        titration = Titration(
            material=stock,
            species=_checked_species(stock, species.strip()),
            concentration_mol_l=_mol_l(concentration, "concentration"),
            uncertainty_mol_l=_mol_l(uncertainty, "uncertainty") if uncertainty else None,
            performed_date=day,
            method=method.strip(),
            by=by,
        )
        titration.full_clean(exclude=["by"])
        titration.save()
        _take_newest(stock)
    return titration


def withdraw_titration(*, by: Any, titration: Titration, reason: str) -> Titration:
    """Take a titration back, with a reason; the one before counts again, else what was weighed."""
    require_editor(by, titration.material.project)
    if not reason.strip():
        raise Refusal("Say why it is withdrawn: the next person will want to know.", field="reason")
    with recorded(by, reason):
        stock = titration.material.lock()
        titration = titration.lock()
        if titration.withdrawn_at is not None:
            raise WrongState("This titration is withdrawn already.")
        titration.set_fields(withdrawn_at=timezone.now(), withdrawn_reason=reason.strip()[:300])
        _take_newest(stock)
    return titration


def withdraw(*, by: Any, material: Material, titration: int, reason: str) -> Titration:
    """Withdraw the titration of a stock with this number."""
    found = material.origin.titrations.filter(pk=titration).first()
    if found is None:
        raise Refusal(f"{material.code} has no titration {titration}.", field="titration")
    return withdraw_titration(by=by, titration=found, reason=reason)


def keep_typed(stock: Material, *, by: Any, reason: str = "") -> None:
    """Make a record of a concentration that was typed on the stock itself, in the caller's transaction."""
    newest = stock.titrations.in_force().first()
    typed = stock.concentration_mol_l, stock.concentration_uncertainty_mol_l
    if newest and typed == (newest.concentration_mol_l, newest.uncertainty_mol_l):
        return
    if typed[0] is None:
        for titration in stock.titrations.in_force():
            titration.set_fields(
                withdrawn_at=timezone.now(), withdrawn_reason=(reason or "emptied")[:300]
            )
    else:
        Titration.objects.create(
            material=stock,
            species=stock.concentration_species,
            concentration_mol_l=typed[0],
            uncertainty_mol_l=typed[1],
            performed_date=timezone.localdate(),
            method=reason[:200],
            by=by,
        )
    _take_newest(stock)


def _take_newest(stock: Material) -> None:
    newest = stock.titrations.in_force().first()
    stock.set_fields(
        concentration_mol_l=newest.concentration_mol_l if newest else None,
        concentration_uncertainty_mol_l=newest.uncertainty_mol_l if newest else None,
        concentration_species=newest.species if newest else "",
    )


def _stock(material: Material) -> Material:
    """Return the stock that a vial was filled from; refuses what was bought."""
    stock = material.origin
    if stock.kind != Material.Kind.PREPARED:
        raise Refusal(
            f"{material.code} was bought. What a titration finds of it is its assay: correct the"
            " bottle, with “Titration” as what the assay is."
        )
    return stock


def _checked_species(stock: Material, species: str) -> str:
    """Refuse what the stock does not hold, and a concentration that several salts could mean."""
    held = [] if stock.produced_by is None else contents_of_batch(stock.produced_by)
    names = [one["species"] for one in held]
    if not species and len(names) > 1 and not unit_of(stock.produced_by, names):
        raise Refusal(
            f"{stock.code} holds {', '.join(names)} from several salts. Say which of them was titrated.",
            field="species",
        )
    if species and names and species not in names:
        raise Refusal(
            f"{stock.code} holds {', '.join(names)}; {species} is none of these.", field="species"
        )
    return species


def _mol_l(typed: Any, field: str) -> Decimal:
    try:
        value = parse_quantity(str(typed), unit="mol/L").value
    except UnreadableQuantity as refusal:
        raise Refusal(str(refusal), field=field) from refusal
    if not (0 < value < 1000 or (field == "uncertainty" and value == 0)):
        raise Refusal(
            f"{typed} cannot be: a solution holds above 0 and below 1000 mol/L.", field=field
        )
    return round(value, 8)
