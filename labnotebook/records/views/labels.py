"""The page of a label: how it will look, in the size that the person prints on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from labnotebook.records.pages import qr_of
from labnotebook.records.presentation.labels import LARGE, SIZES, LabelSize, fit

SESSION_KEY = "label_size"


def label_page(
    request: HttpRequest,
    code: str,
    lines: Iterable[str],
    *,
    leads_to: str,
    simulated: bool,
    crumbs: list[tuple[str, str]],
    parts: Iterable[tuple[str, str]] = (),
) -> HttpResponse:
    """Show one label, ready to print; ``?size=25x10`` is remembered for the next ones.

    leads_to: the path that its QR code opens. lines: what it says, the most telling first. simulated: it
    says that nothing of it is real. parts: the addresses and names of the labels of its parts.
    """
    asked = request.GET.get("size", "")
    if asked in SIZES and request.session.get(SESSION_KEY) != asked:
        request.session[SESSION_KEY] = asked
    size = _size(request)
    if simulated:
        word = _("simulated")
        code, lines = (code, [word, *lines]) if size.has_words else (f"{code} {word}", lines)
    context = {
        "label": fit(code, lines, size),
        "size": size,
        "sizes": SIZES.values(),
        "unknown": asked[:20] if asked not in SIZES else "",
        "qr": qr_of(request, leads_to, code, small=not size.has_words),
        "parts": list(parts),
        "crumbs": [*crumbs, ("", _("Label"))],
    }
    return render(request, "records/label_page.html", context)


def name_of(person: Any) -> str:
    """Return how a person is called on a label."""
    return str(person.get_full_name() or person.get_username())


def day_of(moment: date | datetime) -> str:
    """Return a day as a label says it."""
    return date_format(localtime(moment) if isinstance(moment, datetime) else moment, "j M Y")


def _size(request: HttpRequest) -> LabelSize:
    return SIZES.get(request.session.get(SESSION_KEY, ""), LARGE)
