"""Hold the bottle that was taken at the bench against the one that the plan counts on."""

from __future__ import annotations

from collections.abc import Mapping

from labnotebook.records.refusals import Refusal
from synthesis.chemistry.additions import bottle_remark
from synthesis.chemistry.planning import PlanRefused
from synthesis.models import Addition, Batch, BenchEvent, Deviation
from synthesis.services import deviations
from synthesis.services.bench_entries.entry import Entry
from synthesis.services.fitting import would_do
from synthesis.services.sources import BOTTLES, source_of


def of_bottle(batch: Batch, entry: Entry, event: BenchEvent) -> list[str]:
    """Refuse a bottle of another substance; note one with other water, and return what to tell.

    What the plan does not have may be anything.
    """
    named = entry.value.get("lot") if isinstance(entry.value, Mapping) else None
    if entry.kind != "lot" and not (entry.kind == "weighing" and named):
        return []
    target = f"{entry.target}.lot"
    deviations.withdraw(batch, target)
    addition = (
        Addition.objects.filter(batch=batch, key=entry.target).select_related(*BOTTLES).first()
    )
    planned = {line["key"] for line in batch.plan["reagents"]}
    if addition is None or addition.material is None or entry.target not in planned:
        return []
    try:
        remark = bottle_remark(batch.plan, entry.target, source_of(addition.material))
    except PlanRefused as refusal:
        line = next(one for one in batch.plan["reagents"] if one["key"] == entry.target)
        instead = would_do(event.by, [line["chemical"] or ""], line["stock"] or "")
        raise Refusal(f"{refusal}{instead}", field="value") from refusal
    if not remark:
        return []
    deviations.note(batch, target, event, Deviation.Kind.SUBSTITUTION, f"{addition.name}: {remark}")
    return [f"{remark} It is recorded as a deviation."]
