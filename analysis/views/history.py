"""The history page: ask the past, see it along a ratio, read it as a table, take it away as a file."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from analysis.exports.forms import hand_out
from analysis.exports.history import history_table as table_of
from analysis.exports.workbook import TooManyRows
from analysis.forms_explore import SaveQuestionForm
from analysis.history import rows
from analysis.history.axes import is_drawable
from analysis.history.catalogue import Catalogue
from analysis.history.columns import COLUMNS, Column, Kind
from analysis.history.count import count, ways_out
from analysis.history.language import Question, UnclearQuestion, read_with
from analysis.history.overview import look_over
from analysis.models.saved_question import TABLE
from analysis.services.measured import shaded
from analysis.services.saved_questions import saved_questions
from analysis.views import history_figure, history_form, history_table, history_words
from analysis.views.saving import keep, offered
from labnotebook.records.pages import saved
from labnotebook.records.views.current import may_write, my_projects

UPWARDS = "eqe_percent"  # what the figure shows upwards unless asked
Pairs = list[tuple[str, str]]
DECIMAL_COMMA = re.compile(r"\s*([+-]?\d*),(\d+)\s*", re.ASCII)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show what the question in the address finds."""
    if "pin" in request.GET:
        return redirect(history_words.with_pins(request))
    return _page(request, SaveQuestionForm(**offered(request)))


@require_POST
def history_save(request: HttpRequest) -> HttpResponse:
    """Keep the question in the address, its columns and its order, under a name."""
    form = SaveQuestionForm(request.POST, **offered(request))
    query = f"{request.META['QUERY_STRING']}&show={TABLE}"
    gone = saved(request, form, lambda: keep(request, form.cleaned_data, query))
    return gone or _page(request, form)


def _page(request: HttpRequest, save: SaveQuestionForm) -> HttpResponse:
    catalogue = Catalogue(request.user)
    form = history_form.HistoryForm(request.GET, projects=my_projects(request), catalogue=catalogue)
    try:
        question = read_with(catalogue, asked(request, catalogue))
    except UnclearQuestion as unclear:
        form.show(unclear)
        return render(request, "analysis/history_page.html", {"form": form}, status=422)
    context = {"form": form, "save": save, **_answer(request, question, catalogue)}
    status = 422 if save.errors else 200
    return render(request, "analysis/history_page.html", context, status=status)


def _answer(request: HttpRequest, question: Question, catalogue: Catalogue) -> dict[str, Any]:
    user = request.user
    x, y = axes_of(request, catalogue)
    table = history_table.columns_of(question, catalogue, x)
    columns = history_table.read_columns(table)
    counted = count(user, question)
    overview = look_over(user, question, counted, x, y)
    page = rows.search(
        user,
        replace(counted.narrow(question), columns=columns),
        many=counted.plentiful,
    )
    links = history_words.Links(request, question, (x.name, y.name))
    pinned = rows.of_codes(user, history_words.pinned_of(request), columns)
    context: dict[str, Any] = {
        "question": question,
        "overview": overview,
        "links": links,
        "y": y,
        "sample_note": history_words.sample_note(overview),
        "simulated_note": history_words.simulated_note(overview),
        "sentence": history_words.sentence(question, overview, my_projects(request)),
        "saved": saved_questions(user),
        "chips": links.chips(overview),
        "headings": history_table.headings(table, question, links),
        **history_table.body(table, page.rows, pinned, links),
        "next": links.page_at(page.next),
        "previous": links.page_at(page.previous),
        "table": [column.name for column in table],
        "is_new_choice": "columns" in question.typed
        and catalogue.chosen != tuple(column.name for column in table),
        "may_save": may_write(request),
    }
    if overview.found:
        context |= {
            "figure": history_figure.figure(overview.points, x, y, shaded(catalogue.gaps_along(x))),
            "figure_note": history_words.figure_note(overview),
            "axes": history_form.AxesForm(catalogue=catalogue, x=x, y=y),
            "scored": overview.scored,
        }
    else:
        context["every"], ways = ways_out(user, question.conditions)
        context["every_words"] = history_words.counted_words(context["every"])
        context["ways_out"] = links.ways_out(ways)
    return context


@require_safe
def history_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send every row that the question finds, in one of the forms."""
    catalogue = Catalogue(request.user)
    try:
        question = read_with(catalogue, asked(request, catalogue))
        return hand_out(table_of(request.user, question), form)
    except UnclearQuestion as unclear:
        sentences = "\n".join(refusal.sentence for refusal in unclear.refusals)
    except TooManyRows as refusal:
        sentences = refusal.sentence
    return HttpResponse(sentences, status=422, content_type="text/plain; charset=utf-8")


def asked(
    request: HttpRequest, catalogue: Catalogue, beside: Collection[str] = ("x", "y", "pinned")
) -> Pairs:
    """Return the question as typed on the page: empty fields ask nothing, a decimal comma is a point.

    ``beside``: the parameters that say how it is drawn.
    """
    return [
        (name, _plain(name, text, catalogue))
        for name, texts in request.GET.lists()
        if name not in beside
        for text in texts
        if text.strip()
    ]


def axes_of(request: HttpRequest, catalogue: Catalogue) -> tuple[Column, Column]:
    """Return what the figure draws along x and y."""
    chosen = [catalogue.find(request.GET.get(name, "")) for name in ("x", "y")]
    usual = [catalogue.find(catalogue.ratio), COLUMNS[UPWARDS]]
    x, y = (c if is_drawable(c) else other for c, other in zip(chosen, usual, strict=True))
    assert x is not None
    assert y is not None
    return x, y


def _plain(name: str, text: str, catalogue: Catalogue) -> str:
    if not DECIMAL_COMMA.fullmatch(text):
        return text
    column = catalogue.find(name.partition("__")[0])
    number = column is not None and column.kind is Kind.NUMBER
    return DECIMAL_COMMA.sub(r"\1.\2", text) if number else text
