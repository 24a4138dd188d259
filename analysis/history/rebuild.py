"""Compare the kept history rows with what they should say, and put them right."""
# ruff: noqa: S608  (names come from the column table; what people type goes in as parameters)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from analysis.history.columns import UNCERTAINTY
from analysis.history.source import COLUMNS as SOURCES

NAMES = tuple(SOURCES)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that does not say what its batch says; ``columns``: name -> (kept, should be)."""

    batch_id: int
    code: str
    columns: dict[str, tuple[Any, Any]]
    missing: bool = False  # there is a batch without a row
    orphan: bool = False  # there is a row without a batch

    def __str__(self) -> str:
        if self.missing:
            return f"{self.code}: has no row"
        if self.orphan:
            return f"{self.code}: a row without a batch"
        said = (
            f"{name} is {kept!r}, should be {true!r}" for name, (kept, true) in self.columns.items()
        )
        return f"{self.code}: {'; '.join(said)}"


def _row(alias: str) -> str:
    return f"ROW({', '.join(f'{alias}.{name}' for name in NAMES)})"


DIFFERENT = (
    f"SELECT {', '.join(f'h.{name}' for name in NAMES)}, {', '.join(f's.{name}' for name in NAMES)}"
    " FROM analysis_historyrow h FULL JOIN analysis_history_source s ON s.batch_id = h.batch_id"
    f" WHERE {_row('h')} IS DISTINCT FROM {_row('s')} ORDER BY coalesce(s.batch_id, h.batch_id)"
)


# The numbers beside the rows: kept and true, where one of them is missing or another.
DIFFERENT_NUMBERS = """
SELECT coalesce(k.batch_id, s.batch_id), b.code, coalesce(k.name, s.name), k.value, s.value,
  k.uncertainty, s.uncertainty
FROM analysis_historynumber k FULL JOIN analysis_history_numbers s
  ON s.batch_id = k.batch_id AND s.name = k.name
LEFT JOIN synthesis_batch b ON b.id = coalesce(k.batch_id, s.batch_id)
WHERE (k.value, k.uncertainty) IS DISTINCT FROM (s.value, s.uncertainty) ORDER BY 1, 3"""


def differences() -> Iterator[Difference]:
    """Yield every row, and every number beside one, that differs from its view."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT_NUMBERS)
        numbers = cursor.fetchall()
    for batch_id, code, name, kept, true, *spreads in numbers:
        columns = {name: (kept, true), name + UNCERTAINTY: tuple(spreads)}
        differing = {key: pair for key, pair in columns.items() if pair[0] != pair[1]}
        yield Difference(batch_id, code or "", differing)
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT)
        for found in cursor:
            kept = dict(zip(NAMES, found, strict=False))
            true = dict(zip(NAMES, found[len(NAMES) :], strict=True))
            yield _difference(kept, true)


def _difference(kept: dict[str, Any], true: dict[str, Any]) -> Difference:
    missing, orphan = kept["batch_id"] is None, true["batch_id"] is None
    known = kept if orphan else true
    columns = {name: (kept[name], true[name]) for name in NAMES if kept[name] != true[name]}
    return Difference(known["batch_id"], known["code"], columns, missing, orphan)


def repair(found: Difference) -> None:
    """Copy the row anew from the view, under the batch's lock, as the triggers do."""
    with transaction.atomic(), connection.cursor() as cursor:
        if found.orphan:
            cursor.execute(
                "DELETE FROM analysis_historyrow h WHERE batch_id = %s"
                " AND NOT EXISTS (SELECT FROM synthesis_batch b WHERE b.id = h.batch_id)",
                [found.batch_id],
            )
        else:
            cursor.execute(
                "SELECT analysis_refresh_history(%s), analysis_refresh_numbers(%s)",
                [found.batch_id, found.batch_id],
            )
