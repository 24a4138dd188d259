"""Show a part alone to htmx and as a page to everybody else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def render_panel(
    request: HttpRequest,
    part: str,
    context: dict[str, Any],
    *,
    title: str,
    crumbs: list[tuple[str, str]],
    status: int = 200,
) -> HttpResponse:
    """Render ``analysis/_part.html``, inside a page of its own unless htmx asks."""
    name = f"analysis/_{part}.html"
    if request.headers.get("HX-Request"):
        response = render(request, name, context, status=status)
    else:
        page = {**context, "part": name, "panel_title": title, "crumbs": crumbs}
        response = render(request, "analysis/panel_page.html", page, status=status)
    response["Vary"] = "HX-Request, Cookie"
    return response
