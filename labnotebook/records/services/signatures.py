"""Signatures over everything that belongs to a record, and whether it is still what was signed.

What belongs to a record is said by the rooms: each registers parts (`signs`), a query for the rows. A
signature holds, for each row, the number and the chain hash of its last revision; since that hash is over
the row's whole content and all that came before, the signature covers values, files and entries alike,
whatever columns are added later. Verification finds each of these revisions again, and compares what may no
longer change with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet

from labnotebook.records.models import ProjectRecord, Revision, Signature
from labnotebook.records.proofs.digests import Covers, digest_of
from labnotebook.records.refusals import StaleWrite

RULE = 2  # the way in which content is digested from now on


@dataclass(frozen=True, slots=True)
class _Part:
    table: str
    rows: str  # SQL for the keys of the rows, with %(record)s for the signed record's own key
    locked: bool


_parts: dict[str, list[_Part]] = {}
_old_rules: dict[tuple[str, int], Callable[[str], str]] = {}


def signs(signed: str, table: str, rows: str, *, locked: bool) -> None:
    """Register rows of ``table`` as part of what a signature on a row of ``signed`` covers.

    ``locked`` rows may not change, go or be joined by others after the signature. The others may move on:
    what was signed stays provable in their history.
    """
    _parts.setdefault(signed, []).append(_Part(table, rows, locked))


def old_rule(signed: str, rule: int, digest: Callable[[str], str]) -> None:
    """Register how signatures of an earlier rule are recomputed, from the record's key."""
    _old_rules[signed, rule] = digest


def content_of(record: ProjectRecord) -> Covers:
    """Return the last revision of every row that belongs to a record."""
    return _heads(record._meta.db_table, str(record.pk))


def demand_seen(record: ProjectRecord, content_sha256: str) -> None:
    """Refuse when what a person saw is not what would be signed now; '' when they did not say."""
    if content_sha256 and content_sha256 != digest_of(content_of(record)):
        raise StaleWrite(
            "Something was recorded since you opened this. Look at it again, then sign what you see.",
            current=record,
        )


def sign(*, by: Any, record: ProjectRecord, meaning: str) -> Signature:
    """Sign a locked record as it stands now, in the caller's transaction."""
    covers = content_of(record)
    return Signature.objects.create(
        project=record.project,
        table_name=record._meta.db_table,
        record_id=str(record.pk),
        user=by,
        meaning=meaning,
        rule=RULE,
        covers=covers,
        content_sha256=digest_of(covers),
    )


def signatures_of(record: ProjectRecord) -> QuerySet[Signature]:
    """Return the signatures on a record, the first one first."""
    return Signature.objects.filter(
        table_name=record._meta.db_table, record_id=str(record.pk)
    ).order_by("pk")


def broken_signatures() -> Iterator[tuple[Signature, str]]:
    """Yield each signature with a sentence for everything that is not what was signed."""
    for signature in Signature.objects.order_by("pk").iterator(chunk_size=200):
        for sentence in _broken(signature):
            yield signature, sentence


def _broken(signature: Signature) -> Iterator[str]:
    if signature.rule != RULE:
        digest = _old_rules.get((signature.table_name, signature.rule))
        if digest is None:
            yield f"nobody knows the rule {signature.rule} by which it was signed"
        elif digest(signature.record_id) != signature.content_sha256:
            yield "its content is not what was signed"
        return
    covers: Covers = signature.covers or {}
    if digest_of(covers) != signature.content_sha256:
        yield "what it covers was altered"
        return
    now = _heads(signature.table_name, signature.record_id)
    locked = {part.table for part in _parts.get(signature.table_name, ()) if part.locked}
    for table, records in covers.items():
        kept = _signed_rows(table, records)
        for record_id, (number, _) in records.items():
            head = now.get(table, {}).get(record_id)
            if record_id not in kept:
                yield f"{table} {record_id} is not there as it was signed"
            elif table in locked and head is None:
                yield f"{table} {record_id} no longer belongs to it"
            elif (
                table in locked and head[0] != number and _moved(table, record_id, kept[record_id])
            ):
                yield f"{table} {record_id} was changed since"
    for table in sorted(locked):
        for record_id in sorted(now.get(table, {}).keys() - covers.get(table, {}).keys()):
            yield f"{table} {record_id} was added since"


def _signed_rows(table: str, records: dict[str, list[Any]]) -> dict[str, str]:
    """Return the content at signing of each record whose signed revision is still there."""
    revisions = Revision.objects.filter(
        table_name=table, hash__in=[hashed for _, hashed in records.values()]
    ).values_list("record_id", "number", "hash", "data")
    return {
        record_id: data
        for record_id, number, hashed, data in revisions
        if records.get(record_id) == [number, hashed]
    }


def _moved(table: str, record_id: str, signed: str) -> bool:
    """Say whether a later revision differs in a column that the signed one had."""
    last = Revision.objects.filter(table_name=table, record_id=record_id).order_by("-number")[0]
    before, after = orjson.loads(signed), orjson.loads(last.data)
    return last.operation == "delete" or any(
        before[name] != after[name] for name in before.keys() & after.keys() - {"version"}
    )


def _heads(signed: str, record: str) -> Covers:
    parts = " UNION ALL ".join(
        f"SELECT '{part.table}', key::text FROM ({part.rows}) AS rows(key)"  # noqa: S608  (registered by our own rooms)
        for part in _parts[signed]
    )
    heads: Covers = {part.table: {} for part in _parts[signed]}
    statement = (
        "SELECT DISTINCT w.table_name, w.record_id, r.number, r.hash"  # noqa: S608
        f" FROM ({parts}) AS w(table_name, record_id)"
        " CROSS JOIN LATERAL (SELECT number, hash FROM records_revision r WHERE"
        " r.table_name = w.table_name AND r.record_id = w.record_id ORDER BY number DESC LIMIT 1) r"
        " WHERE w.record_id IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"record": int(record)})
        for table, record_id, number, hashed in cursor.fetchall():
            heads[table][record_id] = [number, hashed]
    return heads
