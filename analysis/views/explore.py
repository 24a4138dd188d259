"""The explorer: any number of the batches of a question against any other. Every state is in the address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from analysis.forms_explore import SaveQuestionForm
from analysis.history.axes import BESIDE, IDLE, View, read_looked_at
from analysis.history.catalogue import Catalogue
from analysis.history.count import Counted, count, ways_out
from analysis.history.explored import Explored, explore
from analysis.history.language import Question, UnclearQuestion
from analysis.history.overview import look_over
from analysis.models import SavedQuestion
from analysis.services.measured import shaded
from analysis.services.saved_questions import end_question, save_question, saved_questions
from analysis.views import explore_figure, explore_groups, explore_map, history_form, history_words
from analysis.views.explore_words import (
    ExploreLinks,
    counted_note,
    dated,
    question_in_words,
)
from analysis.views.exports import csv_file, drawing_file
from analysis.views.history import asked
from labnotebook.records.pages import saved
from labnotebook.records.permissions import pick_project
from labnotebook.records.views.current import current_project, may_write, my_projects

FILE_NAME = "explorer"
UNUSED = {"groups": ("x",), "map": ("by",)}  # what is not chosen where it makes no difference


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Show what the question in the address finds, drawn as the address says."""
    return _page(request, SaveQuestionForm(**_offered(request)))


@require_POST
def explorer_save(request: HttpRequest) -> HttpResponse:
    """Keep the question in the address under a name."""
    form = SaveQuestionForm(request.POST, **_offered(request))
    gone = saved(request, form, lambda: _save(request, form.cleaned_data))
    return gone or _page(request, form)


@require_POST
def explorer_end(request: HttpRequest, pk: int) -> HttpResponse:
    """List a saved question no longer."""
    rows = SavedQuestion.objects.visible_to(request.user).select_related("project")
    end_question(by=request.user, question=get_object_or_404(rows, pk=pk))
    return redirect("analysis:explore")


def _offered(request: HttpRequest) -> dict[str, Any]:
    """Return the projects that the person may keep a question in, the one in use first."""
    mine = [one for one in my_projects(request) if may_write(request, one.pk)]
    current = current_project(request)
    return {"projects": sorted(mine, key=lambda one: one != current)}


def _save(request: HttpRequest, said: dict[str, Any]) -> str:
    current = current_project(request)
    project = pick_project(request.user, said.get("project") or (current.slug if current else None))
    query = request.META["QUERY_STRING"]
    question = save_question(by=request.user, project=project, name=said["name"], query=query)
    return question.get_absolute_url()


def _page(request: HttpRequest, save: SaveQuestionForm) -> HttpResponse:
    catalogue = Catalogue(request.user)
    form = history_form.HistoryForm(request.GET, projects=my_projects(request), catalogue=catalogue)
    context: dict[str, Any] = {
        "form": form,
        "save": save,
        "may_save": may_write(request),
        "saved": saved_questions(request.user),
    }
    try:
        question, view = _read(request, catalogue)
    except UnclearQuestion as unclear:
        form.show(unclear)
        return render(request, "analysis/explore_page.html", context, status=422)
    context |= _answer(request, question, view, catalogue)
    status = 422 if save.errors else 200
    return render(request, "analysis/explore_page.html", context, status=status)


def _read(request: HttpRequest, catalogue: Catalogue) -> tuple[Question, View]:
    return read_looked_at(catalogue, asked(request, catalogue, (*BESIDE, *IDLE)), request.GET)


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
    explored = _look(user, question, counted, view)
    context |= {
        "explored": explored,
        "axes": history_form.ExploreForm(catalogue=catalogue, view=view),
        "counted_note": counted_note(explored, view),
        "idle": UNUSED.get(view.show, ()),
        "part": f"analysis/_explore_{view.show}.html",
    }
    if explored.batches:
        context |= _SHOWN[view.show](request, explored, view, catalogue)
    return context


def _look(user: Any, question: Question, counted: Counted, view: View) -> Explored:
    """Return the batches of a question; groups take those that have the one number."""
    along = view.y if view.show == "groups" else view.x
    return explore(user, question, counted, along, view.y, view.by, now())


def _scatter(
    request: HttpRequest, explored: Explored, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    drawn = explored.drawn
    gap = shaded(catalogue.gaps_along(view.x))
    return {
        "figure": explore_figure.scatter(drawn, view, gap),
        "many": len(drawn) > explore_figure.MOST_STOPS,
        "has_bars": any(one.u_x or one.u_y for one in drawn),
    }


def _groups(
    request: HttpRequest, explored: Explored, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    return explore_groups.shown_groups(explored.evidence, view, request.GET)


def _map(
    request: HttpRequest, explored: Explored, view: View, catalogue: Catalogue
) -> dict[str, Any]:
    question, _view = _read(request, catalogue)
    links = ExploreLinks(request, question)
    return {"map": explore_map.shown_map(explored.evidence, view, links)}


_SHOWN = {"scatter": _scatter, "groups": _groups, "map": _map}


def _explored(request: HttpRequest) -> tuple[Explored, View, list[str]]:
    """Return what a file holds, and the sentences that say what it answers."""
    catalogue = Catalogue(request.user)
    question, view = _read(request, catalogue)
    counted: Counted = count(request.user, question)
    explored = _look(request.user, question, counted, view)
    said = [
        question_in_words(view, question, my_projects(request)),
        counted_note(explored, view),
        dated(explored),
    ]
    return explored, view, said


@require_safe
def explorer_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Hand out the figure as SVG or PDF, its points as CSV; the question and its date stand on each."""
    try:
        explored, view, said = _explored(request)
    except UnclearQuestion as unclear:
        sentences = "\n".join(refusal.sentence for refusal in unclear.refusals)
        return HttpResponse(sentences, status=422, content_type="text/plain; charset=utf-8")
    if form != "csv":
        sheet = explore_figure.printed_scatter(explored.drawn, view, said)
        return drawing_file(sheet, FILE_NAME, form)
    facts = {
        "question": said[0],
        "batches": counted_note(explored, view, drawn=len(explored.batches)),
        "date": explored.read_at.isoformat(timespec="seconds"),
        "address": request.build_absolute_uri(),
    }
    return csv_file(explore_figure.table(explored.batches, view, facts), FILE_NAME)
