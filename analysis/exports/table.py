"""What a table to take away is: its columns with their words, and the one statement that reads it.

Every format is written from what ``COPY`` hands out, block by block, so that a table of a million rows
takes no more memory than a block of it.
"""
# ruff: noqa: S608  (names come from the column tables; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from analysis.history.columns import UNCERTAINTY, Column
from analysis.history.rows import guarded, selected

TIMEOUT_S = 120
BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and what follows FROM in the statement that reads them."""

    name: str  # of the file, without its ending
    columns: tuple[Column, ...]
    source: str
    order: str  # "ORDER BY ..."
    params: Sequence[Any]

    def count_to(self, most: int) -> int:
        """Return how many rows there are, counted up to ``most``."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT FROM {self.source} LIMIT {most}) c", self.params
            )
            return int(cursor.fetchone()[0])

    def copy(self, *, for_spreadsheets: bool = False, header: bool = False) -> Generator[bytes]:
        """Return the rows as the database writes them as CSV, one at a time.

        ``for_spreadsheets``: words that one would take for a formula get an apostrophe in front.
        """
        select = guarded(self.columns) if for_spreadsheets else selected(self.columns)
        form = f"FORMAT csv, HEADER {str(header).lower()}"
        return self.copied(f"SELECT {select} FROM {self.source} {self.order}", form)

    def copied(self, sql: str, form: str) -> Generator[bytes]:
        """Yield what COPY writes of a statement with this table's parameters, a row at a time."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT_S}s'")
            with cursor.copy(f"COPY ({sql}) TO STDOUT WITH ({form})", self.params) as copy:
                yield from copy

    def rows(self) -> Generator[tuple[Any, ...]]:
        """Yield the rows as Python's values, some at a time."""
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(
                f"SELECT {selected(self.columns)} FROM {self.source} {self.order}", self.params
            )
            while found := cursor.fetchmany(2000):
                yield from found

    def uncertainty_of(self, column: Column) -> str:
        """Return the name of the column of this table that says how uncertain this one is, or ''."""
        name = column.name + UNCERTAINTY
        return name if any(other.name == name for other in self.columns) else ""


def joined(rows: Generator[bytes], least: int = 0) -> Generator[bytes]:
    """Yield rows joined to blocks of this many bytes: one block per row would cost more than the rows.

    Closes the rows, also when the reader goes away or fails: a COPY that stays open locks its connection.
    """
    least = least or BLOCK_BYTES
    block = bytearray()
    with closing(rows):
        for row in rows:
            block += row
            if len(block) >= least:
                yield bytes(block)
                block.clear()
    if block:
        yield bytes(block)


def write_csv(table: Table) -> Generator[bytes]:
    """Return the table as CSV with a header, as the database writes it."""
    return joined(table.copy(for_spreadsheets=True, header=True))
