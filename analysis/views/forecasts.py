"""The forecast: its page, and the panels of the planner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.forecast import Conditions, UnforecastableConditions, model_card
from analysis.forecast.conditions import LIMITS
from analysis.forecast.result import PhaseForecast
from analysis.forms import ConditionsForm
from analysis.models import HistoryRow
from analysis.services.conditions import plan_conditions
from analysis.services.experiments import planned_inputs
from analysis.services.forecasts import foretell
from analysis.services.measured import phase_gaps
from analysis.services.model_cards import learned_by
from analysis.services.recipe_forecasts import expect
from analysis.views.charts import forecast_figure
from analysis.views.expected import expected_shown
from analysis.views.pages import render_panel
from analysis.views.panels import chance_bars
from labnotebook.records.models.role import read_by
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project
from synthesis.chemistry.gaps import OpenGap
from synthesis.chemistry.plan import Plan
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.forms import PlanForm
from synthesis.models import BatchQuantity, Recipe
from synthesis.services.plans import LEAD, RATIO, Planner, has_forecast

NEAR = 0.1  # batches whose planned R lies this close
EARLIER, MOST_NEAR = 6, 200
LARGEST_RATIO = 1000
LONGEST_PLAN = 1500
START = {
    "ratio_ca_pb": "0.5",
    "injection_temperature_c": "170",
    "reaction_seconds": "5",
    "purification_cycles": "1",
}
_NOTHING_SAID: dict[str, Any] = {"said": None}


@require_safe
def forecast(request: HttpRequest) -> HttpResponse:
    """Ask the model about a flask; nothing is stored."""
    form = ConditionsForm({**START, **request.GET.dict()})
    shown, refused = _NOTHING_SAID, ""
    if form.is_valid():
        shown, refused = _say(request, form.said())
    context = {
        **shown,
        "form": form,
        "refused": refused,
        "card": model_card(),
        "crumbs": [("", _("Forecast"))],
    }
    status = 422 if form.errors or refused else 200
    return render(request, "analysis/forecast_page.html", context, status=status)


@require_safe
def plan_forecast(request: HttpRequest) -> HttpResponse:
    """Show what to expect of the planner's plan, or at an R alone; other fields are ignored."""
    ratio, planned = _ratio(request), _planned(request)
    of_paper = planned is None or has_forecast(planned.recipe)
    shown = _NOTHING_SAID
    if ratio is not None and of_paper:
        conditions = _conditions_of(planned) if planned else None
        shown, _refused = _say(request, conditions or {"ratio_ca_pb": ratio})
    context = {**shown, "other_recipe": not of_paper, "expected": _expected(request, planned)}
    return render_panel(
        request,
        "plan_forecast",
        context,
        title=_("What to expect"),
        crumbs=[("", _("Forecast"))],
    )


@require_safe
def plan_earlier(request: HttpRequest) -> HttpResponse:
    """Show the person's batches near the R of the planner's plan, whatever ratio that is, nearest first."""
    key = next((name for name in request.GET if name.startswith("ratio_")), "")[:60]
    value = _number(request, key)
    found: list[Earlier] = []
    if value is not None:
        near = BatchQuantity.objects.filter(
            read_by(request.user, "batch__project"),
            key=key,
            basis=BatchQuantity.Basis.PLANNED,
            value__range=(value - NEAR, value + NEAR),
        )
        near = near.filter(_is_evidence(request)).order_by("-batch_id")[:MOST_NEAR]
        found = _nearest([one.batch_id for one in near], key, value)
    return render_panel(
        request,
        "plan_earlier",
        {
            "found": found,
            "key": key,
            "low": _edge(value, -NEAR),
            "high": _edge(value, NEAR),
        },
        title=_("Earlier, near this R"),
        crumbs=[("", _("Earlier batches"))],
    )


def _is_evidence(request: HttpRequest) -> Q:
    """Return the condition that a batch tells something: simulated ones do in their own project alone."""
    current = current_project(request)
    return Q(batch__project__is_simulated=False) | Q(batch__project=current)


@dataclass(frozen=True, slots=True)
class Earlier:
    """One batch with what came of it, and its R: as weighed where that is known."""

    row: HistoryRow
    ratio: BatchQuantity

    @property
    def is_planned(self) -> bool:
        """Whether its R was only planned so far."""
        return self.ratio.basis != BatchQuantity.Basis.WEIGHED


def _nearest(batches: list[int], key: str, value: float) -> list[Earlier]:
    known = BatchQuantity.objects.filter(
        batch__in=batches,
        key=key,
        basis__in=[BatchQuantity.Basis.PLANNED, BatchQuantity.Basis.WEIGHED],
    )
    ratios: dict[int, BatchQuantity] = {}
    for one in known.order_by("basis"):  # planned, then weighed, which replaces it
        ratios[one.batch_id] = one
    order = sorted(ratios, key=lambda pk: (abs(ratios[pk].value - value), -pk))[:EARLIER]
    rows = HistoryRow.objects.select_related("project").in_bulk(order)
    return [Earlier(rows[pk], ratios[pk]) for pk in order if pk in rows]


def _edge(value: float | None, shift: float) -> str:
    return f"{max(value + shift, 0):g}" if value is not None else ""


def _number(request: HttpRequest, key: str) -> float | None:
    """Return a number as it stands in a half-typed form; None when it is none yet."""
    try:
        value = float(parse_quantity(request.GET.get(key, ""), "1").value)
    except UnreadableQuantity:
        return None
    return value if 0 <= value <= LARGEST_RATIO else None


def _ratio(request: HttpRequest) -> float | None:
    """Return the R that the forecast speaks of."""
    value = _number(request, RATIO)
    return value if value is not None and value <= LIMITS[RATIO][1] else None


def _planned(request: HttpRequest) -> Plan | None:
    """Return the plan that the planner shows, so that what is said agrees with what its batch will freeze.

    None when the plan cannot be solved any more, or was not sent.
    """
    typed = QueryDict(request.GET.get("plan", "")[:LONGEST_PLAN])
    if any("\x00" in text for text in typed.values()):
        return None
    recipe = Recipe.objects.visible_to(request.user).filter(slug=typed.get("recipe", "")).first()
    version = recipe.current if recipe else None
    if version is None:
        return None
    planner = Planner(request.user, version)
    form = PlanForm(planner.definition, [], typed, planner.instruments)
    try:
        return planner.plan(
            form.targets(),
            form.lot_codes(),
            correct_for_assay=form.corrects,
            instruments=form.instrument_codes(),
        ).plan
    except Refusal:
        return None


def _expected(request: HttpRequest, plan: Plan | None) -> dict[str, Any]:
    """Return what the batches of the plan's recipe tell of it."""
    project = current_project(request)
    if plan is None or project is None:
        return {}
    said = expect(
        project,
        plan.recipe.slug,
        planned_inputs(plan.recipe, plan.as_dict()),
        with_phase=not has_forecast(plan.recipe),
    )
    return expected_shown(said.as_dict(), said.numbers)


def _conditions_of(plan: Plan) -> dict[str, Any] | None:
    numbers = plan.targets.numbers
    return plan_conditions(plan.as_dict(), ratio=numbers.get(RATIO), lead_mmol=numbers.get(LEAD))


def _say(request: HttpRequest, conditions: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return what the templates show of a forecast, or why there is none."""
    try:
        asked = Conditions.from_dict(conditions)
        said = foretell(request.user, current_project(request), asked)
    except UnforecastableConditions as refusal:
        return _NOTHING_SAID, str(refusal)
    return _shown(said, phase_gaps(request.user)), ""


def _shown(said: PhaseForecast, gaps: list[OpenGap]) -> dict[str, Any]:
    plain = said.as_dict()
    return {
        "said": plain,
        "learned": learned_by(said.model_version),
        "bars": chance_bars(plain["phase"]),
        "after": chance_bars(plain["after_appearance"]) if plain["after_appearance"] else None,
        "figure": forecast_figure(None, said.conditions, gaps, said.model_version),
        "structure": [
            (name.replace("_", "/"), chance["value"])
            for name, chance in plain["structure"].items()
            if chance["value"] >= 0.01
        ],
    }
