"""The words for what happened to an instrument of measurement: entered, calibrated, corrected, retired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analysis.models import Calibration, MeasuringInstrument
from analysis.services.measuring_instruments import scales_of
from analysis.techniques.registry import TECHNIQUES, title_of
from labnotebook.records.models import Revision
from labnotebook.records.services.facts import (
    Fact,
    Row,
    corrections,
    day,
    moved,
    said_at_first,
    text,
)
from labnotebook.records.services.telling import Said, Step, Teller

AUTOMATIC = {"instrument entered", "calibrated"}  # the sentence says it already


def _techniques(row: Row) -> str:
    return ", ".join(title_of(name) for name in row.get("techniques") or ())


def _calibrated(row: Row) -> str:
    scale = scales_of(list(TECHNIQUES)).get(row.get("scale", ""))
    said = f"{row['u']:g} {scale.unit}" if scale else f"{row['u']:g}"
    return f"± {said.strip()}"


NAME = text("name", gettext_lazy("name"))
PLACE = text("place", gettext_lazy("place"))
FACTS = (
    Fact(("techniques",), gettext_lazy("techniques"), _techniques),
    text("serial_number", gettext_lazy("serial number")),
    text("optics", gettext_lazy("slits and optics")),
    text("response", gettext_lazy("response")),
    text("note", gettext_lazy("note")),
)
OF_CALIBRATION = (
    Fact(("u",), gettext_lazy("uncertainty"), _calibrated),
    text("note", gettext_lazy("standard")),
)


def tellers_of(_revisions: Sequence[Revision]) -> Mapping[str, Teller]:
    """Return who tells of an instrument and of its calibrations."""
    return {
        MeasuringInstrument._meta.db_table: _instrument,
        Calibration._meta.db_table: _calibration,
    }


def _instrument(step: Step) -> Iterable[Said]:
    new, why = step.new, "" if step.reason in AUTOMATIC else step.reason
    if step.operation == "insert":
        told = said_at_first(step, (*FACTS, PLACE))
        yield Said(_("entered"), new["code"], f", {new['name']}{told}", reason=why)
        return
    if step.changed("retired_at") and new.get("retired_at"):
        yield Said(_("retired it"), tail=f": {new['retired_reason']}")
        return
    yield from moved(step, "place", why=why)
    yield from corrections(step, (NAME, *FACTS), why=why)


def _calibration(step: Step) -> Iterable[Said]:
    new, why = step.new, "" if step.reason in AUTOMATIC else step.reason
    scale = scales_of(list(TECHNIQUES)).get(new["scale"])
    name = scale.in_a_sentence if scale else new["scale"]
    since = day("valid_from_date", "").read(new)
    if step.operation == "insert":
        tail = _(": %(u)s from %(day)s on") % {"u": _calibrated(new), "day": since}
        yield Said(_("calibrated the"), name, tail, reason=why)
        return
    yield from corrections(step, OF_CALIBRATION, of=f", {name}, {since}", why=why)
