"""The planner: the form, and what it implies, computed on the server while she types."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from labnotebook.records.pages import create_once, fresh_key
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project, may_write
from synthesis.forms import PlanForm
from synthesis.models import Recipe, RecipeVersion
from synthesis.services.batches import create_batch
from synthesis.services.plans import RATIO, read_definition
from synthesis.views.plan_columns import Column, Solver, bottle_cautions, fitting_bottles
from synthesis.views.plan_table import flask_rows, reagent_groups
from synthesis.views.step_words import set_points

FIRST_RECIPE = "cspbi3-seed-core-shell"
SEVERITIES = ("block", "review", "caution", "info")


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show the plan for what was typed; htmx asks for the same address and gets the table alone.

    POST freezes what the form says as a batch.
    """
    data = request.POST if request.method == "POST" else request.GET
    recipes = list(Recipe.objects.visible_to(request.user).usable())
    recipe = _chosen(recipes, data.get("recipe", ""))
    if recipe is None:
        return render(request, "synthesis/plan_page.html", {"recipes": recipes})
    version = recipe.current
    definition = read_definition(version)
    bottles = fitting_bottles(request.user, definition)
    form = PlanForm(definition, bottles, data)
    refused = ""
    if request.method == "POST":
        try:
            return create_once(request, lambda: _create(request, version, form))
        except Refusal as refusal:
            refused = refusal.sentence
    solver = Solver(request.user, version, bottles)
    compared = data.getlist("compare") if "compare" in data else None
    columns = solver.columns(
        form.targets(), form.lot_codes(), compared, correct_for_assay=form.corrects
    )
    form.refuse(columns[0].about, columns[0].refusal)
    context = {
        "recipes": recipes,
        "recipe": recipe,
        "version": version,
        "definition": definition,
        "form": form,
        "refused": refused,
        **_shown(request, form, recipe, columns, solver),
    }
    return _answer(request, context, status=422 if refused else 200)


def _chosen(recipes: list[Recipe], slug: str) -> Recipe | None:
    named = {recipe.slug: recipe for recipe in recipes}
    return named.get(slug) or named.get(FIRST_RECIPE) or next(iter(recipes), None)


def _create(request: HttpRequest, version: RecipeVersion, form: PlanForm) -> str:
    current = current_project(request)
    batch = create_batch(
        by=request.user,
        project=pick_project(request.user, current.slug if current else None),
        version=version,
        targets=form.targets(),
        lots=form.lot_codes(),
        correct_for_assay=form.corrects,
    )
    page = "synthesis:bench" if "bench" in request.POST else "synthesis:batch-detail"
    return reverse(page, args=[batch.code])


def _shown(
    request: HttpRequest, form: PlanForm, recipe: Recipe, columns: list[Column], solver: Solver
) -> dict[str, Any]:
    """Return what the table and its neighbours show."""
    chosen = columns[0]
    body = chosen.body or {"warnings": [], "steps": [], "targets": {}, "vessels": []}
    warnings = sorted(body["warnings"], key=lambda w: SEVERITIES.index(w["severity"]))
    said = _said(form, recipe)
    question = _question(chosen, said)
    project = current_project(request)
    return {
        "chosen": chosen,
        "body": chosen.body,
        "others": [(c.ratio, _address(said, columns[1:], without=c)) for c in columns[1:]],
        "groups": reagent_groups(columns),
        "rows": flask_rows(columns),
        "span": len(columns) + 2,
        "steps": [{**step, "numbers": set_points(step["parameters"])} for step in body["steps"]],
        "warnings": [w for w in warnings if w["severity"] != "info"],
        "remarks": [w for w in warnings if w["severity"] == "info"],
        "bottle_cautions": bottle_cautions(chosen, solver.bottles, timezone.localdate()),
        "blocked": next((w["message"] for w in warnings if w["severity"] == "block"), ""),
        "notes": form.notes(body["targets"], _fillings(body["vessels"])),
        "hidden": [*said, *(("compare", c.ratio) for c in columns[1:])],
        "address": _address(said, columns[1:]),
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
    return [*said, ("correct_for_assay", "1")] if form.corrects else said


def _address(
    said: list[tuple[str, str]], others: list[Column], *, without: Column | None = None
) -> str:
    """Return the link to this plan, with or without one of the compared columns."""
    kept = [c.ratio for c in others if c is not without] or ([""] if without else [])
    return f"{reverse('synthesis:plan')}?{urlencode([*said, *(('compare', r) for r in kept)])}"


def _fillings(vessels: list[dict[str, Any]]) -> str:
    """Say how full the heated flask gets."""
    return " ".join(
        _("%(vessel)s filled to %(percent)s\N{NO-BREAK SPACE}%%.")
        % {"vessel": one["name"], "percent": f"{one['fill_percent']:.0f}"}
        for one in vessels
        if one["heated"] and one["fill_percent"]
    )


def _question(chosen: Column, said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the panels beside the plan are asked, nothing when there is no R.

    That is the R to expect, and the plan it belongs to as the address of this page spells it.
    """
    composition = (chosen.body or {}).get("composition", {})
    ratio = composition.get("ratio_ca_pb_effective") or composition.get(RATIO)
    if not ratio:
        return []
    return [(RATIO, f"{ratio['value']:.6g}"), ("plan", urlencode(said))]
