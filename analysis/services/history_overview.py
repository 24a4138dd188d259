"""What the history page says about all rows of a question: counts, summary, points, and ways out."""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from analysis.services.history import MINE, ROWS, cheapest_first, where_clause
from analysis.services.history_columns import Column
from analysis.services.history_language import Condition, Question
from labnotebook.records.prepared import fetch_rows

CAP = 10_000  # rows that are counted; beyond it the page says "10,000+"
SAMPLE = 1_000  # rows, the newest, that facets, medians and points are taken from
MOST_POINTS = 400
FACETS = ("phase", "precursor_appearance")


class PhaseSummary(NamedTuple):
    """How one phase did: number of batches, and median and range of the chosen quantity."""

    phase: str
    batches: int
    measured: int
    median: float | None
    low: float | None
    high: float | None


class MapPoint(NamedTuple):
    """One batch on the page's figure."""

    code: str
    phase: str
    x: float
    y: float


class Scored(NamedTuple):
    """Forecasts held against the phase that was found."""

    batches: int
    hits: int
    log_score: float | None
    missed: list[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is said about a question: exactly while it finds at most SAMPLE rows, else of its newest.

    ``found`` is exact up to CAP, and CAP + 1 beyond.
    """

    found: int
    scored: Scored
    sampled: bool  # everything but ``found`` is of the newest SAMPLE rows
    phases: tuple[PhaseSummary, ...]
    facets: dict[str, dict[str, int]]  # column -> word -> rows
    points: tuple[MapPoint, ...]  # the newest MOST_POINTS with both chosen quantities
    drawable: int  # how many have both


class WayOut(NamedTuple):
    """A condition, and how many rows there would be without it."""

    condition: Condition
    rows: int


def overview(user: Any, question: Question, x: Column, y: Column) -> Overview:
    """Return the counts; the count of a facet's word is what choosing it alone would show."""
    found, scored = _tally(user, question)
    rows, facets = _newest(user, question, x, y, found)
    points = [MapPoint(code, phase, *at) for code, phase, _, *at in rows if _is_drawable(at)]
    return Overview(
        found=found,
        scored=scored,
        sampled=found > SAMPLE,
        phases=_summaries(rows),
        facets=facets,
        points=tuple(points[:MOST_POINTS]),
        drawable=len(points),
    )


def _newest(
    user: Any, question: Question, x: Column, y: Column, found: int
) -> tuple[list[Any], dict[str, dict[str, int]]]:
    """Return (code, phase, precursor, x, y) of the newest SAMPLE rows, and the count of each word.

    The words of a facet are counted under every condition but those on the facet; where there is none
    on it, those are the words of the rows themselves.
    """
    source, params = _newest_first(user, question.conditions, many=found > CAP)
    sql = (
        f"(SELECT h.code, h.phase, h.precursor_appearance, {x.sql}::float8, {y.sql}::float8"
        f" FROM {source} ORDER BY h.batch_id DESC LIMIT {SAMPLE})"
    )
    narrowed = {c.parameter for c in question.conditions} & set(FACETS)
    for name in narrowed:
        others = [c for c in question.conditions if c.parameter != name]
        source, more = _newest_first(user, others, many=found > SAMPLE)
        sql += (
            f" UNION ALL (SELECT NULL, '{name}', word, count(*)::float8, NULL FROM (SELECT h.{name} AS word"
            f" FROM {source} ORDER BY h.batch_id DESC LIMIT {SAMPLE}) newest GROUP BY word)"
        )
        params = [*params, *more]
    every = fetch_rows(sql, params)
    rows = [row for row in every if row[0] is not None]
    facets = {name: dict(Counter(row[at] for row in rows)) for at, name in enumerate(FACETS, 1)}
    for name in narrowed:
        facets[name] = {row[2]: int(row[3]) for row in every if row[0] is None and row[1] == name}
    return rows, facets


def _newest_first(
    user: Any, conditions: Sequence[Condition], *, many: bool
) -> tuple[str, list[Any]]:
    """Return what to read the newest rows of a question from, up to WHERE.

    Where ``many`` rows are found, the rows are walked from the newest on until there are enough
    (OFFSET 0 keeps the walk): the planner cannot know that, and would sort every row that is found.
    """
    where, params = where_clause(user.pk, tuple(conditions))
    if not many:
        return f"{ROWS} WHERE {where}", params
    walk = (
        f"(SELECT h.* FROM analysis_historyrow h WHERE {MINE} ORDER BY h.batch_id DESC OFFSET 0) h"
        " JOIN records_project p ON p.id = h.project_id"
    )
    others = " AND ".join(c.sql for c in cheapest_first(conditions)) or "true"
    return f"{walk} WHERE {others}", params


def _summaries(rows: Sequence[Any]) -> tuple[PhaseSummary, ...]:
    values: dict[str, list[float]] = {}
    batches = Counter(row[1] for row in rows)
    for _, phase, _, _, value in rows:
        if value is not None and math.isfinite(value):
            values.setdefault(phase, []).append(value)
    found = []
    for phase, number in batches.items():
        known = values.get(phase, [])
        spread = (median(known), min(known), max(known)) if known else (None, None, None)
        found.append(PhaseSummary(phase, number, len(known), *spread))
    return tuple(sorted(found, key=_in_order))


def _in_order(summary: PhaseSummary) -> tuple[bool, int]:
    return summary.phase == "", -summary.batches


def _is_drawable(place: Sequence[float | None]) -> bool:
    return all(value is not None and -1e300 <= value <= 1e300 for value in place)


def _tally(user: Any, question: Question) -> tuple[int, Scored]:
    """Return how many rows the question finds, counted to CAP + 1, and how their forecasts came out.

    Forecasts count against XRD alone, over the newest CAP that were scored; a phase that was said on
    other evidence does not count.
    """
    where, params = where_clause(user.pk, question.conditions)
    sql = f"""
      WITH scored AS (
        SELECT h.code, h.batch_id, s.hit, s.log_score FROM {ROWS}
        JOIN analysis_phaseassignment a ON a.batch_id = h.batch_id AND a.superseded_at IS NULL
        JOIN analysis_score s ON s.phase_assignment_id = a.id
        JOIN analysis_analysis x ON x.id = a.analysis_id
        JOIN analysis_measurement m ON m.id = x.measurement_id AND m.technique = 'xrd'
        WHERE {where} AND h.forecast_log_score IS NOT NULL ORDER BY h.batch_id DESC LIMIT {CAP})
      SELECT (SELECT count(*) FROM (SELECT FROM {ROWS} WHERE {where} LIMIT {CAP + 1}) counted),
        count(*), count(*) FILTER (WHERE hit), avg(log_score),
        (array_agg(code ORDER BY batch_id DESC) FILTER (WHERE NOT hit))[1:6] FROM scored"""
    found, batches, hits, log_score, missed = fetch_rows(sql, [*params, *params])[0]
    return found, Scored(batches, hits, log_score, missed or [])


def ways_out(user: Any, conditions: Sequence[Condition]) -> tuple[int, list[WayOut]]:
    """Return how many rows there are at all, and how many without each one of the conditions."""
    columns, params = ["count(*)"], []
    for left_out in conditions:
        others = [c for c in conditions if c is not left_out]
        columns.append(f"count(*) FILTER (WHERE {' AND '.join(c.sql for c in others) or 'true'})")
        params += [param for c in others for param in c.params]
    where, mine = where_clause(user.pk, ())
    sql = f"SELECT {', '.join(columns)} FROM {ROWS} WHERE {where}"
    every, *without = fetch_rows(sql, [*params, *mine])[0]
    return every, [WayOut(*pair) for pair in zip(conditions, without, strict=True)]
