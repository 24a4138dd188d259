"""Keep what is in the flask in step with what was weighed."""

from __future__ import annotations

from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.chemistry import composition as chemistry
from synthesis.chemistry.planning import PlanRefused
from synthesis.models import Batch
from synthesis.services.quantities import write_weighed
from synthesis.services.sources import additions_of

RATIO = "ratio_ca_pb"


def flask_composition(batch: Batch) -> dict[str, Any]:
    """Return what is in the flask as far as it was recorded, ready for JSON."""
    planned = {line["key"] for line in batch.plan["reagents"]}
    additions = additions_of(batch)
    # A dispersion that the plan does not have says no formula: what it brings is not known.
    unknown = [
        one.key
        for one in additions
        if one.key not in planned and one.source is not None and not one.source.formula
    ]
    counted = [one for one in additions if one.key not in unknown]
    try:
        composition = chemistry.weighed_composition(batch.plan, counted).as_dict()
        return composition | {"not_counted": unknown}
    except (chemistry.UnusableAddition, PlanRefused) as refusal:
        raise Refusal(str(refusal), field="value") from refusal


def refresh_composition(batch: Batch) -> None:
    """Compute and store every weighed ratio ± u, in the caller's transaction.

    They count the assay; taken at face value they stand beside it in ``composition``.
    """
    composition = flask_composition(batch)
    write_weighed(batch, composition)
    weighed = composition["effective"].get(RATIO)
    batch.set_fields(
        composition=composition,
        ratio_ca_pb_weighed=weighed["value"] if weighed else None,
        ratio_ca_pb_weighed_uncertainty=weighed["uncertainty"] if weighed else None,
    )
