"""How many rows a question finds, and which are the newest of them: what the page says follows from these.

Both must stay cheap beside a million rows. So the newest rows of the person's projects are looked
through first: where plenty of them fit, the number is a lower bound and nothing else is read; where
few fit, all rows are asked, by whatever index helps.
"""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from analysis.history.language import Condition, Question
from analysis.history.rows import (
    NEWEST_FIRST,
    ROWS,
    of_times,
    one_of,
    read_rows,
    walk,
    where_clause,
)

CAP = 10_000  # rows that are counted; beyond it the page says "10,000+"
LOOK = 30_000  # rows, the newest of a person's projects and a question's times, that are looked through first
SAMPLE = 1_000  # rows, the newest, that facets, medians, points and scores are taken from
COUNT_AND_NEWEST = f"count(*), ARRAY(SELECT h.batch_id FROM found h {NEWEST_FIRST} LIMIT {SAMPLE})"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows a question finds."""

    found: int
    exact: bool  # else there are at least so many
    plentiful: (
        bool  # more than SAMPLE, and so many among the newest that a walk from there finds them
    )
    newest: tuple[
        int, ...
    ]  # the batches of the newest SAMPLE; empty when only a search finds these

    def narrow(self, question: Question) -> Question:
        """Return the question with its few rows named, so that they need not be looked for again."""
        if not question.conditions or self.found > SAMPLE:
            return question
        return replace(question, conditions=(*question.conditions, one_of(self.newest)))


def count(user: Any, question: Question) -> Counted:
    """Return how many rows the question finds: exactly, but for very many of a large lab."""
    conditions = question.conditions
    if not conditions:
        return _count_every(user)
    if any(c.column and c.column.side for c in conditions):
        # Numbers that stand beside the rows have an index of their own, which a walk would not use.
        return _count_among_all(user, conditions, plentiful=True)
    return _count_among_newest(user, conditions) or _count_among_all(user, conditions)


def _count_every(user: Any) -> Counted:
    every, params = of_times(user.pk, ())
    sql = f"SELECT count(*) FROM (SELECT FROM {every} LIMIT {CAP + 1}) every"
    found = read_rows(sql, params, ())[0][0]
    return Counted(min(found, CAP), found <= CAP, True, ())


def _count_among_newest(user: Any, conditions: Sequence[Condition]) -> Counted | None:
    """Return what the newest LOOK rows tell; None when too few of them fit to tell of the others."""
    source, params = walk(user.pk, conditions, NEWEST_FIRST, most=LOOK)
    every, more = of_times(user.pk, conditions)
    sql = f"""
      WITH found AS MATERIALIZED
        (SELECT h.batch_id, h.planned_at FROM {source} {NEWEST_FIRST} LIMIT {CAP + 1})
      SELECT {COUNT_AND_NEWEST},
        (SELECT count(*) FROM (SELECT FROM {every} LIMIT {LOOK + 1}) every) <= {LOOK} FROM found"""
    found, newest, every = read_rows(sql, [*params, *more], conditions)[0]
    if every or found > SAMPLE:
        return Counted(min(found, CAP), every and found <= CAP, found > SAMPLE, tuple(newest))
    return None


def _count_among_all(
    user: Any, conditions: Sequence[Condition], *, plentiful: bool = False
) -> Counted:
    where, params = where_clause(user.pk, conditions)
    sql = f"""
      WITH found AS MATERIALIZED
        (SELECT h.batch_id, h.planned_at FROM {ROWS} WHERE {where} LIMIT {CAP + 1})
      SELECT {COUNT_AND_NEWEST} FROM found"""
    found, newest = read_rows(sql, params, conditions)[0]
    if found <= CAP:
        return Counted(found, True, False, tuple(newest))
    return Counted(CAP, False, plentiful, ())


class WayOut(NamedTuple):
    """A condition, and how many rows there would be without it, counted to CAP + 1."""

    condition: Condition
    rows: int


def ways_out(user: Any, conditions: Sequence[Condition]) -> tuple[int, list[WayOut]]:
    """Return how many rows there are at all, and how many without each one of the conditions."""
    parts, params = [], []
    for left_out in (None, *conditions):
        others = () if left_out is None else tuple(c for c in conditions if c is not left_out)
        where, more = where_clause(user.pk, others)
        parts.append(f"(SELECT count(*) FROM (SELECT FROM {ROWS} WHERE {where} LIMIT {CAP + 1}) c)")
        params += more
    every, *without = read_rows(f"SELECT {', '.join(parts)}", params, conditions)[0]
    return every, [WayOut(*pair) for pair in zip(conditions, without, strict=True)]
