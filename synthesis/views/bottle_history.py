"""The words for what happened to a bottle or stock: entered, corrected, moved, emptied, put away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labnotebook.records.models import Revision
from labnotebook.records.services.facts import (
    Fact,
    Row,
    choice,
    corrections,
    day,
    moved,
    number,
    plain,
    said_at_first,
    text,
    written,
)
from labnotebook.records.services.telling import Said, Step, Teller
from synthesis.chemistry.bottles import readable
from synthesis.models import Material, MaterialFile

# Why, when the person gave no reason: the sentence says it already.
AUTOMATIC = {"bottle entered", "stock entered", "aliquots filled", "corrected", "file attached"}
KINDS = {
    MaterialFile.Kind.CERTIFICATE: gettext_lazy("the certificate of analysis"),
    MaterialFile.Kind.SAFETY: gettext_lazy("the safety data sheet"),
    MaterialFile.Kind.OTHER: gettext_lazy("the file"),
}


def _assay(row: Row) -> str:
    low, high = row.get("assay_percent"), row.get("assay_high_percent")
    if low is not None and high is not None:
        return f"{plain(low):f}–{plain(high):f} %"
    return written(low, row.get("assay_uncertainty_percent"), "%")


def _titre(row: Row) -> str:
    value = row.get("concentration_mol_l")
    said = written(value, row.get("concentration_uncertainty_mol_l"), "mol/L")
    return f"{row.get('concentration_species') or ''} {said}".strip()


def _amount(row: Row) -> str:
    value = row.get("amount_received")
    return "" if value is None else readable(Decimal(str(value)), row["amount_unit"])


PLACE = text("place", gettext_lazy("place"))
FACTS = (
    text("name", gettext_lazy("name")),
    text("formula", gettext_lazy("formula")),
    text("supplier", gettext_lazy("supplier")),
    text("catalogue_number", gettext_lazy("catalogue number")),
    text("lot_number", gettext_lazy("lot number")),
    Fact(
        ("assay_percent", "assay_high_percent", "assay_uncertainty_percent"),
        gettext_lazy("assay"),
        _assay,
    ),
    choice("assay_kind", gettext_lazy("kind of assay"), Material.AssayKind.choices),
    Fact(
        ("concentration_mol_l", "concentration_uncertainty_mol_l", "concentration_species"),
        gettext_lazy("concentration"),
        _titre,
    ),
    number("density_g_ml", gettext_lazy("density"), "g/mL"),
    Fact(("amount_received", "amount_unit"), gettext_lazy("amount"), _amount),
    day("received_date", gettext_lazy("day of receipt")),
    day("opened_date", gettext_lazy("day of opening")),
    day("expires_date", gettext_lazy("last day of use")),
    text("note", gettext_lazy("note")),
)
SAID_APART = {"place", "emptied_at", "archived_at", "archived_reason"}


def tellers_of(
    attached: Sequence[MaterialFile], _revisions: Sequence[Revision]
) -> Mapping[str, Teller]:
    """Return who tells of a bottle and of the files that came with it."""
    names = {one.pk: one.file.name for one in attached}
    tellers: dict[Any, Teller] = {
        Material: _bottle,
        MaterialFile: lambda step: _file(step, names),
    }
    return {model._meta.db_table: teller for model, teller in tellers.items()}


def _bottle(step: Step) -> Iterable[Said]:
    new, why = step.new, "" if step.reason in AUTOMATIC else step.reason
    if step.operation == "insert":
        told = said_at_first(step, [fact for fact in FACTS if _is_new(fact, new)] + [PLACE])
        yield Said(_("entered"), new["code"], f", {new['name']}{told}", reason=why)
        return
    if step.changed("archived_at"):
        away = new.get("archived_at")
        yield Said(_("put it away") if away else _("took it out again"), tail=f": {why}")
    if step.changed("emptied_at"):
        empty = _("emptied it") if new.get("emptied_at") else _("took back that it is empty")
        yield Said(empty, tail=f": {why}" if why else "")
    yield from moved(step, "place", why=why)
    yield from corrections(step, FACTS, why=why)


def _is_new(fact: Fact, row: Row) -> bool:
    """Whether a new bottle's label says this; its name stands before it, and a kind needs an assay."""
    if "assay_kind" in fact.columns:
        return row.get("assay_percent") is not None
    return "name" not in fact.columns


def _file(step: Step, names: Mapping[int, str]) -> Iterable[Said]:
    new = step.new
    what = f"{KINDS[new['kind']]} {names.get(new['id'], '')}".strip()
    if step.operation == "insert":
        yield Said(_("attached"), what)
    elif step.changed("withdrawn_at") and new.get("withdrawn_at"):
        yield Said(_("withdrew"), what, f": {new['withdrawn_reason']}")
