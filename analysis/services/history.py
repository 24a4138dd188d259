"""The history: one row per batch, asked by SQL written here.

Every statement names the person who asks: rows of projects that this person does not belong to are
never read. Pages are found by row comparison on the sort keys (`Question.keys`), so none of them
costs more than the first one.
"""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from analysis.services.history_columns import COLUMNS, NAMES, Kind, split_ordering
from analysis.services.history_language import Condition, Question, write_cursor
from labnotebook.records.prepared import fetch_rows

EXPORT_TIMEOUT_S = 120
EXPORT_BLOCK_BYTES = 64 * 1024
# A spreadsheet takes a cell that starts like this for a formula (OWASP: CSV injection).
# By the number of its first character, which costs less than comparing texts: = + - @ TAB CR.
GUARD = "CASE WHEN ascii({0}) IN (61, 43, 45, 64, 9, 13) THEN '''' || {0} ELSE {0} END"

ROWS = "analysis_historyrow h JOIN records_project p ON p.id = h.project_id"
MINE = (
    "h.project_id = ANY(ARRAY(SELECT m.project_id FROM records_membership m WHERE m.user_id = %s))"
)
SELECTED = ", ".join(f"{column.sql} AS {name}" for name, column in COLUMNS.items())
GUARDED = ", ".join(
    f"{GUARD.format(column.sql) if column.kind is Kind.WORD else column.sql} AS {name}"
    for name, column in COLUMNS.items()
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursors of the pages beside them."""

    rows: list[dict[str, Any]]
    next: str | None
    previous: str | None


def search(user: Any, question: Question) -> Page:
    """Return one page of the rows that ``user`` may see, in the order that was asked for."""
    sql, params = page_statement(user.pk, question)
    found = fetch_rows(sql, params)
    backwards = question.place is not None and question.place.backwards
    more = len(found) > question.page_size
    found = found[: question.page_size]
    if backwards:
        found.reverse()
    rows = [dict(zip(NAMES, row, strict=False)) for row in found]  # the batch's id stands last

    def beside(index: int, *, going_back: bool) -> str:
        keys = question.keys_of(rows[index], found[index][-1])
        return write_cursor(question, keys, backwards=going_back)

    if not rows:
        return Page([], None, None)
    has_next = backwards or more
    has_previous = more if backwards else question.place is not None
    return Page(
        rows,
        beside(-1, going_back=False) if has_next else None,
        beside(0, going_back=True) if has_previous else None,
    )


def page_statement(user_id: int, question: Question) -> tuple[str, list[Any]]:
    """Return the statement that reads one page and one row more, and its parameters."""
    where, params = where_clause(user_id, question.conditions)
    _, descending = split_ordering(question.ordering)
    place = question.place
    if place is not None:
        descending_now = descending is not place.backwards
        keys = ", ".join(expression for expression, _ in question.keys)
        values = ", ".join(f"%s::{kind}" for _, kind in question.keys)
        where += f" AND ({keys}) {'<' if descending_now else '>'} ({values})"
        params += place.keys
    order = order_clause(question, backwards=place is not None and place.backwards)
    sql = f"SELECT {SELECTED}, h.batch_id FROM {ROWS} WHERE {where} {order} LIMIT %s::int"
    return sql, [*params, question.page_size + 1]


def where_clause(user_id: int, conditions: tuple[Condition, ...]) -> tuple[str, list[Any]]:
    """Return what rows must fulfil: the person's own projects, and every condition."""
    where = " AND ".join([MINE, *(c.sql for c in conditions)])
    return where, [user_id, *(param for c in conditions for param in c.params)]


def order_clause(question: Question, *, backwards: bool = False) -> str:
    """Return the total order: unknown last, equal values by batch."""
    _, descending = split_ordering(question.ordering)
    way = "DESC" if descending is not backwards else "ASC"
    return "ORDER BY " + ", ".join(f"{expression} {way}" for expression, _ in question.keys)


def export_csv(user: Any, question: Question) -> Iterator[bytes]:
    """Yield every row that the question finds as CSV, as the database writes it; paging is ignored.

    Words that a spreadsheet would take for a formula get an apostrophe in front.
    """
    where, params = where_clause(user.pk, question.conditions)
    sql = (
        f"COPY (SELECT {GUARDED} FROM {ROWS} WHERE {where} {order_clause(question)})"
        " TO STDOUT WITH (FORMAT csv, HEADER true)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{EXPORT_TIMEOUT_S}s'")
        with cursor.copy(sql, params) as copy:
            yield from _blocks(copy)


def _blocks(copy: Any) -> Iterator[bytes]:
    """Yield rows joined to blocks: one block per row would cost more than the rows."""
    block = bytearray()
    for row in copy:
        block += row
        if len(block) >= EXPORT_BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
