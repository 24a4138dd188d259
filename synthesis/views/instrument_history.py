"""The words for what happened to a balance or pipette: entered, corrected, moved, calibrated, retired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labnotebook.records.models import Revision
from labnotebook.records.services.facts import (
    Fact,
    Row,
    corrections,
    day,
    moved,
    said_at_first,
    text,
    written,
)
from labnotebook.records.services.telling import Said, Step, Teller
from synthesis.chemistry.bottles import readable
from synthesis.models import Instrument

AUTOMATIC = {"instrument entered"}  # the sentence says it already


def _amount(column: str, name: str) -> Fact:
    def read(row: Row) -> str:
        value = row.get(column)
        unit = Instrument(kind=row.get("kind")).unit
        return "" if value is None else readable(Decimal(str(value)), unit)

    return Fact((column,), name, read)


def _uncertainty(row: Row) -> str:
    fixed, percent = row.get("uncertainty"), row.get("uncertainty_percent")
    unit = Instrument(kind=row.get("kind")).unit
    said = [readable(Decimal(str(fixed)), unit)] if fixed else []
    said += [written(percent, None, "%")] if percent else []
    return " + ".join(said)


NAME = text("name", gettext_lazy("name"))
PLACE = text("place", gettext_lazy("place"))
FACTS = (
    text("serial_number", gettext_lazy("serial number")),
    _amount("resolution", gettext_lazy("last digit that it shows")),
    Fact(("uncertainty", "uncertainty_percent"), gettext_lazy("uncertainty"), _uncertainty),
    _amount("smallest", gettext_lazy("smallest amount")),
    _amount("largest", gettext_lazy("largest amount")),
    day("calibrated_date", gettext_lazy("day of the last calibration")),
    day("calibration_due_date", gettext_lazy("day of the next calibration")),
    text("note", gettext_lazy("note")),
)
SAID_APART = {"name", "place", "is_default", "retired_at", "retired_reason"}


def tellers_of(_revisions: Sequence[Revision]) -> Mapping[str, Teller]:
    """Return who tells of an instrument."""
    return {Instrument._meta.db_table: _instrument}


def _instrument(step: Step) -> Iterable[Said]:
    new, why = step.new, "" if step.reason in AUTOMATIC else step.reason
    if step.operation == "insert":
        told = said_at_first(step, (*FACTS, PLACE))
        yield Said(_("entered"), new["code"], f", {new['name']}{told}", reason=why)
        return
    if step.changed("retired_at") and new.get("retired_at"):
        yield Said(_("retired it"), tail=f": {new['retired_reason']}")
        return
    if step.changed("is_default"):
        usual = _("made it the one that is taken when nobody names another")
        yield Said(usual if new["is_default"] else _("it is not taken by itself any more"))
    yield from moved(step, "place", why=why)
    yield from corrections(step, (NAME, *FACTS), why=why)
