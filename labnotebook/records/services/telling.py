"""Tell a record's history in sentences, by visit, with the words of the room that owns the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labnotebook.records.models import Revision
from labnotebook.records.services.changes import Change, changes_in
from labnotebook.records.visits import Visit, visits_of

LIMIT = 2000  # revisions, the newest
THE_NOTEBOOK = "worker, job "  # begins the name of a worker that wrote


@dataclass(frozen=True, slots=True)
class Step:
    """One write to one row: before and after, and when each of its columns was last written."""

    table: str
    operation: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    at: datetime
    reason: str
    written: Mapping[str, datetime]

    def changed(self, *names: str) -> bool:
        """Whether any of these columns has another value than before."""
        return any(self.old.get(name) != self.new.get(name) for name in names)

    def since(self, name: str) -> str:
        """Return how long after the last write of a column this one came: "2 min later"."""
        before = self.written.get(name)
        return _("%(gap)s later") % {"gap": in_words(self.at - before)} if before else ""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: what was done, to what, and what else is to be said of it.

    Sentences that follow each other and differ in ``what`` alone are told as one. ``closes`` names a
    sentence of the same visit that this one makes needless, by its ``key``.
    """

    verb: str
    what: str = ""
    tail: str = ""
    key: str = ""
    closes: str = ""
    at: datetime | None = None
    reason: str = ""

    @property
    def text(self) -> str:
        """The sentence."""
        return " ".join(part for part in (self.verb, self.what) if part) + self.tail


Teller = Callable[[Step], Iterable[Said]]


def tell(
    records: Sequence[models.Model],
    tellers: Callable[[Sequence[Revision]], Mapping[str, Teller]] | None = None,
) -> list[Visit[Said]]:
    """Return what happened to these rows in sentences, by visit, the newest visit first.

    ``tellers`` is given the revisions and returns who tells of which table; what nobody tells of is
    told as a change of its fields. Within a visit the order is that of the doing.
    """
    if not records:
        return []
    revisions = list(Revision.objects.of(*records).order_by("-seq")[:LIMIT])[::-1]
    known = tellers(revisions) if tellers else {}
    untold = [revision for revision in revisions if revision.table_name not in known]
    plain = {(c.table, c.record, c.number): c for c in changes_in(untold)}
    told: list[tuple[str, Said]] = []
    for revision, step in zip(revisions, _steps(revisions), strict=True):
        teller = known.get(revision.table_name)
        if teller is not None:
            said = list(teller(step))
        else:
            change = plain.get((revision.table_name, revision.record_id, revision.number))
            said = [_of_fields(change, revision.reason)] if change is not None else []
        who = _person(revision.actor)
        told += [(who, replace(one, at=revision.at)) for one in said]
    visits = visits_of(told, who=lambda one: one[0], at=lambda one: one[1].at)
    return [
        Visit(v.who, tuple(_shortened([said for _who, said in v.items])), v.first, v.last)
        for v in reversed(visits)
    ]


def _steps(revisions: Iterable[Revision]) -> Iterable[Step]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    written: dict[tuple[str, str], dict[str, datetime]] = {}
    for revision in revisions:
        key = (revision.table_name, revision.record_id)
        old, new, times = rows.get(key, {}), revision.row, written.setdefault(key, {})
        yield Step(
            revision.table_name,
            revision.operation,
            old,
            new,
            revision.at,
            revision.reason,
            dict(times),
        )
        times |= {name: revision.at for name, value in new.items() if old.get(name) != value}
        rows[key] = new


def _person(actor: str) -> str:
    return _("the notebook") if actor.startswith(THE_NOTEBOOK) else actor


def _of_fields(change: Change, reason: str) -> Said:
    """Tell of a row that has no words of its own: which of its fields changed, from what to what."""
    subject = f"{change.what} {change.subject}".strip()
    if change.operation == "delete":
        return Said(_("removed"), subject, reason=reason)
    fields = [
        f"{field.name} {field.after}"
        if change.operation == "insert" or field.before == "—"
        else _("%(field)s from %(old)s to %(new)s")
        % {"field": field.name, "old": field.before, "new": field.after}
        for field in change.fields
    ]
    tail = f": {', '.join(fields)}" if fields else ""
    verb = _("entered") if change.operation == "insert" else _("changed")
    return Said(verb, subject, tail, reason=reason)


def _shortened(said: Sequence[Said]) -> list[Said]:
    """Leave out what a later sentence makes needless, and tell alike ones that follow as one."""
    needless = {one.closes for one in said if one.closes}
    kept: list[Said] = []
    for one in said:
        if one.key and one.key in needless:
            continue
        last = kept[-1] if kept else None
        if (
            last
            and one.what
            and (last.verb, last.tail, last.reason) == (one.verb, one.tail, one.reason)
        ):
            kept[-1] = replace(last, what=f"{last.what}, {one.what}")
        else:
            kept.append(one)
    return kept


def in_words(gap: timedelta) -> str:
    """Return a time in words: 40 s, 2 min, 3 h, 2 days."""
    seconds = int(gap.total_seconds())
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 90 * 60:
        return _("%(n)d min") % {"n": round(seconds / 60)}
    if seconds < 36 * 3600:
        return _("%(n)d h") % {"n": round(seconds / 3600)}
    days = round(seconds / 86400)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
