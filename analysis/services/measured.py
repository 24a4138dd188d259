"""Which values of a ratio the lab has measured: batches with a phase on evidence, by what was weighed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from analysis.forecast.paper import PAPER_GAPS
from labnotebook.records.models.role import READS
from labnotebook.records.prepared import fetch_rows
from synthesis.chemistry.gaps import OpenGap
from synthesis.services.gaps import measured_by, still_open
from synthesis.services.plans import FORECAST_RATIO

STEPS = 20  # points nearer than a step to both neighbours are passed over
# From point to point along the index: the furthest within one step, or else the next one beyond.
WALK = """
WITH RECURSIVE mine AS (SELECT m.project_id FROM records_membership m
  JOIN records_project p ON p.id = m.project_id AND NOT p.is_simulated
  WHERE m.user_id = %(user)s::bigint AND m.{reads}),
walk (value) AS (
  SELECT %(low)s::float8 WHERE EXISTS (SELECT FROM mine)  -- else every batch of the lab is looked at for none
  UNION ALL
  SELECT coalesce(
    (SELECT q.value {measured} AND q.value > w.value AND q.value <= w.value + %(step)s::float8
      AND q.value < %(high)s::float8 ORDER BY q.value DESC LIMIT 1),
    (SELECT q.value {measured} AND q.value > w.value + %(step)s::float8
      AND q.value < %(high)s::float8 ORDER BY q.value LIMIT 1))
  FROM walk w WHERE w.value IS NOT NULL)
SELECT value FROM walk WHERE value > %(low)s::float8
""".format(  # noqa: S608  (constant text)
    reads=READS,
    measured="""FROM synthesis_batchquantity q
      JOIN synthesis_batch b ON b.id = q.batch_id
      JOIN analysis_phaseassignment p ON p.batch_id = b.id
      WHERE p.superseded_at IS NULL AND p.phase <> 'failed' AND p.evidence <> 'none'
        AND b.project_id IN (SELECT project_id FROM mine)
        AND q.key = %(key)s AND q.basis = 'weighed'""",
)


def phase_gaps(user: Any) -> list[OpenGap]:
    """Return the gaps of R in the forecast of phases that are still open for a person."""
    return still_open(user, FORECAST_RATIO, PAPER_GAPS, "R")


def shaded(gaps: Sequence[OpenGap]) -> tuple[float, float] | None:
    """Return the widest gap as a figure draws it, None when all are closed."""
    if not gaps:
        return None
    widest = max(gaps, key=lambda gap: gap.high - gap.low)
    return float(widest.low), float(widest.high)


@measured_by
def weighed_and_assigned(user: Any, key: str, low: Decimal, high: Decimal) -> Iterable[float]:
    """Return values of a ratio between two limits that have a phase, close ones thinned out.

    A failed batch says nothing about its phase, a guess by eye measured nothing: both leave the gap open, and
    simulated data close none.
    """
    said = {
        "user": user.pk,
        "key": key,
        "low": float(low),
        "high": float(high),
        "step": float(high - low) / STEPS,
    }
    return [value for (value,) in fetch_rows(WALK, said)]
