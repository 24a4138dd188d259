"""Pages for a frame: without navigation, for pages of this notebook alone, and only for who is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from analysis.views.explore_cards import ShownCard


def is_embedded(request: HttpRequest) -> bool:
    """Whether a page is asked for to stand in a frame."""
    return request.GET.get("embed") == "1"


def in_frame(request: HttpRequest, cards: Sequence[ShownCard], title: str = "") -> HttpResponse:
    """Return cards as a page that a page of the same origin may frame, and no other."""
    status = 422 if any(card.refusals for card in cards) else 200
    context = {"cards": cards, "title": title or cards[0].name if cards else title}
    response = render(request, "analysis/embedded_page.html", context, status=status)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    return response
