"""What a project knows of one recipe, for the suggestions: its model, its flasks, what can be planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from analysis.forecast import Conditions, LabModel
from analysis.forecast.inputs import Inputs
from analysis.forecast.model import Floats
from analysis.models import HistoryRow, PhaseAssignment
from analysis.services.conditions import plan_conditions
from analysis.services.experiments import recorded_inputs
from analysis.services.labels import IS_LABEL
from analysis.services.model_versions import load, version_in_use
from analysis.suggestions import Made
from analysis.suggestions.suggestion import candidates
from labnotebook.records.models import Project
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.planning import Plan
from synthesis.models import Batch
from synthesis.services.plans import (
    FORECAST_RATIO,
    LEAD,
    Planner,
    SolvedPlan,
    has_forecast,
    planner_for,
)

STEP = 0.0125  # of R: finer than batches repeat, coarser than a balance weighs at the paper's scale
HIGHEST = 1.0
NEWEST = 2000  # batches of the project that are looked at
_NONE: Mapping[str, float] = MappingProxyType({})
_ON_THE_WAY = (Batch.State.PLANNED, Batch.State.RUNNING, Batch.State.MADE)


@dataclass
class Lab:
    """What a project knows of one recipe, read once."""

    project: Project
    planner: Planner
    lead: str
    version: int
    refused: set[float] = field(default_factory=set)

    @cached_property
    def model(self) -> LabModel:
        """The model that the project asks."""
        return load(self.version)

    @cached_property
    def rows(self) -> list[HistoryRow]:
        """The project's newest batches of the recipe, those put away left out."""
        mine = HistoryRow.objects.filter(
            project=self.project, recipe=self.planner.version.recipe.slug, archived="no"
        )
        return list(mine.order_by("-batch_id")[:NEWEST])

    @cached_property
    def labelled(self) -> Mapping[int, str]:
        """The phase of each batch that has one on named evidence."""
        found = PhaseAssignment.objects.filter(IS_LABEL, batch__project=self.project)
        return dict(found.values_list("batch_id", "phase"))

    def made(self, figure: str = "plqy") -> list[Made]:
        """Return the flasks, with the figure that is to be high, and what else they were made with."""
        name = f"{figure}_percent"
        with_figure = [row.batch_id for row in self.rows if getattr(row, name) is not None]
        others = {key: self._asked(one) for key, one in recorded_inputs(with_figure).items()}
        return [
            Made(
                row.code,
                ratio,
                self.labelled.get(row.batch_id),
                getattr(row, name),
                getattr(row, f"{name}_uncertainty"),
                others.get(row.batch_id, {}),
            )
            for row in self.rows
            if (ratio := _ratio(row)) is not None
        ]

    def _asked(self, inputs: Inputs) -> dict[str, float]:
        """Return the conditions that the recipe asks for, as they could be planned: in whole degrees and washes."""
        keys = {one.key for one in self.planner.definition.inputs if one.kind == "condition"}
        return {
            name: float(round(value))
            for name, value in inputs.items()
            if name in keys and isinstance(value, float)
        }

    def pending(self) -> list[Made]:
        """Return the flasks whose evidence is still to come."""
        return [
            Made(row.code, ratio)
            for row in self.rows
            if row.batch_id not in self.labelled
            and row.phase == ""
            and row.state in _ON_THE_WAY
            and (ratio := _ratio(row)) is not None
        ]

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The least and the highest R that the recipe takes, no higher than anybody should be sent."""
        found = self.planner.definition.input(FORECAST_RATIO)
        low = float(found.minimum) if found and found.minimum is not None else 0.0
        high = float(found.maximum) if found and found.maximum is not None else HIGHEST
        return low, min(high, HIGHEST)

    def ratios(self) -> Floats:
        """Return the R that can be chosen, without those whose plan was refused."""
        every = candidates(*self.limits, STEP)
        return every[[float(one) not in self.refused for one in every]]

    def inputs(self, ratio: float, others: Mapping[str, float] = _NONE) -> dict[str, Any]:
        """Return what is posted to make a flask at this R, under ``others`` where not the recipe's own conditions."""
        return {FORECAST_RATIO: ratio, LEAD: float(self.lead), **others}

    def plan(self, ratio: float, others: Mapping[str, float] = _NONE) -> SolvedPlan:
        """Return the plan at this R; refuses in words."""
        targets = {FORECAST_RATIO: Decimal(str(ratio)), LEAD: Decimal(self.lead)}
        asked = {name: Decimal(f"{value:g}") for name, value in others.items()}
        return self.planner.plan(targets | asked)

    @cached_property
    def at(self) -> Conditions:
        """What the recipe makes flasks under, R aside; its u(R) is left to the goals."""
        low, high = self.limits
        return conditions_of(self.plan(round((low + high) / 2, 4)).plan)


def lab_of(by: Any, project: Project, recipe: str) -> Lab:
    """Return what a project knows of a recipe; refuses a recipe that the forecast does not speak of."""
    planner = planner_for(by, recipe)
    if not has_forecast(planner.definition):
        raise Refusal(
            f"Suggestions rest on the forecast of phases, which speaks of CsPbI3 by its Ca/Pb only;"
            f" “{planner.version.recipe.name}” is another recipe.",
            field="recipe",
        )
    return Lab(project, planner, _lead(project, planner), version_in_use(project))


def conditions_of(plan: Plan) -> Conditions:
    """Return the conditions that a plan sets, with its u(R) left out: the goals choose R themselves."""
    targets = plan.targets.numbers
    found = plan_conditions(
        plan.as_dict(), ratio=targets.get(FORECAST_RATIO), lead_mmol=targets.get(LEAD)
    )
    return Conditions.from_dict({**(found or {}), "ratio_ca_pb_u": None})


def _ratio(row: HistoryRow) -> float | None:
    return row.ratio_ca_pb if row.ratio_ca_pb_weighed is None else row.ratio_ca_pb_weighed


def _lead(project: Project, planner: Planner) -> str:
    """Return the scale of the project's newest batch of the recipe, else the recipe's own."""
    last = (
        Batch.objects.filter(project=project, recipe_version__recipe=planner.version.recipe)
        .exclude(lead_mmol=None)
        .order_by("-pk")
        .values_list("lead_mmol", flat=True)
        .first()
    )
    if last is not None:
        return f"{last.normalize():f}"
    found = planner.definition.input(LEAD)
    default = found.default if found is not None else None
    if default is None:
        raise Refusal(
            "The recipe names no scale of its own. Make one batch of it, then its scale is taken.",
            field="recipe",
        )
    return str(default)
