"""Lists come as cursor pages with a total order."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """``{"next", "previous", "results"}``, newest first."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "-pk"
    cursor_query_description = "Where the page starts; take it from next or previous."
    page_size_query_description = "How many rows, 1 to 1000."
