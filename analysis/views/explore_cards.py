"""A question as a card: its name, its figure, what it asks and when; as boards and frames show it."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analysis.history.catalogue import Catalogue
from analysis.history.count import count
from analysis.history.language import UnclearQuestion
from analysis.models import SavedQuestion
from analysis.views.explore_shown import asked_of, shown
from analysis.views.explore_words import ExploreLinks, dated, question_in_words
from labnotebook.records.views.current import my_projects


class ShownCard(NamedTuple):
    """One card. ``refusals``: what of the question is not understood any more."""

    name: str
    href: str
    words: str
    body: SafeString
    dated: str
    refusals: list[str]


def card_of(request: HttpRequest, name: str, href: str) -> ShownCard:
    """Return the card of the question in a request's address."""
    catalogue = Catalogue(request.user)
    try:
        question, view = asked_of(request, catalogue)
    except UnclearQuestion as unclear:
        refusals = [refusal.sentence for refusal in unclear.refusals]
        return ShownCard(name, href, "", SafeString(""), "", refusals)
    links = ExploreLinks(request, question)
    context = shown(links, count(request.user, question), view, catalogue) | {"bare": True}
    words = question_in_words(view, question, my_projects(request))
    body = render_to_string(context["part"], context, request)
    return ShownCard(name, links.here, words, body, dated(context["explored"]), [])


def card_of_saved(request: HttpRequest, question: SavedQuestion) -> ShownCard:
    """Return the card of a saved question, asked by who opens it."""
    if question.is_table:
        words = _("A table of the history, open it by its name")
        return ShownCard(question.name, question.get_absolute_url(), words, SafeString(""), "", [])
    asking = copy(request)
    asking.GET = QueryDict(question.query)  # type: ignore[assignment]
    return card_of(asking, question.name, question.get_absolute_url())
