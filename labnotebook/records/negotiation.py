"""Which format an answer has: the one there is, unless a request asks for something special."""

from __future__ import annotations

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation


class PlainNegotiation(DefaultContentNegotiation):
    """Weigh no Accept header of those who take anything, as most scripts do."""

    def select_renderer(self, request, renderers, format_suffix=None) -> tuple[Any, str]:
        """Return (renderer, media type)."""
        takes_anything = request.META.get("HTTP_ACCEPT", "*/*") == "*/*"
        if takes_anything and len(renderers) == 1 and "format" not in request.query_params:
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)
