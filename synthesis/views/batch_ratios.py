"""What a page says about the ratios of one batch: the recipe's own one, and what it still waits for."""

from __future__ import annotations

from typing import Any

from synthesis.chemistry.composition import weighed_composition
from synthesis.models import Batch
from synthesis.views.batch_lines import Line


def leading_words(batch: Batch, lines: list[Line]) -> dict[str, Any]:
    """Return the recipe's own ratio, its weighed value at face value, and which reagents it needs."""
    leading = batch.leading
    if leading is None:
        return {"leading": None}
    nominal = (batch.composition or {}).get("ratios", {}).get(leading.key)
    waits = _waiting_for(batch).get(leading.key, ()) if leading.weighed is None else ()
    return {
        "leading": leading,
        "at_face_value": nominal,
        "waiting_for": [x.addition.name for x in lines if x.addition.key in waits],
    }


def _waiting_for(batch: Batch) -> dict[str, Any]:
    if batch.composition is None:  # nothing is recorded yet
        return dict(weighed_composition(batch.plan, ()).waiting_for)
    return dict(batch.composition.get("waiting_for", {}))
