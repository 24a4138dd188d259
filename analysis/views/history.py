"""The history page: ask the past, see it along R, read it as a table, take it away as CSV."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.api.history import csv_answer
from analysis.services import history as rows
from analysis.services import history_overview
from analysis.services.history_columns import COLUMNS
from analysis.services.history_language import Question, UnclearQuestion, read_question
from analysis.views import history_figure, history_form, history_words
from labnotebook.records.views.current import my_projects

Pairs = list[tuple[str, str]]
DECIMAL_COMMA = re.compile(r"\s*([+-]?\d*),(\d+)\s*", re.ASCII)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show what the question in the address finds."""
    pairs, axes = asked(request)
    form = history_form.HistoryForm(request.GET, projects=my_projects(request))
    try:
        question = read_question(pairs)
    except UnclearQuestion as unclear:
        form.show(unclear)
        return render(request, "analysis/history_page.html", {"form": form}, status=422)
    context = {"form": form, **_answer(request, question, axes)}
    return render(request, "analysis/history_page.html", context)


def _answer(request: HttpRequest, question: Question, axes: tuple[str, str]) -> dict[str, Any]:
    user = request.user
    page = rows.search(user, question)
    overview = history_overview.overview(user, question, *axes)
    links = history_words.Links(request, question, axes)
    context: dict[str, Any] = {
        "question": question,
        "page": page,
        "overview": overview,
        "links": links,
        "y": COLUMNS[axes[1]],
        "sentence": history_words.sentence(question, overview, my_projects(request)),
        "chips": links.chips(overview),
        "headings": links.headings(),
        "next": links.beside(page.next),
        "previous": links.beside(page.previous),
    }
    if overview.found:
        points = history_overview.map_points(user, question, *axes)
        context |= {
            "figure": history_figure.figure(points, *axes),
            "figure_note": history_words.figure_note(points, overview),
            "axes": history_form.AxesForm(initial=dict(zip("xy", axes, strict=True))),
            "scored": history_overview.forecasts_scored(user, question),
        }
    else:
        context["every"], ways = history_overview.ways_out(user, question.conditions)
        context["ways_out"] = links.ways_out(ways)
    return context


@require_safe
def history_csv(request: HttpRequest) -> HttpResponseBase:
    """Send every row that the question finds."""
    pairs, _ = asked(request)
    try:
        question = read_question(pairs)
    except UnclearQuestion as unclear:
        words = "\n".join(refusal.sentence for refusal in unclear.refusals)
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    return csv_answer(request.user, question)


def asked(request: HttpRequest) -> tuple[Pairs, tuple[str, str]]:
    """Return the question as typed on the page, and the figure's axes.

    Fields left empty ask nothing, and a decimal comma is a point.
    """
    pairs = [
        (name, _plain(name, text))
        for name, texts in request.GET.lists()
        if name not in ("x", "y")
        for text in texts
        if text.strip()
    ]
    x, y = request.GET.get("x", ""), request.GET.get("y", "")
    known = history_overview.DRAWABLE
    return pairs, (
        x if x in known else "ratio_ca_pb_weighed",
        y if y in known else "eqe_percent",
    )


def _plain(name: str, text: str) -> str:
    if name.partition("__")[0] not in history_overview.DRAWABLE:
        return text
    return DECIMAL_COMMA.sub(r"\1.\2", text) if DECIMAL_COMMA.fullmatch(text) else text
