"""The history: one row per batch, asked by SQL written here.

Every statement names the person who asks: rows of projects that this person does not belong to are
never read. Pages are found by row comparison on the sort keys (`Question.keys`), so none of them
costs more than the first one.
"""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.history.columns import COLUMNS, Column, Kind
from analysis.history.cursor import write_cursor
from analysis.history.language import DEFAULT_COLUMNS, Condition, Question
from labnotebook.records.models.role import READS
from labnotebook.records.prepared import fetch_rows
from labnotebook.records.spreadsheets import FORMULA

# As `spreadsheets.guarded`, by the number of the first character, which costs less than comparing texts.
_FIRST = ", ".join(str(ord(one)) for one in FORMULA)
GUARD = f"CASE WHEN ascii({{0}}) IN ({_FIRST}) THEN '''' || {{0}} ELSE {{0}} END"

ROWS = "analysis_historyrow h JOIN records_project p ON p.id = h.project_id"
MINE = (
    "h.project_id = ANY(ARRAY(SELECT m.project_id FROM records_membership m"
    f" WHERE m.user_id = %s AND m.{READS}))"
)

NEWEST_FIRST = "ORDER BY h.planned_at DESC, h.batch_id DESC"


def selected(columns: Sequence[Column]) -> str:
    """Return the columns as a statement reads them."""
    return ", ".join(f"{column.sql} AS {column.name}" for column in columns)


def guarded(columns: Sequence[Column]) -> str:
    """Return the columns as a spreadsheet may read them."""
    return ", ".join(
        f"{GUARD.format(c.sql) if c.kind is Kind.WORD else c.sql} AS {c.name}" for c in columns
    )


SELECTED = selected(DEFAULT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursors of the pages beside them."""

    rows: list[dict[str, Any]]
    next: str | None
    previous: str | None


def search(user: Any, question: Question, *, many: bool = False) -> Page:
    """Return one page of the rows that ``user`` may see, in the order that was asked for.

    ``many``: the caller knows that the question finds more rows than anybody pages through.
    """
    found = _read(user.pk, question, many=many)
    backwards = question.place is not None and question.place.backwards
    more = len(found) > question.page_size
    found = found[: question.page_size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    names = [column.name for column in question.read]
    rows = [dict(zip(names, row, strict=False)) for row in found]  # the batch's id stands last

    def beside(index: int, *, going_back: bool) -> str:
        keys = question.keys_of(rows[index], found[index][-1])
        return write_cursor(question.ordering, keys, backwards=going_back)

    has_next = backwards or more
    has_previous = more if backwards else question.place is not None
    return Page(
        _shown(rows, question),
        beside(-1, going_back=False) if has_next else None,
        beside(0, going_back=True) if has_previous else None,
    )


def of_codes(user: Any, codes: Sequence[str], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Return the rows of these batches that ``user`` may see, in the order of the codes."""
    if not codes:
        return []
    sql = f"SELECT {selected(columns)} FROM {ROWS} WHERE {MINE} AND h.code = ANY(%s::text[])"
    found = {
        row[0]: row
        for row in fetch_rows(
            f"SELECT r.code AS of_code, r.* FROM ({sql}) r", [user.pk, list(codes)]
        )
    }
    names = [column.name for column in columns]
    return [dict(zip(names, found[code][1:], strict=True)) for code in codes if code in found]


def _shown(rows: list[dict[str, Any]], question: Question) -> list[dict[str, Any]]:
    """Return the rows with the columns to show: without one that they are only sorted by."""
    if question.read is question.columns:
        return rows
    names = [column.name for column in question.columns]
    return [{name: row[name] for name in names} for row in rows]


def _read(user_id: int, question: Question, *, many: bool) -> list[Any]:
    """Return the rows of a page and one more, in the direction of the cursor.

    A number that stands beside the row is found in the order of its own index; the batches that do
    not have it come after all others, and are another statement.
    """
    if question.column.side is None:
        return read_rows(*page_statement(user_id, question, many=many), question.conditions)
    found: list[Any] = []
    for turn, known in enumerate(_parts(question)):
        sql, params = part_statement(user_id, question, known=known, continued=turn > 0)
        params = [*params, question.page_size + 1 - len(found)]
        found += read_rows(sql, params, question.conditions)
        if len(found) > question.page_size:
            break
    return found


def _parts(question: Question) -> list[bool]:
    """Return which parts a page may lie in: batches with the number, batches without, from its place."""
    place = question.place
    if place is None:
        return [True, False]
    if math.isinf(place.keys[0]):  # the place of a batch without
        return [False, True] if place.backwards else [False]
    return [True] if place.backwards else [True, False]


def page_statement(
    user_id: int, question: Question, *, many: bool = False
) -> tuple[str, list[Any]]:
    """Return the statement that reads one page and one row more, and its parameters.

    Of ``many`` rows by the time they were planned, those of a page are found by walking from the newest
    on; the planner, which takes a search for words to find next to nothing, would sort all of them.
    """
    where, params = where_clause(user_id, question.conditions)
    source = f"{ROWS} WHERE {where}"
    if many and question.place is None and question.column.name == "planned_at":
        source, params = walk(user_id, question.conditions, order_clause(question))
    place = question.place
    if place is not None:
        sign = "<" if question.descending is not place.backwards else ">"
        keys = ", ".join(expression for expression, _ in question.keys)
        values = ", ".join(f"%s::{kind}" for _, kind in question.keys)
        source += f" AND ({keys}) {sign} ({values})"
        params += place.keys
    order = order_clause(question, backwards=place is not None and place.backwards)
    sql = f"SELECT {_selection(question)}, h.batch_id FROM {source} {order} LIMIT %s::int"
    return sql, [*params, question.page_size + 1]


def part_statement(
    user_id: int, question: Question, *, known: bool, continued: bool
) -> tuple[str, list[Any]]:
    """Return the statement for one part of a page sorted by a number beside the row, up to its limit.

    ``continued``: the page began in the other part, so this one is read from its first row on.
    """
    of = question.column.side
    assert of is not None
    where, params = where_clause(user_id, question.conditions)
    place = None if continued else question.place
    backwards = question.place is not None and question.place.backwards
    descending = question.descending is not backwards
    sign, way = ("<", "DESC") if descending else (">", "ASC")
    if known:
        rows = f"{ROWS} JOIN {of.table} n ON n.batch_id = h.batch_id AND {of.match}"
        where += f" AND n.{of.value} IS NOT NULL"
        order = f"n.{of.value} {way}, n.batch_id {way}"
        if place is not None:
            where += f" AND (n.{of.value}, n.batch_id) {sign} (%s::float8, %s::bigint)"
            params += place.keys
    else:
        rows, order = ROWS, f"h.batch_id {way}"
        where += (
            f" AND NOT EXISTS (SELECT FROM {of.table} n WHERE n.batch_id = h.batch_id"
            f" AND {of.match} AND n.{of.value} IS NOT NULL)"
        )
        if place is not None:
            where += f" AND h.batch_id {sign} %s::bigint"
            params += place.keys[1:]
    sql = f"SELECT {_selection(question)}, h.batch_id FROM {rows} WHERE {where} ORDER BY {order}"
    return f"{sql} LIMIT %s::int", params


def _selection(question: Question) -> str:
    read = question.read
    return SELECTED if read is DEFAULT_COLUMNS else selected(read)


def where_clause(user_id: int, conditions: tuple[Condition, ...]) -> tuple[str, list[Any]]:
    """Return what rows must fulfil: the person's own projects, and every condition."""
    ordered = cheapest_first(conditions)
    where = " AND ".join([MINE, *(c.sql for c in ordered)])
    return where, [user_id, *(param for c in ordered for param in c.params)]


def walk(
    user_id: int, conditions: Sequence[Condition], order: str, *, most: int = 0
) -> tuple[str, list[Any]]:
    """Return what to read rows from, up to WHERE, that are walked in the order of the time they were planned.

    OFFSET keeps the walk: the planner cannot know how soon there are enough rows, and would sort all
    that are found. ``most``: so many rows are walked, fitting or not.
    """
    every, mine = of_times(user_id, conditions)
    ordered = cheapest_first([c for c in conditions if not _is_time(c)])
    source = (
        f"(SELECT h.* FROM {every} {order} {f'LIMIT {most}' if most else 'OFFSET 0'}) h"
        f" JOIN records_project p ON p.id = h.project_id"
        f" WHERE {' AND '.join(c.sql for c in ordered) or 'true'}"
    )
    return source, [*mine, *(param for c in ordered for param in c.params)]


def of_times(user_id: int, conditions: Sequence[Condition]) -> tuple[str, list[Any]]:
    """Return what to read the person's rows of the times that are asked for from, up to WHERE."""
    times = [c for c in conditions if _is_time(c)]
    where = " AND ".join([MINE, *(c.sql for c in times)])
    return f"analysis_historyrow h WHERE {where}", [
        user_id,
        *(param for c in times for param in c.params),
    ]


def _is_time(condition: Condition) -> bool:
    return condition.column is not None and condition.column.kind is Kind.TIME


def cheapest_first(conditions: Sequence[Condition]) -> list[Condition]:
    """Return the conditions with the search for words last: it reads four texts of a row."""
    return sorted(conditions, key=lambda condition: condition.column is None)


def one_of(batches: Sequence[int]) -> Condition:
    """Return the condition that a row is of one of these batches."""
    return Condition("", None, "h.batch_id = ANY(%s::bigint[])", (list(batches),), COLUMNS["batch"])


def read_rows(sql: str, params: Sequence[Any], conditions: Sequence[Condition]) -> list[Any]:
    """Return the rows of a statement with these conditions.

    One that searches for words is planned anew each time: whether their index helps depends on them.
    """
    return fetch_rows(sql, params, anew=any(condition.column is None for condition in conditions))


def order_clause(question: Question, *, backwards: bool = False) -> str:
    """Return the total order: unknown last, equal values by batch."""
    way = "DESC" if question.descending is not backwards else "ASC"
    return "ORDER BY " + ", ".join(f"{expression} {way}" for expression, _ in question.keys)
