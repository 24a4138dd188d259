"""The history summed up: groups, and one thing against another. Every state is in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.exports.summed import hand_out_rows, rows_of_groups, rows_of_pivot
from analysis.history.catalogue import Catalogue
from analysis.history.count import count, ways_out
from analysis.history.language import Question, UnclearQuestion
from analysis.history.overview import look_over
from analysis.history.summing import BESIDE, Crossed, Groups, read_groups, read_pivot
from analysis.views import history_form, history_words, summed_words
from analysis.views.history import asked, axes_of
from labnotebook.records.views.current import my_projects

PAGE = "analysis/history_summed_page.html"
ALSO = ("x", "y", "pinned")  # how the page of the rows looks, kept for the way back


def _read(request: HttpRequest, catalogue: Catalogue, read: Callable[..., Any]) -> Any:
    pairs = asked(request, catalogue, (*BESIDE, *ALSO))
    return read(catalogue, pairs, {name: request.GET.get(name, "") for name in BESIDE})


@require_safe
def history_groups(request: HttpRequest) -> HttpResponse:
    """Show the batches of a question by one thing."""
    return _page(request, "groups", read_groups, _groups)


@require_safe
def history_pivot(request: HttpRequest) -> HttpResponse:
    """Show one number of the batches of a question by two things."""
    return _page(request, "pivot", read_pivot, _pivot)


def _page(
    request: HttpRequest, show: str, read: Callable[..., Any], shown: Callable[..., dict[str, Any]]
) -> HttpResponse:
    catalogue = Catalogue(request.user)
    form = history_form.HistoryForm(request.GET, projects=my_projects(request), catalogue=catalogue)
    here = _("Groups") if show == "groups" else _("Pivot")
    crumbs = [(reverse("analysis:history"), _("History")), ("", here)]
    context: dict[str, Any] = {"form": form, "show": show, "crumbs": crumbs}
    try:
        said = _read(request, catalogue, read)
    except UnclearQuestion as unclear:
        form.show(unclear)
        links = summed_words.SummedLinks(request, Question(), show)
        return render(request, PAGE, context | {"links": links}, status=422)
    question = said.question
    links = summed_words.SummedLinks(request, question, show)
    counted = count(request.user, question)
    overview = look_over(request.user, question, counted, *axes_of(request, catalogue))
    context |= {
        "links": links,
        "overview": overview,
        "chips": links.chips(overview),
        "sample_note": history_words.sample_note(overview),
        "sentence": history_words.sentence(question, overview, my_projects(request)),
        "asked": " · ".join(history_words.which(question, my_projects(request))),
    }
    if overview.found:
        context |= shown(request, said, links, catalogue)
    else:
        context["every"], ways = ways_out(request.user, question.conditions)
        context["every_words"] = history_words.counted_words(context["every"])
        context["ways_out"] = links.ways_out(ways)
    return render(request, PAGE, context)


def _groups(
    request: HttpRequest, said: Groups, links: summed_words.SummedLinks, catalogue: Catalogue
) -> dict[str, Any]:
    found = said.find(request.user)
    return {
        "how": history_form.SummedForm(initial={"by": said.by}),
        "columns": found.columns,
        "by": said.by,
        "groups": summed_words.group_rows(found, links),
        "left_out": max(len(found.groups) - summed_words.MOST_GROUPS, 0),
        "note": summed_words.counts_note(found.counts),
    }


def _pivot(
    request: HttpRequest, said: Crossed, links: summed_words.SummedLinks, catalogue: Catalogue
) -> dict[str, Any]:
    found = said.find(request.user)
    heads, rows = summed_words.pivot_rows(found, said.rows, said.across, links)
    left_out = len(found.rows) - len(rows) + len(found.across) - len(heads)
    return {
        "how": history_form.CrossedForm(
            catalogue=catalogue, rows=said.rows, across=said.across, value=said.value
        ),
        "value": said.value,
        "by": said.rows,
        "across": said.across,
        "heads": heads,
        "pivot": rows,
        "left_out": left_out,
        "note": summed_words.counts_note(found.counts),
    }


@require_safe
def groups_file(request: HttpRequest) -> HttpResponse:
    """Hand out the groups as CSV."""

    def write(said: Groups) -> HttpResponse:
        return hand_out_rows(rows_of_groups(said.find(request.user)), "groups")

    return _file(request, read_groups, write)


@require_safe
def pivot_file(request: HttpRequest) -> HttpResponse:
    """Hand out the pivot as CSV."""

    def write(said: Crossed) -> HttpResponse:
        found = said.find(request.user)
        return hand_out_rows(rows_of_pivot(found, said.rows, said.across), "pivot")

    return _file(request, read_pivot, write)


def _file(
    request: HttpRequest, read: Callable[..., Any], write: Callable[[Any], HttpResponse]
) -> HttpResponse:
    try:
        return write(_read(request, Catalogue(request.user), read))
    except UnclearQuestion as unclear:
        sentences = "\n".join(refusal.sentence for refusal in unclear.refusals)
    return HttpResponse(sentences, status=422, content_type="text/plain; charset=utf-8")
