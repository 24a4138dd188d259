"""A table as an Excel workbook: the rows, and beside them a sheet that says what each column is."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import IO, Any

from django.utils import timezone

from analysis.exports.table import Table
from labnotebook.records.refusals import Refusal
from labnotebook.records.spreadsheets import FORMULA

MOST_ROWS = 100_000
# XML holds no such character, or reads it as another; a workbook writes it by its number, and so the
# underscore of a text that looks like one. ECMA-376 part 1, 22.9.2.19.
UNWRITABLE = re.compile(r"[\x01-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
HEADINGS = ("column", "label", "unit", "description", "uncertainty", "words")
LONGEST_CELL = 32_767


class TooManyRows(Refusal):
    """More rows than a workbook should hold."""

    code = "too-many-rows"


def write_workbook(table: Table) -> IO[bytes]:
    """Return the workbook as a temporary file, from its start.

    Raises `TooManyRows` above MOST_ROWS: Excel itself ends at 1,048,576 rows, and is of no use long before.
    """
    from openpyxl import Workbook  # only here: a page of the notebook does without it

    if table.count_to(MOST_ROWS + 1) > MOST_ROWS:
        raise TooManyRows(
            f"This finds more than {MOST_ROWS:,} rows, and a workbook takes at most as many. Take CSV or"
            " Parquet, which hold every row, or ask for fewer."
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name.capitalize())
    sheet.freeze_panes = "A2"
    sheet.append([column.name for column in table.columns])
    write = _Cells(sheet)
    with closing(table.rows()) as rows:
        for row in rows:
            sheet.append([write.cell(value) for value in row])
    _define(book.create_sheet("Definitions"), table)
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    book.save(file)
    file.seek(0)
    return file


class _Cells:
    """Writes values of one sheet."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell

        self._sheet, self._new = sheet, WriteOnlyCell

    def cell(self, value: Any) -> Any:
        """Return what stands in a cell: words as words, whatever they begin with; moments in UTC."""
        if isinstance(value, str):
            return self._words(value)
        if isinstance(value, float):
            return self._number(value)
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None)
        return value

    def _number(self, value: float) -> Any:
        """Return a cell of the number with every digit; openpyxl itself writes 16, one too few for some."""
        if not math.isfinite(value):
            return None
        if float(f"{value:.16g}") == value:
            return value
        cell = self._new(self._sheet, repr(value))
        cell.data_type = "n"
        return cell

    def _words(self, text: str) -> Any:
        plain = UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)[:LONGEST_CELL]
        if not plain.startswith(FORMULA) and plain == text:
            return plain or None
        cell = self._new(self._sheet, plain)
        cell.data_type = "s"  # a formula would be "f"
        cell.quotePrefix = True
        return cell


def _define(sheet: Any, table: Table) -> None:
    """Write what each column is."""
    write = _Cells(sheet)

    def line(cells: Iterable[Any]) -> None:
        sheet.append([write.cell(cell) for cell in cells])

    line(HEADINGS)
    for column in table.columns:
        words = "; ".join(f"{word}: {said}" for word, said in column.choices.items())
        label, about = str(column.label), column.description
        line([column.name, label, column.unit, about, table.uncertainty_of(column), words])
    line([])
    line(["Moments are in UTC, to the millisecond. A cell is empty where nothing is known."])
    line([f"Taken from the notebook at {timezone.now():%Y-%m-%d %H:%M} UTC."])
