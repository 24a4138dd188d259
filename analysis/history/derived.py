"""Views and triggers of the history: made anew around `migrate`, never by a migration.

They follow from code (`source`), so they are objects derived from it: taken away before
migrations run, which may then change any table below them, and made again afterwards when the tables
they need are there. What they are made from is written beside the view as a hash; while it is the
same, nothing happens.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connections, transaction

from analysis.history.source import FILL, INSTALL, NEEDED, REMOVE

MARK = "made from "


def definition_hash() -> str:
    """Return the SHA-256 of what the objects are made from."""
    return hashlib.sha256(f"{INSTALL}{REMOVE}{FILL}".encode()).hexdigest()


def take_away(*, using: str = "default", plan: Any = (), **_: Any) -> None:
    """Remove the objects before migrations run; without any to run, leave them."""
    if not plan:
        return
    with connections[using].cursor() as cursor:
        cursor.execute(REMOVE)


def make_anew(*, using: str = "default", **_: Any) -> None:
    """Make the objects and fill the rows when they are not there, or follow from something else."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if not all(_exists(cursor, table) for table in NEEDED):
            return
        wanted = MARK + definition_hash()
        cursor.execute("SELECT obj_description(to_regclass('analysis_history_source'), 'pg_class')")
        if cursor.fetchone()[0] == wanted:
            return
        cursor.execute(REMOVE)
        cursor.execute(INSTALL)
        cursor.execute(FILL)
        cursor.execute(f"COMMENT ON VIEW analysis_history_source IS '{wanted}'")


def _exists(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])
