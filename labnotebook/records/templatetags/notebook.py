"""Filters and tags of every page: navigation, quantities, formulas, phases, figures, times."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

register = template.Library()


class Section(NamedTuple):
    """One word of the main navigation: its URL name and the paths that lie under it."""

    word: str
    url_name: str
    prefixes: tuple[str, ...]


SECTIONS = {
    "today": Section(gettext_noop("Today"), "today", ()),
    "recipes": Section(gettext_noop("Recipes"), "synthesis:recipe-list", ("/recipes/", "/plan/")),
    "batches": Section(gettext_noop("Batches"), "synthesis:batch-list", ("/b/", "/m/")),
    "devices": Section(gettext_noop("Devices"), "devices:device-list", ("/d/",)),
    "materials": Section(
        gettext_noop("Materials"), "synthesis:material-list", ("/lots/", "/stocks/", "/materials/")
    ),
    "history": Section(gettext_noop("History"), "analysis:history", ("/history/", "/explore/")),
    "forecast": Section(gettext_noop("Forecast"), "analysis:forecast", ("/forecast/", "/predict/")),
    "search": Section(gettext_noop("Search"), "search", ("/search/",)),
}


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, key: str, icon: str = "") -> SafeString:
    """Return the link of a navigation word, marked when the page lies under it.

    A view may put `section` (a key of SECTIONS) into its context when its path does not tell.
    """
    section = SECTIONS[key]
    href = reverse(section.url_name)
    path = getattr(context.get("request"), "path", "")
    chosen = context.get("section")
    inside = path == href or path.startswith(section.prefixes) if section.prefixes else path == href
    if chosen == key or (not chosen and inside):
        current: Any = format_html(' aria-current="{}"', "page" if path == href else "true")
    else:
        current = ""
    picture: Any = ""
    if icon:
        picture = format_html(
            '<svg class="i" aria-hidden="true"><use href="#{}"></use></svg>', icon
        )
    return format_html('<a href="{}"{}>{}{}</a>', href, current, picture, _(section.word))


@register.filter
def initials(user: Any) -> str:
    """Return up to two letters of a person's name for the round badge."""
    name = str(user.get_full_name() or user.get_username())
    return "".join(word[0] for word in name.replace(".", " ").split()[:2]).upper() or "?"
