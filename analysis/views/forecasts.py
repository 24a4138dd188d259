"""The forecast: its page, and the panels of the planner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.forecast import Conditions, UnforecastableConditions, forecast_phase, model_card
from analysis.forms import ConditionsForm
from analysis.models import HistoryRow
from analysis.services.charts import forecast_figure
from analysis.services.conditions import plan_conditions
from analysis.views.pages import render_panel
from analysis.views.panels import chance_bars
from labnotebook.records.refusals import Refusal
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity
from synthesis.forms import PlanForm
from synthesis.models import Recipe
from synthesis.services.plans import LEAD, RATIO, solve

NEAR = 0.1  # batches whose weighed or target R lies this close
EARLIER = 6
LONGEST_PLAN = 1500
START = {
    "ratio_ca_pb": "0.5",
    "injection_temperature_c": "170",
    "reaction_seconds": "5",
    "purification_cycles": "1",
}


@require_safe
def forecast(request: HttpRequest) -> HttpResponse:
    """Ask the model about a flask; nothing is stored."""
    form = ConditionsForm({**START, **request.GET.dict()})
    said, refused = None, ""
    if form.is_valid():
        said, refused = _say(form.said())
    context = {
        **_shown(said),
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
    ratio = _ratio(request)
    said = None
    if ratio is not None:
        said = _say(_planned(request) or {"ratio_ca_pb": ratio})[0]
    return render_panel(
        request,
        "plan_forecast",
        {**_shown(said), "ratio": ratio},
        title=_("What to expect"),
        crumbs=[("", _("Forecast"))],
    )


@require_safe
def plan_earlier(request: HttpRequest) -> HttpResponse:
    """Show the person's batches near the R of the planner's form, nearest first."""
    ratio = _ratio(request)
    rows: list[HistoryRow] = []
    if ratio is not None:
        near = HistoryRow.objects.filter(
            project__memberships__user=request.user,
            ratio_ca_pb__range=(ratio - NEAR, ratio + NEAR),
        ).order_by("-batch_id")[:200]
        rows = sorted(near, key=lambda row: (abs(_r(row) - ratio), -row.batch_id))[:EARLIER]
    return render_panel(
        request,
        "plan_earlier",
        {"rows": rows, "ratio": ratio, "low": _edge(ratio, -NEAR), "high": _edge(ratio, NEAR)},
        title=_("Earlier, near this R"),
        crumbs=[("", _("Earlier batches"))],
    )


def _edge(ratio: float | None, shift: float) -> str:
    return f"{max(ratio + shift, 0):g}" if ratio is not None else ""


def _r(row: HistoryRow) -> float:
    """Return the weighed R where it is known, else the target."""
    return row.ratio_ca_pb_weighed if row.ratio_ca_pb_weighed is not None else row.ratio_ca_pb


def _ratio(request: HttpRequest) -> float | None:
    """Return R as it stands in a half-typed form; None when it is not a number yet."""
    try:
        value = float(parse_quantity(request.GET.get("ratio_ca_pb", ""), "1").value)
    except UnreadableQuantity:
        return None
    return value if 0 <= value <= 10 else None


def _planned(request: HttpRequest) -> dict[str, Any] | None:
    """Return the conditions of the plan that the planner shows, so that both forecasts agree.

    None when the plan cannot be solved any more, or was not sent.
    """
    typed = QueryDict(request.GET.get("plan", "")[:LONGEST_PLAN])
    if any("\x00" in text for text in typed.values()):
        return None
    recipe = Recipe.objects.visible_to(request.user).filter(slug=typed.get("recipe", "")).first()
    if recipe is None:
        return None
    version = recipe.current
    form = PlanForm(version.read(), [], typed)
    try:
        plan = solve(
            user=request.user,
            version=version,
            targets=form.targets(),
            lots=form.lot_codes(),
            correct_for_assay=form.corrects,
        ).plan
    except Refusal:
        return None
    numbers = plan.targets.numbers
    return plan_conditions(plan.as_dict(), ratio=numbers.get(RATIO), lead_mmol=numbers.get(LEAD))


def _say(conditions: dict[str, Any]) -> tuple[Any, str]:
    try:
        return forecast_phase(Conditions.from_dict(conditions)), ""
    except UnforecastableConditions as refusal:
        return None, str(refusal)


def _shown(said: Any) -> dict[str, Any]:
    """Return what the templates show of a forecast."""
    if said is None:
        return {"said": None}
    plain = said.as_dict()
    return {
        "said": plain,
        "bars": chance_bars(plain["phase"]),
        "after": chance_bars(plain["after_appearance"]) if plain["after_appearance"] else None,
        "figure": forecast_figure(None, said.conditions),
        "structure": [
            (name.replace("_", "/"), chance["value"])
            for name, chance in plain["structure"].items()
            if chance["value"] >= 0.01
        ],
    }
