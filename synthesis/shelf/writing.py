"""Write a table of bottles as CSV or as an Excel workbook; no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from labnotebook.records.spreadsheets import guarded

from .cells import plain_number

FORMS = ("csv", "xlsx")
Written = str | Decimal | date | float


def write_table(rows: Sequence[Sequence[Written]], form: str) -> bytes:
    """Return the rows as a file in one of FORMS."""
    return _csv(rows) if form == "csv" else _workbook(rows)


def _csv(rows: Sequence[Sequence[Written]]) -> bytes:
    """Return UTF-8 with its mark, without which Excel takes it for another encoding."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_text(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _text(cell: Written) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else plain_number(cell)


def _workbook(rows: Sequence[Sequence[Written]]) -> bytes:
    from openpyxl import Workbook  # only here: a page of the notebook does without it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Shelf")
    for row in rows:
        sheet.append([_excel(sheet, cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _excel(sheet: Any, value: Written) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, guarded(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.number_format = "@"  # text stays text, so that no CAS number becomes a date
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell
