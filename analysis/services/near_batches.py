"""The batches of the same recipe whose leading ratio lies near that of one batch."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from analysis.models import HistoryRow
from analysis.services.phase_evidence import Evidence, evidence_of_all
from labnotebook.records.models.role import READS
from labnotebook.records.prepared import fetch_rows
from synthesis.chemistry.quantities import Estimate, RatioOfBatch
from synthesis.models import Batch, Deviation

NEAR = 0.05  # or twice the joint standard uncertainty, whichever is wider
UNSURE = 0.025  # an R that is less sure than this is looked for no further away
MOST = 8
NEWEST = 300  # of the recipe; planned ones, which are not weighed yet, are among these

# From R along the index of the numbers, up and down, until there are enough; then the newest that are
# planned. Whose they may be and of which recipe stands in the row of the history.
_MINE = f"""h.recipe = %(recipe)s AND h.archived = 'no' AND h.project_id = ANY(ARRAY(
    SELECT m.project_id FROM records_membership m JOIN records_project p ON p.id = m.project_id
    WHERE m.user_id = %(user)s::bigint AND m.{READS}
      AND (NOT p.is_simulated OR p.id = %(project)s::bigint)))
  AND h.batch_id <> %(batch)s::bigint"""  # noqa: S608  (our own words)
_IS_NEAR = """abs(n.value - %(ratio)s::float8) <= greatest(%(near)s::float8,
    2 * sqrt(%(uncertainty)s::float8 ^ 2 + coalesce(n.uncertainty, 0) ^ 2))"""
_WEIGHED = """(SELECT n.batch_id, n.value, n.uncertainty, true AS weighed
  FROM synthesis_batchquantity n JOIN analysis_historyrow h ON h.batch_id = n.batch_id
  WHERE n.key = %(key)s AND n.basis = 'weighed' AND {side} AND {mine} AND {near}
  ORDER BY n.value {way}, n.batch_id {way} LIMIT %(most)s::int)"""
_PLANNED = """(SELECT n.batch_id, n.value, n.uncertainty, false
  FROM (SELECT h.batch_id FROM analysis_historyrow h WHERE {mine} ORDER BY h.batch_id DESC
    LIMIT %(newest)s::int) h
  JOIN synthesis_batchquantity n
    ON n.batch_id = h.batch_id AND n.key = %(key)s AND n.basis = 'planned'
  WHERE {near} AND NOT EXISTS (SELECT FROM synthesis_batchquantity w
    WHERE w.batch_id = n.batch_id AND w.key = %(key)s AND w.basis = 'weighed')
  ORDER BY abs(n.value - %(ratio)s::float8), n.batch_id DESC LIMIT %(most)s::int)"""
_UP = "n.value BETWEEN %(ratio)s::float8 AND %(ratio)s::float8 + %(reach)s::float8"
_DOWN = "n.value < %(ratio)s::float8 AND n.value >= %(ratio)s::float8 - %(reach)s::float8"
_PARTS = (
    _WEIGHED.format(side=_UP, way="ASC", mine=_MINE, near=_IS_NEAR),
    _WEIGHED.format(side=_DOWN, way="DESC", mine=_MINE, near=_IS_NEAR),
    _PLANNED.format(mine=_MINE, near=_IS_NEAR),
)
NEAREST = f"""SELECT batch_id, value, uncertainty, weighed FROM ({" UNION ALL ".join(_PARTS)}) n
  ORDER BY abs(value - %(ratio)s::float8), batch_id DESC LIMIT %(most)s::int"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class NearBatch:
    """One batch with its ratio and what came of it.

    ``row`` has ``finished_at`` and the number of ``major`` deviations beside its columns.
    """

    row: HistoryRow
    ratio: Estimate
    is_weighed: bool
    evidence: Evidence | None  # of the phase, while nobody said what it is


def ratio_that_counts(leading: RatioOfBatch | None) -> Estimate | None:
    """Return the ratio of a batch as weighed, else as planned, None when it has none."""
    return (leading.weighed or leading.planned) if leading else None


def near_batches(user: Any, batch: Batch) -> list[NearBatch]:
    """Return the nearest batches that ``user`` may see, nearest first, in three queries.

    ``batch`` was read with its recipe and `with_leading_ratio`. Simulated batches are found from a batch
    of their own project alone.
    """
    leading = batch.leading
    ratio = ratio_that_counts(leading)
    if leading is None or ratio is None:
        return []
    uncertainty = ratio.uncertainty or 0.0
    found = fetch_rows(
        NEAREST,
        {
            "user": user.pk,
            "project": batch.project_id,
            "batch": batch.pk,
            "recipe": batch.recipe_version.recipe.slug,
            "key": leading.key,
            "ratio": ratio.value,
            "uncertainty": uncertainty,
            "near": NEAR,
            "reach": max(NEAR, 2 * hypot(uncertainty, max(uncertainty, UNSURE))),
            "most": MOST,
            "newest": NEWEST,
        },
        anew=True,
    )
    rows = _rows([pk for pk, *_ in found])
    evidence = evidence_of_all([pk for pk, row in rows.items() if not row.phase])
    return [
        NearBatch(rows[pk], Estimate(value, spread), is_weighed, evidence.get(pk))
        for pk, value, spread, is_weighed in found
        if pk in rows
    ]


def _rows(batches: list[int]) -> dict[int, HistoryRow]:
    major = Deviation.objects.filter(
        batch=OuterRef("batch"), withdrawn_at=None, severity=Deviation.Severity.MAJOR
    )
    counted = major.order_by().values("batch").annotate(n=Count("pk")).values("n")
    rows = HistoryRow.objects.select_related("project").annotate(
        finished_at=F("batch__finished_at"), major=Coalesce(Subquery(counted), 0)
    )
    return rows.in_bulk(batches)
