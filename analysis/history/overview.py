"""What the history page says about the rows of a question: counts of words, summary, points, scores."""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, NamedTuple

from analysis.history.columns import Column
from analysis.history.count import SAMPLE, Counted
from analysis.history.language import Condition, Question
from analysis.history.rows import NEWEST_FIRST, ROWS, one_of, read_rows, walk, where_clause
from labnotebook.records.presentation.plots import NO_PHASE

MOST_POINTS = 400
MOST_MISSED = 6
FACETS = ("phase", "precursor_appearance")
# The row has a score only where it counts (`source`). LIMIT keeps this to the rows that were chosen.
SCORE = """
  SELECT s.hit, s.log_score FROM analysis_phaseassignment a
  JOIN analysis_score s ON s.phase_assignment_id = a.id
  WHERE n.forecast_log_score IS NOT NULL AND a.batch_id = n.batch_id AND a.superseded_at IS NULL LIMIT 1"""


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
    simulated: bool = False


class Scored(NamedTuple):
    """Forecasts held against the phase that was found."""

    batches: int
    hits: int
    log_score: float | None
    missed: list[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is said about a question: exactly while it finds at most SAMPLE rows, else of its newest."""

    counted: Counted
    scored: Scored
    phases: tuple[PhaseSummary, ...]
    facets: dict[str, dict[str, int]]  # column -> word -> rows
    points: tuple[MapPoint, ...]  # the newest MOST_POINTS with both chosen quantities
    drawable: int  # how many have both
    simulated: int  # of the rows; they are shown, and count for nothing beside measured ones
    of_simulated: bool  # whether every row is simulated

    @property
    def found(self) -> int:
        """How many rows there are, or at least are."""
        return self.counted.found

    @property
    def sampled(self) -> bool:
        """Whether everything but the number of rows is of the newest SAMPLE."""
        return self.found > SAMPLE


class NewRow(NamedTuple):
    """What is counted and drawn of one row."""

    code: str
    phase: str
    precursor_appearance: str
    x: float | None
    y: float | None
    hit: bool | None  # whether the forecast was right, None when nobody can say
    log_score: float | None
    simulated: bool


def look_over(user: Any, question: Question, counted: Counted, x: Column, y: Column) -> Overview:
    """Return the counts; the count of a facet's word is what choosing it alone would show."""
    rows, facets = _newest(user, question, counted, x, y)
    points = [
        MapPoint(row.code, row.phase, row.x, row.y, row.simulated)
        for row in rows
        if _is_drawable(row)
    ]
    return Overview(
        counted=counted,
        scored=_score(_evidence(rows)),
        phases=_summaries(_evidence(rows)),
        facets=facets,
        points=tuple(points[:MOST_POINTS]),
        drawable=len(points),
        simulated=sum(row.simulated for row in rows),
        of_simulated=bool(rows) and all(row.simulated for row in rows),
    )


def _evidence(rows: Sequence[NewRow]) -> Sequence[NewRow]:
    """Return what counts: simulated rows only where the question finds nothing else."""
    measured = [row for row in rows if not row.simulated]
    return measured or rows


def _newest(
    user: Any, question: Question, counted: Counted, x: Column, y: Column
) -> tuple[list[NewRow], dict[str, dict[str, int]]]:
    """Return the newest SAMPLE rows, and the count of each word of a facet.

    The words of a facet are counted under every condition but those on the facet; where there is none
    on it, those are the words of the rows themselves.
    """
    if counted.newest or not counted.found:
        source, params = _read_from(user, (one_of(counted.newest),))
    else:
        source, params = _read_from(user, question.conditions, walked=counted.plentiful)
    sql = f"""
      (SELECT NULL AS facet, n.batch_id, n.code, n.phase, n.precursor_appearance, n.x, n.y, s.hit, s.log_score,
         n.simulated
       FROM (SELECT h.batch_id, h.planned_at, h.code, h.phase, h.precursor_appearance, {x.sql}::float8 AS x,
         {y.sql}::float8 AS y, h.forecast_log_score, p.is_simulated AS simulated FROM {source}
         {NEWEST_FIRST} LIMIT {SAMPLE}) n
       LEFT JOIN LATERAL ({SCORE}) s ON true {NEWEST_FIRST.replace("h.", "n.")})"""
    narrowed = {c.parameter for c in question.conditions} & set(FACETS)
    for name in narrowed:
        others = tuple(c for c in question.conditions if c.parameter != name)
        source, more = _read_from(user, others, walked=counted.plentiful)
        sql += f"""
          UNION ALL (SELECT '{name}', count(*), word, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM
            (SELECT h.{name} AS word FROM {source} {NEWEST_FIRST} LIMIT {SAMPLE}) newest
            GROUP BY word)"""
        params = [*params, *more]
    rows: list[NewRow] = []
    words: dict[str, dict[str, int]] = {name: {} for name in narrowed}
    for facet, number, word, *more in read_rows(sql, params, question.conditions):
        if facet is None:
            rows.append(NewRow(word, *more))
        else:
            words[facet][word] = number
    return rows, {
        name: dict(Counter(getattr(row, name) for row in rows)) for name in FACETS
    } | words


def _read_from(
    user: Any, conditions: tuple[Condition, ...], *, walked: bool = False
) -> tuple[str, list[Any]]:
    """Return what to read rows of these conditions from, up to WHERE."""
    if walked:
        return walk(user.pk, conditions, NEWEST_FIRST)
    where, params = where_clause(user.pk, conditions)
    return f"{ROWS} WHERE {where}", params


def _summaries(rows: Sequence[NewRow]) -> tuple[PhaseSummary, ...]:
    values: dict[str, list[float]] = {}
    batches = Counter(row.phase for row in rows)
    for row in rows:
        if row.y is not None and math.isfinite(row.y):
            values.setdefault(row.phase, []).append(row.y)
    found = []
    for phase, number in batches.items():
        known = values.get(phase, [])
        spread = (median(known), min(known), max(known)) if known else (None, None, None)
        found.append(PhaseSummary(phase, number, len(known), *spread))
    return tuple(sorted(found, key=_in_order))


def _in_order(summary: PhaseSummary) -> tuple[bool, int]:
    return summary.phase in ("", NO_PHASE), -summary.batches


def _is_drawable(row: NewRow) -> bool:
    return all(value is not None and -1e300 <= value <= 1e300 for value in (row.x, row.y))


def _score(rows: Sequence[NewRow]) -> Scored:
    scored = [row for row in rows if row.log_score is not None]
    missed = [row.code for row in scored if not row.hit]
    score = fmean(row.log_score for row in scored) if scored else None
    return Scored(len(scored), len(scored) - len(missed), score, missed[:MOST_MISSED])
