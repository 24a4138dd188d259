"""What any recipe is expected to give: its numbers, and its phases where the paper says nothing of them.

Shown only where it beats the mean (the frequencies) of the project's own batches in the backtest; how much is missing
is said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from analysis.forecast import generic
from analysis.forecast.generic import ClassModel
from analysis.forecast.inputs import Inputs
from analysis.forecast.numbers import FEWEST, NumberModel
from analysis.forecast.result import INTERVAL_PERCENT
from analysis.models import HistoryRow, LearnedRecipe
from analysis.quantities import QUANTITIES
from analysis.services.experiments import NUMBERS, PHASE, Made, experiments_for
from labnotebook.records.models import Project

NEEDED = FEWEST + generic.FEWEST_TO_SHOW  # batches with a number; the first three only begin it
NEEDED_FOR_PHASE = generic.FEWEST_TO_SHOW
IN_MEMORY = 32


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one flask, JSON-ready in each part.

    ``numbers`` that can be foretold; ``phases`` of a recipe that the paper says nothing of, likeliest first, None where
    nothing can be said; ``without_basis`` says of the others how many batches there are and how many are needed.
    """

    numbers: list[dict[str, Any]]
    phases: dict[str, Any] | None
    without_basis: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return everything, as a forecast freezes it."""
        return {
            "numbers": self.numbers,
            "phases": self.phases,
            "without_basis": self.without_basis,
        }


def expect(
    project: Project | None,
    recipe: str,
    inputs: Inputs,
    *,
    with_phase: bool,
    at: datetime | None = None,
) -> Expectation:
    """Return what a project expects of a flask of a recipe; ``at``: by what it had learned then.

    ``with_phase``: also of its phase, which for the paper's recipe is another forecast's.
    """
    learned = newest(project, recipe, at) if project is not None else None
    outcomes = learned.outcomes if learned else {}
    models = _models(learned.pk) if learned else {}
    numbers = [
        {
            "quantity": name,
            **_within(name, models[name].expected([inputs])[0].as_dict()),
            "level": INTERVAL_PERCENT,
            "unit": QUANTITIES[name].unit,
            "n": outcomes[name]["n"],
            "backtest": outcomes[name]["backtest"],
        }
        for name in NUMBERS
        if name in models
    ]
    phases = _phases(models[PHASE], inputs, outcomes) if with_phase and PHASE in models else None
    asked = [*NUMBERS, PHASE] if with_phase else NUMBERS
    missing = [_missing(name, outcomes.get(name)) for name in asked if name not in models]
    return Expectation(numbers, phases, missing)


def newest(project: Project, recipe: str, at: datetime | None = None) -> LearnedRecipe | None:
    """Return what the project knows of a recipe, without its experiments; ``at``: as it was then."""
    rows = LearnedRecipe.objects.filter(project=project, recipe=recipe).defer("experiments")
    if at is not None:
        rows = rows.filter(made_at__lte=at)
    return rows.order_by("-made_at").first()


def all_newest(project: Project) -> list[LearnedRecipe]:
    """Return what the project knows of every recipe, without the experiments."""
    rows = LearnedRecipe.objects.filter(project=project).defer("experiments")
    return list(rows.order_by("recipe", "-made_at").distinct("recipe"))


def beside_measured(
    numbers: Iterable[Mapping[str, Any]], row: HistoryRow | None
) -> list[dict[str, Any]]:
    """Return expected numbers with what was measured, and whether it lies inside the interval."""
    return [_held(one, getattr(row, one["quantity"], None)) for one in numbers]


def _held(one: Mapping[str, Any], measured: float | None) -> dict[str, Any]:
    inside = None if measured is None else one["low"] <= measured <= one["high"]
    return {**one, "measured": measured, "inside": inside}


@lru_cache(maxsize=IN_MEMORY)
def _models(key: int) -> Mapping[str, Any]:
    """Return the models that are worth asking, kept in this process: what was learned never changes."""
    learned = LearnedRecipe.objects.get(pk=key)
    made = [Made.from_list(one) for one in learned.experiments]
    return {
        name: (ClassModel if name == PHASE else NumberModel).learn(experiments_for(name, made))
        for name, told in learned.outcomes.items()
        if told["backtest"]["worth_showing"]
    }


def _within(name: str, told: dict[str, float]) -> dict[str, float]:
    """Keep an interval to what the quantity can be: no PLQY above 100 %."""
    known = QUANTITIES[name]
    return {key: min(max(value, known.low), known.high) for key, value in told.items()}


def _phases(model: ClassModel, inputs: Inputs, outcomes: Mapping[str, Any]) -> dict[str, Any]:
    chances = model.chances([inputs])[0]
    order = sorted(zip(model.classes, chances, strict=True), key=lambda one: -one[1])
    return {
        "chances": [{"phase": name, "value": round(float(p), 4)} for name, p in order],
        "n": outcomes[PHASE]["n"],
        "backtest": outcomes[PHASE]["backtest"],
    }


def _missing(name: str, told: Mapping[str, Any] | None) -> dict[str, Any]:
    n, needed = told["n"] if told else 0, NEEDED_FOR_PHASE if name == PHASE else NEEDED
    return {"outcome": name, "n": n, "needed": needed, "sentence": _why(name, n, needed)}


def _why(name: str, n: int, needed: int) -> str:
    if n < needed:
        verb = "labelled" if name == PHASE else "measured"
        return f"No basis yet: {n} {verb} of {needed} needed."
    than = "the frequencies foretell" if name == PHASE else "their mean foretells"
    return f"Learned from {n}, and {than} as well: the inputs say nothing of it so far."
