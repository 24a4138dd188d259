"""Statements that the server plans once: for the few that every request or every list asks.

Django's own cursors merge parameters on the client, so each statement is planned anew, which for a
token or one page of a big table costs as much as reading it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg import pq


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """Yield a cursor that prepares statements in the server and reads binary answers.

    Wrapped as Django wraps its own, so that query logs and counts see it.
    """
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = 5
    cursor = psycopg.Cursor(raw)
    cursor.format = pq.Format.BINARY
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with connection.wrap_database_errors, wrap(cursor) as wrapped:
        yield wrapped


def fetch_rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """Return all rows of a statement."""
    with prepared_cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
