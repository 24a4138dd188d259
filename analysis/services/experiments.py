"""The batches of a recipe as experiments: the inputs that the recipe asks for, and what came out.

An input is what the bench recorded (a ratio as weighed, a temperature as read), what was planned where it did not.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import orjson
from django.db.models import Q

from analysis.forecast.generic import Experiment
from analysis.forecast.inputs import Inputs
from analysis.forecast.matern import MOST_ROWS
from analysis.models import HistoryRow, PhaseAssignment
from analysis.models.outcome import PhaseEvidence
from analysis.services.labels import OF_OTHERS, learned_from
from labnotebook.records.models import Project
from synthesis.chemistry.recipe import RecipeDefinition
from synthesis.chemistry.recipe_inputs import RecipeInput
from synthesis.chemistry.steps import Varied
from synthesis.models import Batch, BatchQuantity, StepRunParameter
from synthesis.services.plans import read_definition

# What is foretold of any recipe, each a column of the history row.
NUMBERS = ("pl_peak_nm", "pl_fwhm_nm", "plqy_percent", "size_nm", "eqe_percent")
PHASE = "phase"
HUMIDITY = "humidity_percent"
_ANY = reduce(or_, (Q(**{f"{name}__isnull": False}) for name in NUMBERS)) | ~Q(phase="")


@dataclass(frozen=True, slots=True)
class Made:
    """One batch: its inputs, its numbers with their standard uncertainties, and its phase ("" where unknown)."""

    key: str
    inputs: Inputs
    numbers: Mapping[str, tuple[float, float]]
    phase: str = ""

    def as_list(self) -> list[Any]:
        """Return it JSON-ready; `from_list` reads it back."""
        numbers = {name: list(pair) for name, pair in self.numbers.items()}
        return [self.key, dict(self.inputs), numbers, self.phase]

    @classmethod
    def from_list(cls, told: Sequence[Any]) -> Made:
        """Return the batch that `as_list` told."""
        key, inputs, numbers, phase = told
        return cls(key, inputs, {name: (v, u) for name, (v, u) in numbers.items()}, phase)


def experiments_for(outcome: str, made: Sequence[Made]) -> list[Experiment]:
    """Return what can be learned of one outcome: a quantity, or the phase."""
    if outcome == PHASE:
        return [Experiment(one.inputs, one.phase, key=one.key) for one in made if one.phase]
    return [
        Experiment(one.inputs, *one.numbers[outcome], key=one.key)
        for one in made
        if outcome in one.numbers
    ]


def recipes_with_outcomes(project: Project) -> list[str]:
    """Return the recipes of which a project, and those it learns from, know an outcome."""
    rows = HistoryRow.objects.filter(_ANY, project__in=learned_from(project), archived="no")
    return sorted(rows.values_list("recipe", flat=True).distinct())


def made_of(project: Project, recipe: str) -> list[Made]:
    """Return the newest batches of a recipe with an outcome, in the order in which they were planned; 5 queries."""
    found = HistoryRow.objects.filter(
        _ANY, project__in=learned_from(project), recipe=recipe, archived="no"
    )
    rows = list(found.order_by("-batch_id")[:MOST_ROWS])[::-1]
    keys = [row.batch_id for row in rows]
    inputs = recorded_inputs(keys)
    phases = dict(
        PhaseAssignment.objects.filter(batch__in=keys, superseded_at=None)
        .exclude(evidence=PhaseEvidence.NONE)
        .values_list("batch_id", "phase")
    )
    return [
        Made(
            # Who sees this project need not see the other one: its flasks have no code here.
            key=row.code if row.project_id == project.pk else f"{OF_OTHERS}{row.batch_id}",
            inputs=inputs[row.batch_id],
            numbers={
                name: (value, getattr(row, f"{name}_uncertainty") or 0.0)
                for name in NUMBERS
                if (value := getattr(row, name)) is not None
            },
            phase=phases.get(row.batch_id, ""),
        )
        for row in rows
    ]


def digest_of(made: Sequence[Made]) -> str:
    """Return the hash of all that is learned from: the same batches give the same."""
    told = [one.as_list() for one in made]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def planned_inputs(definition: RecipeDefinition, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that a plan (as a batch freezes it) sets; a ratio as it will be in the flask."""
    composition, targets = plan.get("composition") or {}, plan.get("targets") or {}
    found = {}
    for one in _asked(definition):
        known = composition.get(f"{one.key}_effective") or composition.get(one.key) or {}
        ratio = known.get("value") if one.kind == "ratio" else None
        found[one.key] = ratio if ratio is not None else _typed(one, targets.get(one.key))
    return found


def recorded_inputs(keys: Sequence[int]) -> dict[int, Inputs]:
    """Return the inputs of batches as the bench recorded them, the plan where it did not."""
    batches = list(
        Batch.objects.filter(pk__in=keys)
        .select_related("recipe_version")
        .only("recipe_version", "humidity_percent")
    )
    # The targets alone: a thousand whole plans are some 50 MB.
    targets = dict(Batch.objects.filter(pk__in=keys).values_list("pk", "plan__targets"))
    ratios, read = _ratios(keys), _read(keys)
    found: dict[int, Inputs] = {}
    for batch in batches:
        definition = read_definition(batch.recipe_version)
        planned = targets[batch.pk] or {}
        inputs: dict[str, Any] = {
            one.key: ratios[batch.pk].get(one.key, _typed(one, planned.get(one.key)))
            for one in _asked(definition)
        }
        inputs |= _given(definition, read[batch.pk])
        if batch.humidity_percent is not None:
            inputs[HUMIDITY] = float(batch.humidity_percent)
        found[batch.pk] = inputs
    return found


def _asked(definition: RecipeDefinition) -> list[RecipeInput]:
    """Return the inputs that may matter: the size of the flask follows from the amount."""
    return [one for one in definition.inputs if one.kind != "size"]


def _typed(one: RecipeInput, value: Any) -> float | str | None:
    if value is None or one.kind == "choice":
        return value
    return float(value)


def _ratios(keys: Sequence[int]) -> Mapping[int, dict[str, float]]:
    """Return each ratio as weighed, else as it should have been in the flask, else as planned."""
    last = BatchQuantity.Basis
    order = {last.PLANNED: 0, last.EFFECTIVE: 1, last.WEIGHED: 2}
    rows = BatchQuantity.objects.filter(batch__in=keys).values_list(
        "batch_id", "key", "basis", "value"
    )
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for batch, key, _basis, value in sorted(rows, key=lambda row: order[last(row[2])]):
        found[batch][key] = value
    return found


def _read(keys: Sequence[int]) -> Mapping[int, dict[tuple[str, str], float]]:
    """Return what was read of each step's parameters, by (key of the step, name)."""
    rows = StepRunParameter.objects.filter(step_run__batch__in=keys, actual_value__isnull=False)
    found: dict[int, dict[tuple[str, str], float]] = defaultdict(dict)
    for batch, step, name, value in rows.order_by("step_run__position", "pk").values_list(
        "step_run__batch_id", "step_run__key", "name", "actual_value"
    ):
        found[batch][step, name] = float(value)
    return found


def _given(definition: RecipeDefinition, read: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Return the inputs that give a number of a step which was read; the last such step says it."""
    return {
        setting.input: read[step.key, name]
        for step in definition.steps
        for name, setting in step.parameters.items()
        if isinstance(setting, Varied) and (step.key, name) in read
    }
