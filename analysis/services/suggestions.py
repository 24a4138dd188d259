"""What to try next in a project: suggestions from its model and its batches, each checked as a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core import signing
from django.utils import timezone

from analysis.forecast import Conditions, LabModel
from analysis.forecast.model import Floats
from analysis.forecast.paper import PAPER_ROWS
from analysis.models import HistoryRow, PhaseAssignment
from analysis.services.conditions import plan_conditions
from analysis.services.labels import IS_LABEL
from analysis.services.model_versions import load, version_in_use
from analysis.suggestions import (
    GOALS,
    CauseOfU,
    Made,
    NothingToSuggest,
    Suggestion,
    Worth,
    confirm_champion,
    fill_gap,
    find_boundary,
    improve,
    repeat_disagreeing,
    value_of_information,
)
from analysis.suggestions.boundary import boundary
from analysis.suggestions.suggestion import EQE, PLQY, candidates
from analysis.suggestions.value import said
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
    watch_of,
)

MOST = 10
FIGURES = {one.key: one for one in (PLQY, EQE)}
STEP = 0.0125  # of R: finer than batches repeat, coarser than a balance weighs at the paper's scale
HIGHEST = 1.0
NEWEST = 2000  # batches of the project that are looked at
DAYS_OPEN = 7  # that a suggestion can be made into a batch as it was said
_SALT = "analysis.suggestion"
_TRIES = 12  # plans that may be refused before it is said that nothing can be planned
_ON_THE_WAY = (Batch.State.PLANNED, Batch.State.RUNNING, Batch.State.MADE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion that can be planned: what to post to ``batches/``, what the plan warns of, and its seal."""

    suggestion: Suggestion
    inputs: Mapping[str, Any]
    warnings: Sequence[str]
    model_version: int
    seal: str  # what `take` makes a batch of, as it was said


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
        """Return the flasks, with the figure that is to be high."""
        name = f"{figure}_percent"
        return [
            Made(row.code, ratio, self.labelled.get(row.batch_id), getattr(row, name))
            for row in self.rows
            if (ratio := _ratio(row)) is not None
        ]

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

    def inputs(self, ratio: float) -> dict[str, Any]:
        """Return what is posted to make a flask at this R."""
        return {FORECAST_RATIO: ratio, LEAD: float(self.lead)}

    def plan(self, ratio: float) -> SolvedPlan:
        """Return the plan at this R; refuses in words."""
        targets = {FORECAST_RATIO: Decimal(str(ratio)), LEAD: Decimal(self.lead)}
        return self.planner.plan(targets)

    @cached_property
    def at(self) -> Conditions:
        """What the recipe makes flasks under, R aside; its u(R) is left to the goals."""
        low, high = self.limits
        return conditions_of(self.plan(round((low + high) / 2, 4)).plan)


def suggest(lab: Lab, *, goal: str, n: int = 3, figure: str = "plqy") -> list[Offer]:
    """Return up to ``n`` flasks to make for a goal, as plans; refuses where there is nothing to suggest."""
    if goal not in GOALS:
        raise Refusal(f"{goal!r} is no goal known here: {', '.join(GOALS)}.", field="goal")
    if figure not in FIGURES:
        raise Refusal(f"{figure!r} is no figure known here: {', '.join(FIGURES)}.", field="figure")
    if not 1 <= n <= MOST:
        raise Refusal(f"Ask for 1 to {MOST} suggestions.", field="n")
    last = ""
    for _ in range(_TRIES):
        try:
            found = _ASKED[goal](lab, n, figure)
        except NothingToSuggest as nothing:
            raise Refusal(str(nothing), field="goal") from nothing
        try:
            solved = [_planned(lab, one) for one in found]
        except _CannotBePlanned as refused:
            lab.refused.add(refused.ratio)
            last = str(refused)
            continue
        return _offers(lab, found, solved)
    raise Refusal(f"None of the flasks that were tried can be planned. {last}", field="recipe")


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


def worth_knowing(lab: Lab, ratio: float | None) -> tuple[list[Worth], str]:
    """Return what each cause of u(R), and further flasks, are worth for P(γ) at R, and the answer in a sentence.

    Without R it is asked where the boundary lies.
    """
    if ratio is None:
        low, high = lab.limits
        ratio = round(min(max(boundary(lab.model, lab.at).value, low), high), 4)
    plan = lab.plan(ratio).plan
    found = value_of_information(lab.model, conditions_of(plan), causes_of(plan), lab.ratios())
    return found, said(found)


def conditions_of(plan: Plan) -> Conditions:
    """Return the conditions that a plan sets, with its u(R) left out: the goals choose R themselves."""
    targets = plan.targets.numbers
    found = plan_conditions(
        plan.as_dict(), ratio=targets.get(FORECAST_RATIO), lead_mmol=targets.get(LEAD)
    )
    return Conditions.from_dict({**(found or {}), "ratio_ca_pb_u": None})


def causes_of(plan: Plan) -> list[CauseOfU]:
    """Return the independent causes of the uncertainty of R in the flask."""
    known = plan.composition.get(f"{FORECAST_RATIO}_effective")
    if known is None:
        return []
    u = float(known.uncertainty)
    return [
        CauseOfU(part.cause, u * float(part.share) ** 0.5, part.assumed) for part in known.budget()
    ]


def read_seal(seal: str) -> dict[str, Any]:
    """Return a suggestion as it was said; refuses one that is not ours, or too old."""
    try:
        told: dict[str, Any] = signing.loads(seal, salt=_SALT, max_age=DAYS_OPEN * 24 * 3600)
    except signing.SignatureExpired:
        raise Refusal(
            f"This was suggested more than {DAYS_OPEN} days ago; the notebook may know better now."
            " Ask for suggestions again.",
            field="seal",
        ) from None
    except signing.BadSignature:
        raise Refusal("This is no suggestion of this notebook.", field="seal") from None
    return told


class _CannotBePlanned(Exception):
    """The plan of a suggestion is refused."""

    def __init__(self, ratio: float, sentence: str) -> None:
        super().__init__(sentence)
        self.ratio = ratio


def _planned(lab: Lab, one: Suggestion) -> SolvedPlan:
    try:
        solved = lab.plan(one.ratio)
    except Refusal as refusal:
        raise _CannotBePlanned(one.ratio, refusal.sentence) from refusal
    blocked = next((w.message for w in solved.plan.warnings if w.severity == "block"), "")
    if blocked:
        raise _CannotBePlanned(one.ratio, blocked)
    return solved


def _offers(lab: Lab, found: Sequence[Suggestion], solved: Sequence[SolvedPlan]) -> list[Offer]:
    watch = watch_of(solved)
    offers = []
    for one, plan in zip(found, solved, strict=True):
        inputs = lab.inputs(one.ratio)
        told = {
            **one.as_dict(),
            "project": lab.project.slug,
            "recipe": lab.planner.version.recipe.slug,
            "inputs": inputs,
            "model_version": lab.version,
            "said_at": timezone.now().isoformat(),
        }
        warnings = [
            caution["message"]
            for caution in plan.as_dict(watch)["warnings"]
            if caution["severity"] in ("review", "caution")
        ]
        offers.append(
            Offer(
                one, inputs, warnings, lab.version, signing.dumps(told, salt=_SALT, compress=True)
            )
        )
    return offers


def _boundary(lab: Lab, n: int, _figure: str) -> list[Suggestion]:
    return find_boundary(lab.model, lab.at, lab.ratios(), n=n, pending=lab.pending()[:MOST])


def _quality(lab: Lab, n: int, figure: str) -> list[Suggestion]:
    return improve(
        lab.model,
        lab.at,
        lab.ratios(),
        lab.made(figure),
        FIGURES[figure],
        n=n,
        pending=lab.pending()[:MOST],
    )


def _repeat(lab: Lab, n: int, _figure: str) -> list[Suggestion]:
    return repeat_disagreeing(lab.made(), n=n)


def _confirm(lab: Lab, n: int, figure: str) -> list[Suggestion]:
    return confirm_champion(lab.made(figure), FIGURES[figure], n=n)


def _gap(lab: Lab, n: int, _figure: str) -> list[Suggestion]:
    known = [row.conditions.ratio_ca_pb for row in PAPER_ROWS]
    return fill_gap(lab.made(), lab.ratios(), known, n=n)


_ASKED: Mapping[str, Callable[[Lab, int, str], list[Suggestion]]] = {
    "boundary": _boundary,
    "quality": _quality,
    "repeat": _repeat,
    "confirm": _confirm,
    "gap": _gap,
}


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
