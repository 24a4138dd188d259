"""What to try next: suggestions for a goal, each made into a batch by one click, and how earlier ones came out."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from analysis.models import TakenSuggestion
from analysis.services.suggestion_lab import lab_of
from analysis.services.suggestions import FIGURES, suggest, worth_knowing
from analysis.services.suggestions_taken import came_out, take_suggestion
from labnotebook.records.models import Project
from labnotebook.records.pages import create_once, fresh_key
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import current_project, may_write
from synthesis.models import Recipe
from synthesis.services.plans import FIRST_RECIPE, has_forecast, newest_versions, read_definition

AT_ONCE = 3
TAKEN = 10  # that the page lists
GOALS = {
    "boundary": gettext_lazy("Find the boundary"),
    "quality": gettext_lazy("Make the best"),
    "repeat": gettext_lazy("Repeat what disagrees"),
    "confirm": gettext_lazy("Confirm the best"),
    "gap": gettext_lazy("Fill a gap"),
}
OF_A_FIGURE = ("quality", "confirm")


@require_http_methods(["GET", "HEAD", "POST"])
def try_next(request: HttpRequest) -> HttpResponse:
    """Show what to try next, or plan the suggestion that was chosen."""
    refused = ""
    if request.method == "POST":
        try:
            return create_once(request, lambda: _take(request))
        except Refusal as refusal:
            refused = refusal.sentence
    project = current_project(request)
    asked = _asked(request)
    context = {
        "goals": [(name, words, _address(asked, goal=name)) for name, words in GOALS.items()],
        "figures": [(name, one.name, _address(asked, figure=name)) for name, one in FIGURES.items()]
        if asked["goal"] in OF_A_FIGURE
        else [],
        "asked": asked,
        "recipes": _recipes(request),
        "project": project,
        "refused": refused,
        "may_write": project is not None and may_write(request, project.pk),
        "crumbs": [(reverse("analysis:forecast"), _("Forecast")), ("", _("Try next"))],
        "taken": _taken(project),
        **_suggested(request, project, asked),
    }
    status = 422 if refused else 200
    return render(request, "analysis/try_next_page.html", context, status=status)


def _take(request: HttpRequest) -> str:
    taken = take_suggestion(by=request.user, seal=request.POST.get("seal", ""))
    return reverse("synthesis:batch-detail", args=[taken.batch.code])


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return what is looked for; a goal or a figure that is none becomes the first."""
    said = request.GET
    goal, figure = said.get("goal", ""), said.get("figure", "")
    return {
        "goal": goal if goal in GOALS else next(iter(GOALS)),
        "figure": figure if figure in FIGURES else next(iter(FIGURES)),
        "recipe": said.get("recipe", "")[:80] or FIRST_RECIPE,
    }


def _address(asked: dict[str, str], **changed: str) -> str:
    return "?" + urlencode({**asked, **changed})


def _recipes(request: HttpRequest) -> list[Recipe]:
    """Return the recipes that the forecast speaks of."""
    mine = Recipe.objects.visible_to(request.user).filter(retired_at=None)
    newest = newest_versions(mine).values()
    return [one.recipe for one in newest if has_forecast(read_definition(one))]


def _suggested(
    request: HttpRequest, project: Project | None, asked: dict[str, str]
) -> dict[str, Any]:
    """Return the suggestions with the worth of knowing more at the first, or why there are none."""
    if project is None:
        return {"nothing": _("You belong to no project yet; ask an owner to add you.")}
    try:
        lab = lab_of(request.user, project, asked["recipe"])
        offers = suggest(lab, goal=asked["goal"], n=AT_ONCE, figure=asked["figure"])
    except Refusal as refusal:
        return {"nothing": refusal.sentence}
    found: dict[str, Any] = {"offers": [(one, fresh_key()) for one in offers]}
    if asked["goal"] in ("boundary", "quality"):
        ratio = offers[0].suggestion.ratio
        with suppress(Refusal):
            worth, sentence = worth_knowing(lab, ratio)
            found |= {"worth": worth, "worth_says": sentence, "worth_at": ratio}
    return found


def _taken(project: Project | None) -> list[Any]:
    if project is None:
        return []
    mine = TakenSuggestion.objects.filter(project=project).select_related("batch", "taken_by")
    return came_out(list(mine[:TAKEN]))
