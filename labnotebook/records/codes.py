"""Short codes (`NC-0042`), given out once and never twice, also when two people ask at once."""

from __future__ import annotations

from django.db import connection


def next_code(prefix: str) -> str:
    """Return the next code for ``prefix``, ``NC`` -> ``NC-0001``.

    The counter row is locked until the caller's transaction ends, so a code that was given out is
    either used or given to nobody. Runs in the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_codecounter (prefix, last) VALUES (%s, 1)"
            " ON CONFLICT (prefix) DO UPDATE SET last = records_codecounter.last + 1 RETURNING last",
            [prefix],
        )
        (number,) = cursor.fetchone()
    return f"{prefix}-{number:04d}"
