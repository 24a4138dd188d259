"""Verify the whole history: every chain, and every live row against its last revision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.apps import apps
from django.db import connection, transaction

from labnotebook.records.history import CHAINED, WATCHED, kept_tables
from labnotebook.records.proofs.digests import revision_hash
from labnotebook.records.services.guards import weakened_guards


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


class _Known:
    """What the revisions say about every row, gathered while the chains are walked."""

    def __init__(self) -> None:
        self.last: dict[tuple[str, str], tuple[int, str]] = {}  # chain -> number and hash
        self.rows: dict[str, dict[str, tuple[str, str]]] = {}  # table -> row -> operation and data
        self.findings: list[Finding] = []
        self.revisions = self.direct_sql = 0

    def take(self, revision: tuple[Any, ...]) -> None:
        """Recompute one revision, which comes after all earlier ones of its chain."""
        table, record_id, number, operation, actor, *_, data, previous, hashed = revision
        self.revisions += 1
        self.direct_sql += actor.startswith("direct SQL by ")
        before = self.last.get((table, record_id))
        expected_number, expected_previous = (before[0] + 1, before[1]) if before else (1, "")
        if number != expected_number:
            self._find(table, record_id, f"version {expected_number} is missing")
        elif previous != expected_previous:
            self._find(table, record_id, f"version {number} does not follow the one before it")
        if hashed != revision_hash(previous, *revision[:-2]):
            self._find(table, record_id, f"version {number} was altered")
        self.last[(table, record_id)] = (number, hashed)
        row_id = record_id
        if table in CHAINED:  # the chain is of many rows
            row_id = str(orjson.loads(data).get(CHAINED[table][0]))
        self.rows.setdefault(table, {})[row_id] = (operation, data)

    def compare(self, table: str, live: Iterator[tuple[str, str]]) -> int:
        """Compare each live row with its last revision; return how many rows there are."""
        known, seen = self.rows.get(table, {}), set()
        for row_id, data in live:
            seen.add(row_id)
            operation, recorded = known.get(row_id, ("", ""))
            if not operation:
                self._find(table, row_id, "the row has no history")
            elif operation == "delete":
                self._find(table, row_id, "the row came back after its deletion")
            elif recorded != data and (changed := _changed(recorded, data)):
                self._find(table, row_id, f"the row differs from its last version in {changed}")
        for row_id, (operation, _) in known.items():
            if row_id not in seen and operation != "delete":
                self._find(table, row_id, "the row is gone without a trace")
        return len(seen)

    def _find(self, table: str, record_id: str, sentence: str) -> None:
        self.findings.append(Finding(table, record_id, sentence))


def verify_history() -> Report:
    """Recompute every chain, compare every live row and what guards it; read-only, one snapshot."""
    known = _Known()
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not _inside_outer_transaction():
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for revision in _revisions():
            known.take(revision)
        records = sum(known.compare(table, rows) for table, rows in _live_tables())
        weak = [Finding(table, "all rows", sentence) for table, sentence in weakened_guards()]
    return Report(known.revisions, records, (*known.findings, *weak), known.direct_sql)


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


def _live_tables() -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """Yield each table that keeps a history with its rows as they are now: key and content."""
    keys = {m._meta.db_table: m._meta.pk.column for m in apps.get_models()}
    for table in sorted(kept_tables()):
        yield table, _rows(table, keys[table], "to_jsonb(t)::text", [])
    for table, columns in WATCHED.items():
        some = "records_some_columns(to_jsonb(t), %s::text[])"
        yield table, _rows(table, columns[0], some, [list(columns)])


def _rows(table: str, key: str, content: str, parameters: list[Any]) -> Iterator[tuple[str, str]]:
    name = connection.ops.quote_name
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {name(key)}::text, {content} FROM {name(table)} t", parameters)  # noqa: S608  (names of our own tables)
        while rows := cursor.fetchmany(2000):
            yield from rows


def _changed(before: str, now: str) -> str:
    """Name the columns that differ; columns that a migration added or removed do not count."""
    old, new = orjson.loads(before), orjson.loads(now)
    return ", ".join(sorted(c for c in old.keys() & new.keys() if old[c] != new[c]))
