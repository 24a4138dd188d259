"""The planner: the form, and what it implies, computed on the server while she types."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from labnotebook.records.pages import create_once, fresh_key
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project, may_write
from synthesis.chemistry.planning import Plan
from synthesis.forms import PlanForm
from synthesis.models import Batch, Recipe, RecipeVersion
from synthesis.services.batches import create_batch
from synthesis.services.plans import FIRST_RECIPE, Planner, is_foretold, planner_for
from synthesis.views.plan_columns import (
    COMPARED_FIRST,
    Column,
    Comparison,
    bottle_cautions,
    fitting_bottles,
    solve_columns,
)
from synthesis.views.plan_table import flask_rows, reagent_groups
from synthesis.views.step_words import set_points

SEVERITIES = ("block", "review", "caution", "info")


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show the plan for what was typed; htmx asks for the same address and gets the table alone.

    POST freezes what the form says as a batch.
    """
    data = request.POST if request.method == "POST" else request.GET
    recipes = Recipe.objects.visible_to(
        request.user
    ).for_flasks()  # read by the page, not by its part
    planner = _planner(request.user, recipes, data.get("recipe", ""))
    if planner is None:
        return render(request, "synthesis/plan_page.html", {"recipes": recipes})
    version, definition = planner.version, planner.definition
    asked = data.get("recipe", "")
    if asked != version.recipe.slug and _builds_devices(request.user, asked):
        return redirect(f"{reverse('devices:run-new')}?{urlencode({'architecture': asked})}")
    bottles = fitting_bottles(request.user, definition)
    planner.know(bottles)
    form = PlanForm(definition, bottles, data, planner.instruments)
    refused = ""
    if request.method == "POST":
        try:
            return create_once(request, lambda: _create(request, version, form))
        except Refusal as refusal:
            refused = refusal.sentence
    comparison = Comparison.of(definition, data.get("compare_by", ""))
    columns = solve_columns(
        planner,
        comparison,
        form.targets(),
        form.lot_codes(),
        _compared(data, comparison),
        correct_for_assay=form.corrects,
        instruments=form.instrument_codes(),
    )
    form.refuse(columns[0].about, columns[0].refusal)
    context = {
        "recipes": recipes,
        "recipe": version.recipe,
        "version": version,
        "definition": definition,
        "is_foretold": is_foretold(definition),
        "form": form,
        "refused": refused,
        "again": _again(request, data.get("again", "")),
        **_shown(request, form, version.recipe, columns, comparison, planner),
    }
    return _answer(request, context, status=422 if refused else 200)


def _builds_devices(user: Any, slug: str) -> bool:
    """Whether this is a recipe of devices, which are made in runs and not in a flask."""
    devices = Recipe.objects.visible_to(user).filter(kind=Recipe.Kind.DEVICE)
    return bool(slug) and devices.filter(slug=slug[:80]).exists()


def _again(request: HttpRequest, code: str) -> str:
    """Return the code of the batch that is planned once more, empty when there is none."""
    there = bool(code) and Batch.objects.visible_to(request.user).filter(code=code[:20]).exists()
    return code if there else ""


def _planner(user: Any, recipes: QuerySet[Recipe], slug: str) -> Planner | None:
    """Return the planner of the recipe that was named, else of the first that there is."""
    for named in filter(None, (slug, FIRST_RECIPE)):
        with suppress(Refusal):
            return planner_for(user, named)
    first = recipes.first()
    return None if first is None else planner_for(user, first.slug)


def _create(request: HttpRequest, version: RecipeVersion, form: PlanForm) -> str:
    current = current_project(request)
    batch = create_batch(
        by=request.user,
        project=pick_project(request.user, current.slug if current else None),
        version=version,
        targets=form.targets(),
        lots=form.lot_codes(),
        correct_for_assay=form.corrects,
        instruments=form.instrument_codes(),
    )
    page = "synthesis:bench" if "bench" in request.POST else "synthesis:batch-detail"
    return reverse(page, args=[batch.code])


def _compared(data: QueryDict, comparison: Comparison) -> list[str] | None:
    """Return the values to compare, None when nobody said any; those of another input are dropped."""
    added = data.getlist("add")
    if data.get("compared_by", comparison.key) == comparison.key and "compare" in data:
        return [*data.getlist("compare"), *added]
    return added if any(text.strip() for text in added) else None


def _shown(
    request: HttpRequest,
    form: PlanForm,
    recipe: Recipe,
    columns: list[Column],
    comparison: Comparison,
    planner: Planner,
) -> dict[str, Any]:
    """Return what the table and its neighbours show."""
    chosen, *others = columns
    plan = chosen.plan
    warnings = sorted(plan.warnings if plan else (), key=lambda one: SEVERITIES.index(one.severity))
    said = _said(form, recipe)
    question = _question(plan, said)
    project = current_project(request)
    return {
        "chosen": chosen,
        "plan": plan,
        "comparison": comparison,
        "comparable": [one for one in planner.definition.inputs if one.kind in COMPARED_FIRST],
        "others": [
            {
                "value": one.value,
                "words": comparison.words(one.value),
                "without": _address(said, comparison, others, without=one),
            }
            for one in others
        ],
        "chosen_words": comparison.words(chosen.value),
        "groups": reagent_groups(columns),
        "rows": flask_rows(columns),
        "span": len(columns) + 2,
        "steps": [
            {"step": step, "position": place, "numbers": set_points(step.set_points())}
            for place, step in enumerate(plan.recipe.steps if plan else (), start=1)
        ],
        "warnings": [one for one in warnings if one.severity != "info"],
        "remarks": [one for one in warnings if one.severity == "info"],
        "bottle_cautions": bottle_cautions(chosen, planner.bottles, timezone.localdate()),
        "blocked": next((one.message for one in warnings if one.severity == "block"), ""),
        "notes": form.notes(plan.targets.typed if plan else {}, _fillings(plan)),
        "hidden": [*said, *_compares(comparison, others)],
        "address": _address(said, comparison, others),
        "idempotency_key": fresh_key(),
        "project": project,
        "may_write": project is not None and may_write(request, project.pk),
        "question": question,
        "forecast_query": urlencode(question),
    }


def _answer(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    if not request.htmx or request.htmx.target != "plan":
        return render(request, "synthesis/plan_page.html", context, status=status)
    response = render(request, "synthesis/_plan.html", context | {"oob": True}, status=status)
    response["HX-Replace-Url"] = context["address"]
    response["HX-Trigger-After-Swap"] = "planChanged"
    return response


def _said(form: PlanForm, recipe: Recipe) -> list[tuple[str, str]]:
    """Return what the create button sends: exactly what the table was computed from."""
    said = [("recipe", recipe.slug), *form.targets().items()]
    said += [(f"lot_{key}", code) for key, code in form.lot_codes().items()]
    said += form.instrument_codes().items()
    return [*said, ("correct_for_assay", "1")] if form.corrects else said


def _compares(comparison: Comparison, others: list[Column]) -> list[tuple[str, str]]:
    return [
        ("compare_by", comparison.key),
        ("compared_by", comparison.key),
        *(("compare", one.value) for one in others),
    ]


def _address(
    said: list[tuple[str, str]],
    comparison: Comparison,
    others: list[Column],
    *,
    without: Column | None = None,
) -> str:
    """Return the link to this plan, with or without one of the compared columns."""
    kept = [one for one in others if one is not without]
    empty = [("compare", "")] if without and not kept else []  # nothing, rather than the usual
    query = urlencode([*said, *_compares(comparison, kept), *empty])
    return f"{reverse('synthesis:plan')}?{query}"


def _fillings(plan: Plan | None) -> str:
    """Say how full the heated flask gets."""
    return " ".join(
        _("%(vessel)s filled to %(percent)s\N{NO-BREAK SPACE}%%.")
        % {"vessel": one.name, "percent": f"{one.percent:.0f}"}
        for one in (plan.vessels if plan else ())
        if one.heated and one.percent
    )


def _question(plan: Plan | None, said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the panels beside the plan are asked, nothing when there is no plan.

    That is the R to expect where there is one, and the plan as the address of this page spells it.
    """
    if plan is None:
        return []
    first = plan.first_ratio
    known = plan.effective(first.key) or plan.composition.get(first.key) if first else None
    ratio = [] if first is None or known is None else [(first.key, f"{known.value:.6g}")]
    return [*ratio, ("plan", urlencode(said))]
