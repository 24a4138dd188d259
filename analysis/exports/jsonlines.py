"""A table as JSON Lines: one object a row, as the database writes it."""
# ruff: noqa: S608  (names come from the column tables; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from analysis.exports.table import Table, joined
from analysis.history.rows import selected


def write_json_lines(table: Table) -> Iterator[bytes]:
    """Yield the table as JSON Lines in UTF-8; what is not known is null."""
    rows = f"SELECT {selected(table.columns)} FROM {table.source} {table.order}"
    sql = f"SELECT row_to_json(r) FROM ({rows}) r"
    # COPY doubles every backslash, and JSON has no other character that it would write otherwise.
    with closing(joined(table.copied(sql, "FORMAT text"))) as blocks:
        for block in blocks:
            yield block.replace(rb"\\", b"\\")
