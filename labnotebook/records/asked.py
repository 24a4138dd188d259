"""Read what an address or a form asks for, whatever somebody typed there."""

from __future__ import annotations

from django.http import HttpRequest

LONGEST_WORDS = 80


def whole_number(text: str, *, digits: int = 18) -> int | None:
    """Return the number that the text is, None when it is none; 18 digits are what a key can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def search_words(request: HttpRequest) -> str:
    """Return what a list is searched for (``?q=``)."""
    return request.GET.get("q", "").strip()[:LONGEST_WORDS]
