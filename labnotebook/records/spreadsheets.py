"""Tables that a spreadsheet opens: no text in them is taken for a formula (OWASP: CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# What a cell begins with that is taken for a formula, in some language settings in full width too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_AT_ONCE = 1000


def guarded(text: str) -> str:
    """Return a text with an apostrophe in front, where it would be taken for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """Return a text as it was before `guarded`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a table as CSV, a thousand rows at a time; words are guarded, numbers written as words are not."""
    buffer = io.StringIO()
    table = csv.writer(buffer)
    for number, row in enumerate(rows, 1):
        table.writerow([_cell(cell) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(cell: object) -> object:
    if not isinstance(cell, str) or not cell.startswith(FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return guarded(cell)
    return cell
