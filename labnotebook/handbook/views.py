"""The pages of the handbook, in the product."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from labnotebook.handbook.pages import SECTIONS, find_page, handbook
from labnotebook.handbook.rendering import render_page


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """List the pages of the handbook and the keys."""
    sections = [(title, handbook()[name]) for name, title in SECTIONS.items()]
    return render(request, "help_page.html", {"sections": sections})


@require_safe
def help_page(request: HttpRequest, section: str, slug: str) -> HttpResponse:
    """Show one page of the handbook."""
    page = find_page(section, slug)
    if page is None:
        raise Http404("The handbook has no such page.")
    context = {
        "page": page,
        "crumbs": [(reverse("help"), _("Help")), ("", page.title)],
        "part_of": SECTIONS[section],
        "others": handbook()[section],
        "rendered": render_page(page),
    }
    return render(request, "help_one_page.html", context)
