"""Keep the numbers of a batch in step with its plan and with what was weighed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from labnotebook.records.models.role import read_by
from synthesis.chemistry import quantities
from synthesis.chemistry.planning import Plan
from synthesis.models import Batch, BatchQuantity


def with_leading_ratio(rows: QuerySet[Batch]) -> QuerySet[Batch]:
    """Load with each batch the numbers of its recipe's own ratio, for ``Batch.leading``."""
    leading = BatchQuantity.objects.filter(batch=OuterRef("pk"), position=quantities.LEADING)
    data = JSONObject(**{name: name for name in quantities.SHOWN})
    return rows.annotate(leading_rows=ArraySubquery(leading.values(data=data)))


def ratios_of(batch: Batch) -> list[quantities.RatioOfBatch]:
    """Return every ratio of a batch, its recipe's own ones first."""
    rows = batch.quantities.order_by("position", "pk").values(*quantities.SHOWN)
    return quantities.ratios_of_batch(rows, batch.targets)


def name_in_batches(user: Any, key: str) -> str:
    """Return what the person's batches call a ratio, empty when none of them has it."""
    if user is None:
        return ""
    rows = BatchQuantity.objects.filter(read_by(user, "batch__project"), key=key)
    return rows.values_list("name", flat=True).first() or ""


def write_planned(planned: Iterable[tuple[Batch, Plan]]) -> None:
    """Store what plans ask for and give, in the transaction that freezes them."""
    _write(
        (batch, number)
        for batch, plan in planned
        for number in quantities.planned_numbers(plan.recipe, batch.plan, plan.targets.numbers)
    )


def write_weighed(batch: Batch, composition: Mapping[str, Any]) -> None:
    """Store what the recorded amounts give; what they do not give any more is unknown again."""
    known = {row.key: (row.name, row.position) for row in batch.quantities.all()}
    found = quantities.weighed_numbers(composition, known)
    stale = batch.quantities.filter(basis=BatchQuantity.Basis.WEIGHED)
    stale.exclude(key__in=[one.key for one in found]).delete()
    _write((batch, one) for one in found)


def _write(numbers: Iterable[tuple[Batch, quantities.BatchNumber]]) -> None:
    BatchQuantity.objects.bulk_create(
        [BatchQuantity(batch=batch, **asdict(one)) for batch, one in numbers],
        update_conflicts=True,
        unique_fields=["batch", "key", "basis"],
        update_fields=["value", "uncertainty", "origin", "name", "position"],
    )
