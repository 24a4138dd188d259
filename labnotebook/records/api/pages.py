"""Lists come as cursor pages with a total order."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from rest_framework.pagination import CursorPagination


def relative(address: str | None) -> str | None:
    """Return an address without scheme and host, which a proxy may have in another way than its client."""
    return address and urlunsplit(("", "", *urlsplit(address)[2:]))


class CursorPages(CursorPagination):
    """``{"next", "previous", "results"}``, newest first; the links begin with the path."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "-pk"
    cursor_query_description = "Where the page starts; take it from next or previous."
    page_size_query_description = "How many rows, 1 to 1000."

    def get_next_link(self) -> str | None:
        """Return the address of the next page, relative to the host."""
        return relative(super().get_next_link())

    def get_previous_link(self) -> str | None:
        """Return the address of the page before, relative to the host."""
        return relative(super().get_previous_link())

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Document the links as they are."""
        said = super().get_paginated_response_schema(schema)
        for name in ("next", "previous"):
            said["properties"][name] |= {
                "format": "uri-reference",
                "example": "/api/v1/batches/?cursor=cD00ODY%3D",
            }
        return said
