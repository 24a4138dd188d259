"""What the history page says about all rows of a question: counts, summary, points, and ways out."""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from analysis.services.history import ROWS, where_clause
from analysis.services.history_columns import Column
from analysis.services.history_language import Condition, Question
from labnotebook.records.prepared import fetch_rows

CAP = 10_000  # rows that are counted; beyond it the page says "10,000+"
MOST_POINTS = 1000
FACETS = ("phase", "precursor_appearance")


class PhaseSummary(NamedTuple):
    """How one phase did: number of batches, and median and range of the chosen quantity."""

    phase: str
    batches: int
    measured: int
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts over the rows of a question, at most the newest CAP of them."""

    found: int
    capped: bool
    drawable: int  # rows with both chosen quantities
    phases: tuple[PhaseSummary, ...]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)  # column -> word -> rows


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


class WayOut(NamedTuple):
    """A condition, and how many rows there would be without it."""

    condition: Condition
    rows: int


def overview(user: Any, question: Question, x: Column, y: Column) -> Overview:
    """Return the counts; the count of a facet's word is what choosing it alone would show."""
    rest = tuple(c for c in question.conditions if c.parameter not in FACETS)
    tests, test_params = [], []
    for name in FACETS:
        chosen = [c for c in question.conditions if c.parameter == name]
        tests.append(" AND ".join(c.sql for c in chosen) or "true")
        test_params += [param for c in chosen for param in c.params]
    where, params = where_clause(user.pk, rest)
    both = f"{_is_drawable(x)} AND {_is_drawable(y)}"
    sql = f"""
      WITH seen AS MATERIALIZED (
        SELECT h.phase, h.precursor_appearance, {y.sql}::float8 AS y, ({both}) AS drawn,
          ({tests[0]}) AS in_phase, ({tests[1]}) AS in_appearance
        FROM {ROWS} WHERE {where} ORDER BY h.batch_id DESC LIMIT {CAP + 1})
      SELECT phase, precursor_appearance, count(*),
        count(*) FILTER (WHERE in_appearance), count(*) FILTER (WHERE in_phase),
        count(*) FILTER (WHERE in_phase AND in_appearance),
        count(*) FILTER (WHERE in_phase AND in_appearance AND drawn),
        count(y) FILTER (WHERE in_phase AND in_appearance),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY y) FILTER (WHERE in_phase AND in_appearance),
        min(y) FILTER (WHERE in_phase AND in_appearance),
        max(y) FILTER (WHERE in_phase AND in_appearance)
      FROM seen GROUP BY GROUPING SETS ((phase), (precursor_appearance))"""
    groups = fetch_rows(sql, [*test_params, *params])
    by_phase = [g for g in groups if g[0] is not None]
    by_appearance = [g for g in groups if g[0] is None]
    capped = sum(g[2] for g in by_phase) > CAP
    facets = {
        "phase": {g[0]: g[3] for g in by_phase},
        "precursor_appearance": {g[1]: g[4] for g in by_appearance},
    }
    summaries = [PhaseSummary(g[0], g[5], *g[7:]) for g in by_phase if g[5]]
    return Overview(
        found=count(user, question) if capped else sum(g[5] for g in by_phase),
        capped=capped,
        drawable=sum(g[6] for g in by_phase),
        phases=tuple(sorted(summaries, key=_in_order)),
        facets=facets,
    )


def _in_order(summary: PhaseSummary) -> tuple[bool, int]:
    return summary.phase == "", -summary.batches


def _is_drawable(column: Column) -> str:
    """Return the test that a number is there and finite (NaN is above every number here)."""
    return f"coalesce({column.sql}, 'NaN'::float8) BETWEEN -1e300 AND 1e300"


def count(user: Any, question: Question) -> int:
    """Return how many rows the question finds, counting to CAP + 1 at most."""
    where, params = where_clause(user.pk, question.conditions)
    sql = f"SELECT count(*) FROM (SELECT FROM {ROWS} WHERE {where} LIMIT {CAP + 1}) counted"
    return fetch_rows(sql, params)[0][0]


def map_points(user: Any, question: Question, x: Column, y: Column) -> list[MapPoint]:
    """Return the newest MOST_POINTS batches that have both quantities."""
    where, params = where_clause(user.pk, question.conditions)
    sql = (
        f"SELECT h.code, h.phase, {x.sql}::float8, {y.sql}::float8 FROM {ROWS}"
        f" WHERE {where} AND {_is_drawable(x)} AND {_is_drawable(y)}"
        f" ORDER BY h.batch_id DESC LIMIT {MOST_POINTS}"
    )
    return [MapPoint(*row) for row in fetch_rows(sql, params)]


def forecasts_scored(user: Any, question: Question) -> Scored:
    """Return how the forecasts of these batches came out against XRD, over the newest CAP scored.

    A phase that was said on other evidence does not count.
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
      SELECT count(*), count(*) FILTER (WHERE hit), avg(log_score),
        (array_agg(code ORDER BY batch_id DESC) FILTER (WHERE NOT hit))[1:6] FROM scored"""
    batches, hits, log_score, missed = fetch_rows(sql, params)[0]
    return Scored(batches, hits, log_score, missed or [])


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
