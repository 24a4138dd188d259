"""Verify the whole history: every chain, and every live row against its last revision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.apps import apps
from django.db import connection, transaction

from labnotebook.records.models import Record


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the record is not what it was."""

    table: str
    record_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification saw."""

    revisions: int
    records: int
    findings: tuple[Finding, ...]
    direct_sql: int  # revisions written outside the notebook: legitimate, but worth knowing


def revision_hash(
    previous: str,
    table: str,
    record_id: str,
    number: int,
    operation: str,
    actor: str,
    actor_id: int | None,
    reason: str,
    at: datetime,
    data: str,
) -> str:
    """Return the chain hash of one revision: SHA-256 over its length-prefixed fields."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = (
        previous,
        table,
        record_id,
        str(number),
        operation,
        actor,
        "" if actor_id is None else str(actor_id),
        reason,
        stamp,
        data,
    )
    return hashlib.sha256("".join(f"{len(f)}:{f}" for f in fields).encode()).hexdigest()


def verify_history() -> Report:
    """Recompute every chain and compare every live row; read-only, one snapshot."""
    findings: list[Finding] = []
    last: dict[tuple[str, str], tuple[int, str, str, str]] = {}
    revisions = direct_sql = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not _inside_outer_transaction():
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for row in _revisions():
            (
                table,
                record_id,
                number,
                operation,
                actor,
                actor_id,
                reason,
                at,
                data,
                previous,
                hashed,
            ) = row
            revisions += 1
            direct_sql += actor.startswith("direct SQL by ")
            before = last.get((table, record_id))
            expected_number, expected_previous = (before[0] + 1, before[1]) if before else (1, "")
            if number != expected_number:
                findings.append(Finding(table, record_id, f"version {expected_number} is missing"))
            elif previous != expected_previous:
                findings.append(
                    Finding(table, record_id, f"version {number} does not follow the one before it")
                )
            if hashed != revision_hash(
                previous, table, record_id, number, operation, actor, actor_id, reason, at, data
            ):
                findings.append(Finding(table, record_id, f"version {number} was altered"))
            last[(table, record_id)] = (number, hashed, operation, data)
        records = 0
        for model in _tracked_models():
            records += _compare_live(model, last, findings)
            findings.extend(_missing_triggers(model))
    return Report(revisions, records, tuple(findings), direct_sql)


def _inside_outer_transaction() -> bool:
    return len(connection.savepoint_ids) > 0 or bool(connection.atomic_blocks[1:])


def _revisions() -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT table_name, record_id, number, operation, actor, actor_id, reason, at, data,"
            " previous_hash, hash FROM records_revision ORDER BY table_name, record_id, number"
        )
        while rows := cursor.fetchmany(2000):
            yield from rows


def _tracked_models() -> list[type[Record]]:
    return [m for m in apps.get_models() if issubclass(m, Record)]


def _compare_live(model: type[Record], last: dict, findings: list[Finding]) -> int:
    """Compare each live row with its last revision; return how many rows there are."""
    table, key = model._meta.db_table, model._meta.pk.column
    name = connection.ops.quote_name
    live = 0
    seen = set()
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {name(key)}::text, to_jsonb(t)::text FROM {name(table)} t")  # noqa: S608 (names come from our own models)
        while rows := cursor.fetchmany(2000):
            for record_id, data in rows:
                live += 1
                seen.add(record_id)
                known = last.get((table, record_id))
                if known is None:
                    findings.append(Finding(table, record_id, "the row has no history"))
                elif known[2] == "delete":
                    findings.append(
                        Finding(table, record_id, "the row came back after its deletion")
                    )
                elif known[3] != data and (changed := _changed(known[3], data)):
                    findings.append(
                        Finding(
                            table, record_id, f"the row differs from its last version in {changed}"
                        )
                    )
    for (known_table, record_id), (_, _, operation, _) in last.items():
        if known_table == table and record_id not in seen and operation != "delete":
            findings.append(Finding(table, record_id, "the row is gone without a trace"))
    return live


def _changed(before: str, now: str) -> str:
    """Name the columns that differ; columns that a migration added or removed do not count."""
    old, new = orjson.loads(before), orjson.loads(now)
    return ", ".join(sorted(c for c in old.keys() & new.keys() if old[c] != new[c]))


def _missing_triggers(model: type[Record]) -> list[Finding]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')",
            [table],
        )
        present = {name for (name,) in cursor.fetchall()}
    wanted = {"raise_version", "write_revision", "refuse_truncate"}
    return [
        Finding(table, "all rows", f"the trigger {name} is missing or switched off")
        for name in sorted(wanted - present)
    ]
