"""The planner: the form, and what it implies, computed on the server while she types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from labnotebook.records.pages import create_once, fresh_key
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project, may_write
from synthesis.forms import PlanForm
from synthesis.models import Material, Recipe, RecipeVersion
from synthesis.services.batches import create_batch
from synthesis.services.plans import RATIO, solve

FIRST_RECIPE = "cspbi3-seed-core-shell"
MOST_COLUMNS = 5


@dataclass(slots=True)
class Column:
    """One plan of the table."""

    ratio: str
    chosen: bool
    body: dict[str, Any] | None = None
    refusal: str = ""
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Show the plan for what was typed; htmx asks for the same address and gets the table alone.

    POST freezes what the form says as a batch.
    """
    data = request.POST if request.method == "POST" else request.GET
    recipes = list(Recipe.objects.visible_to(request.user).prefetch_related("versions"))
    recipe = _chosen(recipes, data.get("recipe", ""))
    if recipe is None:
        return render(request, "synthesis/plan_page.html", {"recipes": recipes})
    version = max(recipe.versions.all(), key=lambda v: v.number)
    bottles = list(Material.objects.visible_to(request.user).select_related("chemical", "recipe")[:500])
    form = PlanForm(version.read(), bottles, data if len(data) else None)
    refused = ""
    if request.method == "POST":
        try:
            return create_once(request, lambda: _create(request, version, form))
        except Refusal as refusal:
            refused = refusal.sentence
    columns = _columns(request, version, form, data)
    context = {
        "recipes": recipes,
        "recipe": recipe,
        "version": version,
        "form": form,
        "columns": columns,
        "chosen": columns[0],
        "groups": _groups(columns[0]),
        "refused": refused,
        "idempotency_key": fresh_key(),
        "hidden": _hidden(form, recipe),
        "may_write": may_write(request),
        "forecast_query": _forecast_query(columns[0]),
    }
    template = "synthesis/_plan.html" if request.htmx else "synthesis/plan_page.html"
    return render(request, template, context, status=422 if refused else 200)


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
    return reverse("synthesis:bench" if "bench" in request.POST else "synthesis:batch-detail", args=[batch.code])


def _columns(request: HttpRequest, version: RecipeVersion, form: PlanForm, data: Any) -> list[Column]:
    """Return the plan that was asked for, and beside it the ones to compare with."""
    targets = form.targets()
    columns = [Column(targets.get(RATIO, ""), chosen=True)]
    ratio_input = version.read().input(RATIO)
    if ratio_input is not None:
        asked = data.getlist("compare") if "compare" in data else [f"{v:f}" for v in ratio_input.tested]
        columns += [
            Column(text, chosen=False)
            for text in dict.fromkeys(asked)
            if text and text != columns[0].ratio and len(text) <= 12
        ][: MOST_COLUMNS - 1]
    for column in columns:
        said = targets if column.chosen else {**targets, RATIO: column.ratio}
        try:
            solved = solve(
                user=request.user,
                version=version,
                targets=said,
                lots=form.lot_codes(),
                correct_for_assay=form.corrects,
            )
        except Refusal as refusal:
            column.refusal = refusal.sentence
        else:
            column.body = solved.as_dict()
            column.lines = {line["key"]: line for line in column.body["reagents"]}
            column.ratio = column.body["targets"].get(RATIO, column.ratio)
    return [columns[0], *(c for c in columns[1:] if c.body and c.ratio != columns[0].ratio)]


def _groups(chosen: Column) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the reagents by the stage at which they go in, in the recipe's order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in (chosen.body or {}).get("reagents", []):
        groups.setdefault(line["group"] or "", []).append(line)
    return list(groups.items())


def _hidden(form: PlanForm, recipe: Recipe) -> list[tuple[str, str]]:
    """Return what the create button sends: exactly what the table was computed from."""
    said = [("recipe", recipe.slug), *form.targets().items()]
    said += [(f"lot_{key}", code) for key, code in form.lot_codes().items()]
    return [*said, ("correct_for_assay", "1")] if form.corrects else said


def _forecast_query(chosen: Column) -> str:
    """Return the question for the forecast panel, empty when there is nothing to ask."""
    composition = (chosen.body or {}).get("composition", {})
    ratio = composition.get("ratio_ca_pb_effective") or composition.get(RATIO)
    if not ratio:
        return ""
    query = QueryDict(mutable=True)
    query[RATIO] = f"{ratio['value']:.6g}"
    return query.urlencode()
