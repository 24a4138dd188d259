"""Keep what is in the flask in step with what was weighed."""

from __future__ import annotations

from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry import composition as chemistry
from synthesis.chemistry.planning import PlanRefused
from synthesis.models import Batch, Material, Portion
from synthesis.services.quantities import write_weighed
from synthesis.services.sources import BOTTLES, additions_of, source_of

RATIO = "ratio_ca_pb"


def flask_composition(batch: Batch, *, facts_of_today: bool = False) -> dict[str, Any]:
    """Return what is in the flask as far as it was recorded, ready for JSON."""
    planned = {line["key"] for line in batch.plan["reagents"]}
    try:
        additions = additions_of(batch, facts_of_today=facts_of_today)
        # A dispersion that the plan does not have says no formula: what it brings is not known.
        unknown = [
            one.key
            for one in additions
            if one.key not in planned and one.source is not None and not one.source.formula
        ]
        counted = [one for one in additions if one.key not in unknown]
        composition = chemistry.weighed_composition(batch.plan, counted).as_dict()
        return composition | {"not_counted": unknown}
    except (chemistry.UnusableAddition, PlanRefused) as refusal:
        raise Refusal(str(refusal), field="value") from refusal


def refresh_composition(batch: Batch) -> None:
    """Compute and store every weighed ratio ± u, in the caller's transaction.

    They count the assay; taken at face value they stand beside it in ``composition``.
    """
    _pin(batch)
    composition = flask_composition(batch)
    write_weighed(batch, composition)
    weighed = composition["effective"].get(RATIO)
    batch.set_fields(
        composition=composition,
        ratio_ca_pb_weighed=weighed["value"] if weighed else None,
        ratio_ca_pb_weighed_uncertainty=weighed["uncertainty"] if weighed else None,
    )


def _pin(batch: Batch) -> None:
    """Keep with each recorded amount what is said of its bottle now; another bottle is pinned anew."""
    portions = Portion.objects.filter(batch=batch).select_related(*BOTTLES)
    for row in [*batch.additions.select_related(*BOTTLES), *portions]:
        counts = row.stands if isinstance(row, Portion) else row.weighed_value is not None
        recorded = row.material is not None and counts
        pinned = row.source_facts["code"] if row.source_facts else ""
        if recorded and pinned != row.material.code:
            row.set_fields(source_facts=_facts(row.material))
        elif not recorded and pinned:
            row.set_fields(source_facts=None)


def _facts(material: Material) -> dict[str, Any]:
    try:
        return source_of(material).as_dict()
    except (chemistry.UnusableAddition, PlanRefused) as refusal:
        raise Refusal(str(refusal), field="value") from refusal
