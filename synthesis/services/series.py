"""Plan several values of any input of a recipe side by side."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labnotebook.records.refusals import Refusal
from synthesis.models import RecipeVersion
from synthesis.services.cautions import BottleWatch
from synthesis.services.plans import Planner, SolvedPlan

MOST_PLANS = 50


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One combination of inputs with its plan, or the refusal why there is none."""

    inputs: Mapping[str, Any]
    solved: SolvedPlan | None = None
    refusal: Refusal | None = None

    def as_dict(self, watch: BottleWatch) -> dict[str, Any]:
        """Return the row ready for JSON; ``watch`` says what is to be said of its bottles."""
        return {
            "inputs": dict(self.inputs),
            "plan": self.solved.as_dict(watch) if self.solved else None,
            "errors": self.refusal.errors if self.refusal else [],
        }


def plan_series(
    *,
    user: Any,
    version: RecipeVersion,
    vary: Mapping[str, Sequence[Any]],
    fixed: Mapping[str, Any],
    lots: Mapping[str, str] | None = None,
    correct_for_assay: bool = False,
    instruments: Mapping[str, str] | None = None,
) -> list[SeriesRow]:
    """Return one plan for every combination of the varied values, in their order.

    A combination that cannot be made says so in its own row and holds back no other.
    """
    twice = sorted(set(vary) & set(fixed))
    if twice:
        raise Refusal(f"{twice[0]} is varied and fixed at once. Keep one of them.", field="fixed")
    combinations = [
        {**fixed, **dict(zip(vary, values, strict=True))}
        for values in itertools.product(*vary.values())
    ]
    if len(combinations) > MOST_PLANS:
        raise Refusal(
            f"These values make {len(combinations)} plans; at most {MOST_PLANS} are made at once.",
            field="vary",
        )
    planner = Planner(user, version)
    rows = []
    for inputs in combinations:
        try:
            solved = planner.plan(
                inputs, lots, correct_for_assay=correct_for_assay, instruments=instruments
            )
        except Refusal as refusal:
            rows.append(SeriesRow(inputs, refusal=refusal))
        else:
            rows.append(SeriesRow(inputs, solved))
    return rows
