"""What the bench page needs beside the record: bottles with what is left, and what an amount brings to R."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Any

from django.db.models import Count, Max

from synthesis.chemistry.additions import Addition, UnusableAddition, recorded_amounts
from synthesis.chemistry.plan import PRECISION, frozen
from synthesis.chemistry.ratios import Ratio, total
from synthesis.chemistry.reported import frozen_ratios
from synthesis.chemistry.sources import Balance, PlanRefused, Source
from synthesis.models import Batch, BenchEvent, Material
from synthesis.services.movements import lefts

MOST_BOTTLES = 500


@dataclass(frozen=True, slots=True)
class Shelved:
    """A bottle that may go into a flask: what is left of it, and when it was last poured."""

    material: Material
    left: str
    used_at: datetime | None


def bottles_for(user: Any, batch: Batch) -> list[Shelved]:
    """Return the person's bottles that fit the plan of a batch, the one poured last first."""
    chemicals = [line["chemical"] for line in batch.plan["reagents"] if line.get("chemical")]
    stocks = [line["stock"] for line in batch.plan["reagents"] if line.get("stock")]
    rows = (
        Material.objects.visible_to(user)
        .fitting(chemicals, stocks)
        .filter(emptied_at=None)
        .select_related("chemical", "recipe", "aliquot_of", "produced_by")
        .annotate(used_at=Max("additions__weighed_at"))
    )
    found = list(rows[:MOST_BOTTLES])
    left = lefts(found) if found else {}
    found.sort(
        key=lambda one: (one.used_at is not None, one.used_at or one.created_at), reverse=True
    )
    return [Shelved(m, left[m.pk].text if left[m.pk] else "", m.used_at) for m in found]


@dataclass(frozen=True, slots=True)
class Brings:
    """What one mg or mL brings above and below the line of a ratio, mmol: as labelled, and at face value."""

    above: Decimal
    below: Decimal
    face_above: Decimal
    face_below: Decimal


def leading_ratio(batch: Batch) -> Ratio | None:
    """Return the ratio that the recipe asks for first, None when it asks for none."""
    asked = [one for one in frozen_ratios(batch.plan) if one.asked]
    return asked[0] if asked else None


def brings(
    plan: Mapping[str, Any], ratio: Ratio, key: str, unit: str, source: Source | None
) -> Brings | None:
    """Return what one ``unit`` (mg or mL) of a reagent from this bottle brings; None for nothing.

    Ratios are sums over the flask, linear in what is weighed, so that a page that knows these numbers
    can follow R while somebody types.
    """
    one = Addition(key, Decimal(1), unit, source=source, without_bottle=source is None)
    balance = Balance.from_dict(plan["balance"])
    try:
        with localcontext() as context:
            context.prec = PRECISION
            (amount,) = recorded_amounts(frozen(plan), [one], balance)
            real, face = (amount.contribution(effective=counted) for counted in (True, False))
            sides = [total(side, [c]) for c in (real, face) for side in (ratio.above, ratio.below)]
    except (UnusableAddition, PlanRefused):
        return None
    return Brings(*sides) if any(sides) else None


def bench_version(batch: Batch) -> str:
    """Return a word that changes with every entry and every change of the batch itself."""
    entries = BenchEvent.objects.filter(batch=batch).aggregate(
        count=Count("pk"), last=Max("received_at")
    )
    last = entries["last"].timestamp() if entries["last"] else 0
    return f"{batch.version}-{entries['count']}-{last:.6f}"


def lately_used(bottles: Iterable[Shelved]) -> Shelved | None:
    """Return the bottle to propose: the one poured last, or the only one there is."""
    found = list(bottles)
    if found and found[0].used_at is not None:
        return found[0]
    return found[0] if len(found) == 1 else None
