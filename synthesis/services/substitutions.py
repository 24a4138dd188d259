"""Hold the bottle that was taken at the bench against the one that the plan counts on."""

from __future__ import annotations

from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.additions import OtherWater, other_water
from synthesis.chemistry.planning import PlanRefused
from synthesis.models import Addition, Batch, Material
from synthesis.services.fitting import would_do
from synthesis.services.sources import source_of


def check_bottle(by: Any, batch: Batch, key: str, bottle: Material) -> None:
    """Refuse a bottle of another substance; what the plan does not have may be anything."""
    line = next((one for one in batch.plan["reagents"] if one["key"] == key), None)
    if line is None:
        return
    try:
        other_water(batch.plan, key, source_of(bottle))
    except PlanRefused as refusal:
        instead = would_do(by, [line["chemical"] or ""], line["stock"] or "")
        raise Refusal(f"{refusal}{instead}", field="value") from refusal


def substitution(batch: Batch, addition: Addition) -> OtherWater | None:
    """Return what it means that a reagent comes from another hydrate than the plan's; else None."""
    planned = {line["key"] for line in batch.plan["reagents"]}
    bottle = addition.material
    if bottle is None or addition.key not in planned or bottle.code == batch.lots.get(addition.key):
        return None
    try:
        return other_water(batch.plan, addition.key, source_of(bottle))
    except PlanRefused:
        return (
            None  # refused where the bottle is named; of what was recorded before, nothing is said
        )
