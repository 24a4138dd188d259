"""The words for what happened to a chemical of the lab's list: added, corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labnotebook.records.models import Revision
from labnotebook.records.services.facts import (
    Fact,
    Row,
    corrections,
    number,
    said_at_first,
    text,
)
from labnotebook.records.services.telling import Said, Step, Teller
from synthesis.models import Chemical

AUTOMATIC = {"chemical added"}  # the sentence says it already


def _species(row: Row) -> str:
    return ", ".join(f"{much} {name}" for name, much in (row.get("species") or {}).items())


def _codes(column: str, name: str) -> Fact:
    return Fact((column,), name, lambda row: ", ".join(map(str, row.get(column) or ())))


NAME = text("name", gettext_lazy("name"))
FACTS = (
    text("formula", gettext_lazy("formula")),
    number("density_g_ml", gettext_lazy("density"), "g/mL"),
    text("density_source", gettext_lazy("source of the density")),
    text("cas", gettext_lazy("CAS number")),
    text("hazards", gettext_lazy("hazards in words")),
    _codes("hazard_statements", gettext_lazy("hazard statements")),
    _codes("pictograms", gettext_lazy("GHS pictograms")),
    Fact(("species",), gettext_lazy("species that the formula does not spell"), _species),
    text("note", gettext_lazy("note")),
)
SAID_APART = {"name"}


def tellers_of(_revisions: Sequence[Revision]) -> Mapping[str, Teller]:
    """Return who tells of a chemical."""
    return {Chemical._meta.db_table: _chemical}


def _chemical(step: Step) -> Iterable[Said]:
    why = "" if step.reason in AUTOMATIC else step.reason
    if step.operation == "insert":
        yield Said(_("added"), step.new["name"], said_at_first(step, FACTS), reason=why)
    else:
        yield from corrections(step, (NAME, *FACTS), why=why)
