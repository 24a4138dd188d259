"""Who is guilty: the page that holds bad batches against the others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.services.suspects import inquire
from labnotebook.records.codes import codes_in
from labnotebook.records.refusals import Refusal

LONGEST = 4000


@require_safe
def suspects_page(request: HttpRequest) -> HttpResponse:
    """Ask which batches are bad, and rank what sets them apart; ``?bad=NC-0042,NC-0043``."""
    # The ticks of a list come as codes.
    named = " ".join([*request.GET.getlist("bad"), *request.GET.getlist("codes")])[:LONGEST]
    codes = codes_in(named)
    context: dict[str, Any] = {
        "named": ", ".join(codes),
        "crumbs": [(reverse("analysis:history"), _("History")), ("", _("Who is guilty"))],
    }
    status = 200
    if codes:
        try:
            context["inquiry"] = inquire(by=request.user, codes=codes)
        except Refusal as refusal:
            context["refused"] = refusal.sentence
            status = 422
    return render(request, "analysis/suspects_page.html", context, status=status)
