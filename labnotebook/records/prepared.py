"""Statements that the server plans once: for the few that every request or every list asks.

Django's own cursors merge parameters on the client, so each statement is planned anew, which for a
token or one page of a big table costs as much as reading it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg import pq


class _PlannedAnew(psycopg.Cursor[Any]):
    """A cursor whose statements the server plans for their parameters."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        return super().execute(query, params, **{**more, "prepare": False})


def fetch_rows(
    sql: str, params: Sequence[Any] | Mapping[str, Any], *, anew: bool = False
) -> list[tuple[Any, ...]]:
    """Return all rows of a statement that the server prepares, read from its binary answer.

    ``anew``: the best plan depends on the parameters, so each time is planned by itself.
    """
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = 5
    cursor = (_PlannedAnew if anew else psycopg.Cursor)(raw)
    cursor.format = pq.Format.BINARY
    if connection.queries_logged or connection.execute_wrappers:  # let logs and counts see it
        cursor = connection.make_debug_cursor(cursor)
    with connection.wrap_database_errors, cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
