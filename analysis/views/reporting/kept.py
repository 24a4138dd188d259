"""Who did what when: the bench entries, the history in sentences, and the signatures."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from analysis.views import batch_history as measured
from analysis.views.reporting.words import joined, person, when
from labnotebook.records.models import Signature
from labnotebook.records.presentation.document import Column, Section, Table, Words
from labnotebook.records.presentation.numbers import UNKNOWN
from labnotebook.records.services.signatures import signatures_of as of_record
from labnotebook.records.services.telling import Said, tell
from labnotebook.records.visits import Visit
from synthesis.models import Batch, Condition
from synthesis.views import batch_history as made
from synthesis.views.batch_log import Entry, log_of


def history(batch: Batch) -> Section:
    """Return what was done to the record, by visit, the first one first."""
    visits = sorted([*_of_making(batch), *_of_measuring(batch)], key=lambda visit: visit.first)
    columns = (Column(_("When, by whom"), 1.3), Column(_("What was done to the record"), 4))
    rows = [(f"{visit.who}, {when(visit.first)}", _sentences(visit.items)) for visit in visits]
    return Section(_("History"), [Table(columns, rows)])


def entries(batch: Batch) -> Section:
    """Return every entry of the bench as it came; what sensors posted stands under the air."""
    columns = (
        Column(_("When, by whom"), 1.6),
        Column(_("Entry"), 1),
        Column(_("Of"), 1.8),
        Column(_("Said"), 2.4),
    )
    rows = [
        (f"{one.who}, {when(one.at)}", one.kind, one.target or UNKNOWN, _said(one))
        for one in log_of(batch, of_sensors=False)
    ]
    table = Table(columns, rows, _("Nothing was recorded at the bench."))
    return Section(_("Entries at the bench, as they were made"), [table])


def signatures_of(batch: Batch) -> list[Signature]:
    """Return the signatures on a batch, the first one first."""
    return list(of_record(batch).select_related("user"))


def signatures(signed: list[Signature]) -> Section:
    """Return who signed, when, as what, and the digest of what was signed."""
    if not signed:
        return Section(_("Signatures"), [Words(_("Nobody has signed this batch."), warns=True)])
    columns = (
        Column(_("Who"), 1.2, strong=True),
        Column(_("When"), 1.2),
        Column(_("Meaning"), 1.8),
        Column(_("SHA-256 of what was signed"), 2.4),
    )
    rows = [
        (person(one.user), when(one.signed_at), one.get_meaning_display(), one.content_sha256)
        for one in signed
    ]
    return Section(_("Signatures"), [Table(columns, rows)])


def _of_making(batch: Batch) -> list[Visit[Said]]:
    parts = made.parts_of(batch) | {Condition: batch.conditions.by_people()}
    records = [batch, *(row for rows in parts.values() for row in rows)]
    return tell(records, lambda revisions: made.tellers_of(batch, revisions))


def _of_measuring(batch: Batch) -> list[Visit[Said]]:
    return tell(measured.records_of(batch), measured.tellers_of)


def _sentences(items: Iterable[Said]) -> str:
    return joined(*(joined(one.text, one.reason, between=": ") for one in items))


def _said(one: Entry) -> str:
    other = ""
    if one.other_by:
        other = _("%(who)s had recorded “%(value)s” here") % {
            "who": one.other_by,
            "value": one.other,
        }
    return joined(one.text, one.reason, other) or UNKNOWN
