"""Recipes: the list, and one recipe with what it says and does not say."""

from __future__ import annotations

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from labnotebook.records.asked import search_words
from labnotebook.records.views.current import may_write
from synthesis.chemistry.recipe_diff import recipe_changes
from synthesis.models import Batch, Recipe, RecipeVersion
from synthesis.views.recipe_words import (
    ingredient_rows,
    outcome_input,
    outcome_rows,
    scale_words,
    step_rows,
)

FREE_EXPERIMENT = "free-experiment"  # the shipped recipe that has nothing in it


@require_safe
def recipe_list(request: HttpRequest) -> HttpResponse:
    """Show the recipes that the person may use, with how many of their batches follow each; ``?q=`` narrows."""
    mine = Batch.objects.visible_to(request.user)
    rows = (
        Recipe.objects.visible_to(request.user)
        .select_related("project")
        .annotate(
            newest=Max("versions__number"),
            batches=Count("versions__batches", filter=Q(versions__batches__in=mine), distinct=True),
        )
    )
    words = search_words(request)
    with_retired = bool(request.GET.get("retired"))
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(slug__icontains=words)
            | Q(versions__ingredients__chemical__name__icontains=words)
            | Q(versions__ingredients__chemical__formula__icontains=words)
        ).distinct()
    if not with_retired:
        rows = rows.filter(retired_at=None)
    context = {
        "rows": rows,
        "words": words,
        "with_retired": with_retired,
        "free": next((one for one in rows if one.slug == FREE_EXPERIMENT), None),
        "may_write": may_write(request),
    }
    return render(request, "synthesis/recipe_list_page.html", context)


@require_safe
def recipe_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one recipe; ``?version=`` shows what it said before."""
    recipes = Recipe.objects.visible_to(request.user).select_related("draft")
    recipe = get_object_or_404(recipes, slug=slug)
    counted = (
        Batch.objects.visible_to(request.user)
        .filter(recipe_version=OuterRef("pk"))
        .order_by()
        .values("recipe_version")
        .annotate(n=Count("pk"))
        .values("n")
    )
    versions = list(
        recipe.versions.select_related("published_by")
        .defer("definition")
        .annotate(batch_count=Coalesce(Subquery(counted), 0))
    )
    asked = request.GET.get("version", "")
    may_edit = recipe.project_id is not None and may_write(request, recipe.project_id)
    if not versions:
        context = {"recipe": recipe, "may_edit": may_edit}
        return render(request, "synthesis/recipe_draft_page.html", context)
    place = next((i for i, v in enumerate(versions) if str(v.number) == asked), 0)
    version, earlier = versions[place], next(iter(versions[place + 1 :]), None)
    shown = [version.pk] + ([earlier.pk] if earlier else [])
    read = {v.pk: v.read() for v in RecipeVersion.objects.filter(pk__in=shown)}
    definition = read[version.pk]
    along = outcome_input(definition)
    context = {
        "recipe": recipe,
        "versions": versions,
        "version": version,
        "earlier": earlier,
        "is_newest": place == 0,
        "definition": definition,
        "scale": scale_words(definition),
        "ingredients": ingredient_rows(definition),
        "steps": step_rows(definition),
        "outcome_of": along,
        "outcomes": outcome_rows(definition, along.key) if along else [],
        "changes": recipe_changes(read[earlier.pk].as_dict(), definition.as_dict())
        if earlier
        else [],
        "unknowns": list(definition.unknowns.values()),
        "assumed": list(definition.assumed.values()),
        "batch_count": sum(v.batch_count for v in versions),
        "may_write": may_write(request),
        "may_edit": may_edit,
        "has_draft": hasattr(recipe, "draft"),
    }
    return render(request, "synthesis/recipe_detail_page.html", context)
