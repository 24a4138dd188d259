"""Choosing the columns of the history: a page that works without a script, by keys and by finger."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analysis.history.catalogue import Catalogue
from analysis.history.choosing import Choice, moved, offered, words_of
from analysis.history.columns import Column
from analysis.history.language import Question, UnclearQuestion, read_with
from analysis.services.own_columns import keep_columns
from analysis.views import history_table
from analysis.views.history import asked, axes_of
from analysis.views.history_words import Links
from labnotebook.records.refusals import Refusal

TO, MOVE = "to", "move"  # parameters of this page alone
STEPS = {"up": -1, "down": 1}
PAGE = "analysis/history_columns_page.html"


@require_safe
def history_columns(request: HttpRequest) -> HttpResponse:
    """Show which columns the history shows, in their order, and every other one; or lead there with them."""
    catalogue = Catalogue(request.user)
    try:
        question, chosen = _chosen(request, catalogue)
    except UnclearQuestion as unclear:
        context = {"refusals": unclear.refusals, "crumbs": _crumbs(reverse("analysis:history"))}
        return render(request, PAGE, context, status=422)
    links = Links(request, question, ("", ""))
    if request.GET.get(TO) == "rows":
        return redirect(links.to(columns=_names(chosen) or None, cursor=None))
    name, _sep, way = request.GET.get(MOVE, "").partition(":")
    chosen = moved(chosen, name, STEPS.get(way, 0))
    return render(request, PAGE, _context(links, catalogue, chosen, name, way))


def _context(
    links: Links, catalogue: Catalogue, chosen: list[Column], name: str, way: str
) -> dict[str, Any]:
    said = ""
    found = next((c for c in chosen if c.name == name), None)
    if found is not None:
        words = {"what": words_of(found), "n": chosen.index(found) + 1, "all": len(chosen)}
        said = _("%(what)s is column %(n)d of %(all)d.") % words
    kept = {**links.filters, **links.beside}
    kept.pop("columns", None)
    return {
        "crumbs": _crumbs(links.here),
        "links": links,
        "chosen": [Choice(column.name, words_of(column)) for column in chosen],
        "offered": offered(catalogue, chosen),
        "kept": kept,
        "moved": name,
        "way": way,
        "said": said,
        "has_own": bool(catalogue.chosen),
    }


def _crumbs(history: str) -> list[tuple[str, str]]:
    return [(history, _("History")), ("", _("Columns"))]


@require_POST
def history_columns_keep(request: HttpRequest) -> HttpResponse:
    """Keep the columns as the person's own, or forget them where none is sent."""
    catalogue = Catalogue(request.user)
    names = list(
        dict.fromkeys(n for text in request.POST.getlist("columns") for n in text.split(","))
    )
    try:
        if names:
            read_with(catalogue, [("columns", ",".join(names))])
        keep_columns(by=request.user, names=names)
    except UnclearQuestion as unclear:
        return render(request, PAGE, {"refusals": unclear.refusals}, status=422)
    except Refusal as refusal:
        return render(request, PAGE, {"refusals": [refusal]}, status=422)
    return redirect(reverse("analysis:history"))


def _chosen(request: HttpRequest, catalogue: Catalogue) -> tuple[Question, list[Column]]:
    """Return the question, and what its table shows now."""
    beside = ("x", "y", "pinned", TO, MOVE)
    question = read_with(catalogue, asked(request, catalogue, beside))
    x, _y = axes_of(request, catalogue)
    return question, history_table.columns_of(question, catalogue, x)


def _names(columns: list[Column]) -> str:
    return ",".join(column.name for column in columns)
