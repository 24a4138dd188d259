"""Recipes: the list, and one recipe with what it says and does not say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from synthesis.models import Recipe


@require_safe
def recipe_list(request: HttpRequest) -> HttpResponse:
    """Show the recipes that the person may use."""
    recipes = Recipe.objects.visible_to(request.user).prefetch_related("versions")
    return render(request, "synthesis/recipe_list_page.html", {"recipes": recipes})


@require_safe
def recipe_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one recipe; ``?version=`` shows what it said before."""
    recipe = get_object_or_404(Recipe.objects.visible_to(request.user), slug=slug)
    versions = list(recipe.versions.select_related("published_by"))
    asked = request.GET.get("version", "")
    version = next((v for v in versions if str(v.number) == asked), versions[0])
    definition = version.read()
    context = {
        "recipe": recipe,
        "versions": versions,
        "version": version,
        "definition": definition,
        "unknowns": list(definition.unknowns.values())
        + [text for step in definition.steps for text in step.unknowns.values()],
    }
    return render(request, "synthesis/recipe_detail_page.html", context)
