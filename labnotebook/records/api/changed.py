"""What changed, and since when: for lists, and as one stream of everything that a person may see.

The clock is the database's, at the moment of the write, to the microsecond; a moment is inclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.routers import SimpleRouter

from labnotebook.records.history import CHAINED
from labnotebook.records.models import Record, Revision
from labnotebook.records.prepared import fetch_rows
from labnotebook.records.refusals import Refusal

PARAMETER = "changed_since"
CHANGED_SINCE = OpenApiParameter(
    PARAMETER,
    {"type": "string", "maxLength": 40, "pattern": r"^[^\u0000]*$"},
    description="Only what was made or changed at this moment or later, by the clock of the notebook:"
    " 2026-11-22T14:30:00Z, or a day, from its beginning in the lab's zone.",
)
LOOKED_THROUGH = 5_000  # revisions of one answer of the stream, seen by the person or not
OPERATIONS = {"insert": "made", "update": "changed", "delete": "removed"}

# Writes get their number before they are seen: one is told only when no older write is still under way, so
# that nobody who goes on behind it misses one. What this transaction itself wrote is seen at once.
SETTLED = """
SELECT r.seq, r.table_name, r.record_id, r.number, r.operation, r.at, r.actor, r.reason
FROM records_revision r
WHERE r.seq > %(after)s::bigint AND r.table_name = ANY(%(tables)s::text[])
  AND (%(since)s::timestamptz IS NULL OR r.at >= %(since)s::timestamptz)
  AND (age(r.xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)
    OR age(r.xmin) <= age(pg_current_xact_id_if_assigned()::xid))
ORDER BY r.seq LIMIT %(most)s::int"""


def read_moment(text: str) -> datetime:
    """Return the moment that the text says; refuse what is none."""
    try:
        day = date.fromisoformat(text) if len(text) <= len("2026-11-22") else None
        moment = datetime.combine(day, time()) if day else datetime.fromisoformat(text)
        moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        understood = 1900 <= moment.year <= 2200
    except (ValueError, OverflowError):
        understood = False
    if not understood:
        raise Refusal(
            f"{text[:60]!r} is no moment. Write it as 2026-11-22 or 2026-11-22T14:30:00Z; the plus of a zone"
            " such as +01:00 is %2B in an address.",
            field=PARAMETER,
        )
    return moment


def tables_of(model: type[Record]) -> list[str]:
    """Return the tables whose revisions are changes of a record: its own, and what is only added to it."""
    named = f"{model._meta.model_name}_id"
    return [model._meta.db_table, *(t for t, (_, by) in CHAINED.items() if by == named)]


def changed_since(rows: QuerySet, moment: datetime) -> QuerySet:
    """Return the rows that were made or changed at this moment or later."""
    changes = Revision.objects.filter(table_name__in=tables_of(rows.model), at__gte=moment)
    return rows.filter(pk__in=changes.values(key=Cast("record_id", BigIntegerField())))


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource of the API, whose records' changes are told."""

    name: str  # batch, measurement ...
    viewset: type[Any]
    address: str  # "/api/v1/batches/"

    def keys(self, request: Any, ids: list[int]) -> dict[int, str]:
        """Return the keys of those of these records that the person may see."""
        view = self.viewset(request=request, action="retrieve", kwargs={}, format_kwarg=None)
        rows = view.get_queryset().filter(pk__in=ids)
        plain = rows.select_related(None).prefetch_related(None).order_by()
        return {pk: str(key) for pk, key in plain.values_list("pk", view.lookup_field)}


def kinds_of(router: SimpleRouter) -> dict[str, Kind]:
    """Return the resources of the API by the table that their records stand in."""
    kinds = {}
    for prefix, viewset, basename in router.registry:
        model = viewset.queryset.model
        if issubclass(model, Record) and hasattr(viewset, "get_object") and basename != "technique":
            name = basename.replace("-", "_")
            for table in tables_of(model):
                kinds.setdefault(table, Kind(name, viewset, f"/api/v1/{prefix}/"))
    return kinds


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the stream goes on, and of what it tells."""

    after: int
    since: datetime | None
    tables: list[str]
    page_size: int


def changes(
    request: Any, kinds: Mapping[str, Kind], asked: Asked
) -> tuple[list[dict[str, Any]], int, bool]:
    """Return changes that the person may see, the number of the last one looked at, whether more may follow."""
    found = fetch_rows(
        SETTLED,
        {
            "after": asked.after,
            "since": asked.since,
            "tables": asked.tables,
            "most": LOOKED_THROUGH,
        },
    )
    told: list[dict[str, Any]] = []
    last = asked.after
    for start in range(0, len(found), asked.page_size):
        block = found[start : start + asked.page_size]
        for row in seen(request, kinds, block):
            told.append(row)
            if len(told) == asked.page_size:
                return told, row["seq"], True
        last = block[-1][0]
    return told, last, len(found) == LOOKED_THROUGH


def seen(
    request: Any, kinds: Mapping[str, Kind], rows: list[tuple[Any, ...]]
) -> Iterator[dict[str, Any]]:
    """Yield those of the revisions whose records the person may see, as they are told.

    ``rows``: as SETTLED has them.
    """
    ids: dict[Kind, set[int]] = {}
    for _, table, record_id, *_rest in rows:
        ids.setdefault(kinds[table], set()).add(int(record_id))
    keys = {kind: kind.keys(request, sorted(some)) for kind, some in ids.items()}
    for seq, table, record_id, number, operation, at, actor, reason in rows:
        kind = kinds[table]
        key = keys[kind].get(int(record_id))
        if key is None:
            continue
        own = table == kind.viewset.queryset.model._meta.db_table
        yield {
            "seq": seq,
            "kind": kind.name,
            "id": key,
            "what": OPERATIONS[operation] if own else "added to",
            "version": number if own else None,
            "at": at,
            "by": actor,
            "reason": reason,
            "address": f"{kind.address}{key}/",
        }
