"""Run a batch again: what changed since then in its recipe and bottles, and what went otherwise."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from synthesis.services.again import since
from synthesis.views.batches import find_batch, plan_address


@require_safe
def batch_again(request: HttpRequest, code: str) -> HttpResponse:
    """Show it as a part of the planner, and as a page of its own with the way there."""
    batch = find_batch(request, code)
    context = {
        "batch": batch,
        "then": since(batch),
        "plan": plan_address(batch, list(batch.additions.select_related("material"))),
    }
    name = "_batch_again" if request.htmx else "batch_again_page"
    response = render(request, f"synthesis/{name}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response
