"""The explorer: any number of the batches of a question against any other. Every state is in the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analysis.forms_explore import SaveQuestionForm
from analysis.history.axes import View
from analysis.history.catalogue import Catalogue
from analysis.history.count import count, ways_out
from analysis.history.language import Question, UnclearQuestion
from analysis.history.overview import look_over
from analysis.models import SavedQuestion
from analysis.services.boards import boards
from analysis.services.saved_questions import end_question, saved_questions
from analysis.views import explore_like, history_form, history_words
from analysis.views.embedded import in_frame, is_embedded
from analysis.views.explore_cards import card_of
from analysis.views.explore_shown import asked_of, shown
from analysis.views.explore_words import (
    ExploreLinks,
)
from analysis.views.saving import keep, offered
from labnotebook.records.pages import saved
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import may_write, my_projects


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Show what the question in the address finds, drawn as the address says; ``?embed=1`` for a frame of ours."""
    if is_embedded(request):
        return in_frame(request, [card_of(request, _("Explore"), request.get_full_path())])
    return _page(request, SaveQuestionForm(**offered(request)))


@require_POST
def explorer_save(request: HttpRequest) -> HttpResponse:
    """Keep the question in the address under a name."""
    form = SaveQuestionForm(request.POST, **offered(request))
    gone = saved(
        request, form, lambda: keep(request, form.cleaned_data, request.META["QUERY_STRING"])
    )
    return gone or _page(request, form)


@require_POST
def explorer_end(request: HttpRequest, pk: int) -> HttpResponse:
    """List a saved question no longer."""
    rows = SavedQuestion.objects.visible_to(request.user).select_related("project")
    end_question(by=request.user, question=get_object_or_404(rows, pk=pk))
    return redirect("analysis:explore")


def _page(request: HttpRequest, save: SaveQuestionForm) -> HttpResponse:
    catalogue = Catalogue(request.user)
    form = history_form.HistoryForm(request.GET, projects=my_projects(request), catalogue=catalogue)
    context: dict[str, Any] = {
        "form": form,
        "save": save,
        "may_save": may_write(request),
        "saved": saved_questions(request.user),
        "boards": boards(request.user),
    }
    try:
        if request.GET.get("like", "").strip():
            return redirect(_like(request, catalogue))
        question, view = asked_of(request, catalogue)
    except UnclearQuestion as unclear:
        form.show(unclear)
        return render(request, "analysis/explore_page.html", context, status=422)
    context |= _answer(request, question, view, catalogue)
    status = 422 if save.errors else 200
    return render(request, "analysis/explore_page.html", context, status=status)


def _like(request: HttpRequest, catalogue: Catalogue) -> str:
    """Return the address of the question for batches that repeat the one that is named."""
    try:
        alike = explore_like.conditions_like(request.user, request.GET["like"], catalogue)
    except Refusal as refusal:
        raise UnclearQuestion([refusal]) from refusal
    kept = {name: text for name, text in request.GET.items() if name != "like" and text.strip()}
    return f"{reverse('analysis:explore')}?{urlencode(kept | alike, safe=',')}"


def _answer(
    request: HttpRequest, question: Question, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    user, projects = request.user, my_projects(request)
    counted = count(user, question)
    overview = look_over(user, question, counted, view.x, view.y)
    links = ExploreLinks(request, question)
    context: dict[str, Any] = {
        "question": question,
        "view": view,
        "overview": overview,
        "links": links,
        "chips": links.chips(overview),
        "sample_note": history_words.sample_note(overview),
        "sentence": history_words.sentence(question, overview, projects),
        "parts": links.parts(projects),
    }
    if not overview.found:
        context["every"], ways = ways_out(user, question.conditions)
        context["every_words"] = history_words.counted_words(context["every"])
        context["ways_out"] = links.ways_out(ways)
        return context
    context |= shown(links, counted, view, catalogue)
    context["axes"] = history_form.ExploreForm(catalogue=catalogue, view=view)
    return context
