"""Tolerance factors, lattice matches and surface of a recipe's crystals."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from labnotebook.records.refusals import Refusal
from synthesis.models import Recipe
from synthesis.services.geometry import ASKED, geometry_of


@require_safe
def recipe_geometry(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what follows from the species of the newest version, and the match that is asked for."""
    recipe = get_object_or_404(Recipe.objects.visible_to(request.user), slug=slug)
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ASKED}
    error, status = None, 200
    version = recipe.current
    if version is None:
        raise Http404  # a draft
    try:
        found = geometry_of(request.user, version, asked)
    except Refusal as refusal:
        error, status = refusal, 422  # what htmx swaps in
        found = geometry_of(request.user, version, {})
    context = {"recipe": recipe, "found": found, "asked": asked, "error": error}
    name = "_recipe_geometry" if request.htmx else "recipe_geometry_page"
    response = render(request, f"synthesis/{name}.html", context, status=status)
    response["Vary"] = "HX-Request, Cookie"
    return response
