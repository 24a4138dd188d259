"""Read a CSV file or an Excel workbook as rows of cells. Runs in a child process with limits.

pandas and openpyxl are imported here only, by the functions that need them: no process of the notebook
carries them. Nothing is worked out: of a formula the result that the file keeps is read.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from labnotebook.records.broken_zips import BROKEN_ZIP

from .columns import FIRST_ROWS, Cell, find_header, read_header

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 10 * 1024**2
MOST_UNPACKED_BYTES = 64 * 1024**2
MOST_PARTS = 1000  # of a workbook, which is a zip
MOST_ROWS = 1000
MOST_COLUMNS = 100
LONGEST_CELL = 4000
MOST_SHEETS = 20
_SEPARATORS = ",;\t|"
_ENOUGH = MOST_ROWS + FIRST_ROWS + 1
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class UnreadableSheet(ValueError):
    """A file that is no table of bottles; the message says why and what to do."""


def read_sheet(payload: dict[str, Any]) -> dict[str, Any]:
    """Read the table in a file.

    ``payload``: ``path``. Returns ``rows``, a list of ``[number, cells]`` as a spreadsheet counts rows,
    empty ones left out, the heading first; ``sheet`` and ``others``, the names of the sheet that was
    read and of those that were not.
    """
    path = payload["path"]
    size = os.path.getsize(path)
    if size > MOST_BYTES:
        raise UnreadableSheet(
            f"This file has {size / 2**20:.0f} MiB; the largest table that is read has"
            f" {MOST_BYTES // 2**20} MiB. Save the list alone, without pictures, as CSV or .xlsx."
        )
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith(_OLD_OFFICE):
        raise UnreadableSheet(
            "This is an old .xls workbook, or one with a password. Save it as .xlsx without a password, or as"
            " CSV."
        )
    if content.startswith(b"PK"):
        sheet, others, rows = _read_workbook(content)
    else:
        sheet, others, rows = "", [], _read_text(content)
    return {"sheet": sheet, "others": others, "rows": _table(rows)}


def _table(rows: list[tuple[int, list[Cell]]]) -> list[list[Any]]:
    """Return the heading and what stands below it, within the limits."""
    if not rows:
        raise UnreadableSheet(
            "This table is empty. Write a heading, and below it one bottle a row."
        )
    start = find_header([cells for _number, cells in rows])
    rows = rows[start:]
    if len(rows) == 1:
        raise UnreadableSheet("There is no bottle below the heading.")
    if len(rows) > MOST_ROWS + 1:
        raise UnreadableSheet(
            f"This table has more than {MOST_ROWS} rows. Split it, and import one part after the other."
        )
    for number, cells in rows:
        if len(cells) > MOST_COLUMNS:
            raise UnreadableSheet(
                f"Row {number} has {len(cells)} columns; at most {MOST_COLUMNS} are read. Keep those that"
                " describe the bottle."
            )
        for cell in cells:
            if isinstance(cell, str) and len(cell) > LONGEST_CELL:
                raise UnreadableSheet(
                    f"Row {number} has a cell of {len(cell)} characters; the longest that is read has"
                    f" {LONGEST_CELL}. Shorten it."
                )
    return [[number, cells] for number, cells in rows]


def _read_text(content: bytes) -> list[tuple[int, list[Cell]]]:
    import pandas as pd

    text = _decoded(content)
    told = text[:5].casefold() == "sep=" + text[4:5] and text[4:5] in _SEPARATORS
    separator = text[4] if told else _separator(text)
    if told:  # Excel's own first line; it still counts as a row
        text = "\n" + text.partition("\n")[2]
    if text.count("\n") > 100 * _ENOUGH:
        raise UnreadableSheet(f"This table has more than {MOST_ROWS} rows. Split it.")
    width = max(line.count(separator) for line in text.split("\n")) + 1
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            names=range(min(width, MOST_COLUMNS + 1)),
            index_col=False,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            nrows=100 * _ENOUGH,
        )
    except pd.errors.ParserError as fault:
        raise UnreadableSheet(
            f"The table cannot be told into cells ({fault}). Is a quotation mark left open?"
        ) from None
    except pd.errors.EmptyDataError:
        return []
    return _filled(frame)


def _decoded(content: bytes) -> str:
    """Return the text: UTF-8 or UTF-16 with their marks, UTF-8, else Windows-1252 as Excel writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableSheet(
        "This is no table: neither CSV (UTF-8 or Windows-1252) nor an .xlsx workbook. Save the list as one of"
        " these."
    )


def _separator(text: str) -> str:
    """Return the sign between the cells: the one with which most of the heading is understood."""
    first = "\n".join(text.split("\n", FIRST_ROWS)[:FIRST_ROWS])

    def understood(separator: str) -> int:
        rows = list(csv.reader(io.StringIO(first), delimiter=separator))
        return max((len(read_header(cells).headings) for cells in rows), default=0)

    return max(_SEPARATORS, key=understood)


def _read_workbook(content: bytes) -> tuple[str, list[str], list[tuple[int, list[Cell]]]]:
    import pandas as pd

    _check_parts(content)
    try:
        with pd.ExcelFile(io.BytesIO(content), engine="openpyxl") as book:
            names = [str(name) for name in book.sheet_names[:MOST_SHEETS]]
            found = {name: _read_one(book, content, name) for name in names}
    except (*BROKEN_ZIP, SyntaxError) as fault:
        if isinstance(fault, UnreadableSheet):
            raise
        raise UnreadableSheet(
            f"This workbook cannot be read ({type(fault).__name__}). Open it in a spreadsheet and save it as"
            " .xlsx again, or as CSV."
        ) from fault

    def understood(name: str) -> int:
        return max((len(read_header(cells).headings) for _n, cells in found[name][:20]), default=0)

    best = max(names, key=understood)
    return best, [name for name in names if name != best and found[name]], found[best]


def _check_parts(content: bytes) -> None:
    """Refuse what is no workbook, and one that unpacks to more than it should."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except BROKEN_ZIP:
        parts = []
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableSheet(
            "This is no Excel workbook (.xlsx), or not the whole of one. Save the list as .xlsx or CSV."
        )
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED_BYTES or len(parts) > MOST_PARTS:
        raise UnreadableSheet(
            f"This workbook unpacks to {unpacked / 2**20:.0f} MiB in {len(parts)} parts, more than a list of"
            f" bottles needs (at most {MOST_UNPACKED_BYTES // 2**20} MiB). Save the list alone, as CSV or"
            " .xlsx."
        )


def _read_one(book: pd.ExcelFile, content: bytes, name: str) -> list[tuple[int, list[Cell]]]:
    import pandas as pd

    frame = pd.read_excel(
        book, sheet_name=name, header=None, dtype=object, na_filter=False, nrows=_ENOUGH * 3
    )
    rows = dict(_filled(frame))
    for number, place, cell in _what_pandas_does_not_say(book.book, content, name):
        cells = rows.setdefault(number, [])
        cells += [""] * (place + 1 - len(cells))
        cells[place] = cell
    return sorted(rows.items())


def _what_pandas_does_not_say(book: Any, content: bytes, name: str) -> list[tuple[int, int, Cell]]:
    """Return cells by row and place that are more than their value: 99 % is kept as 0.99, an error as nothing.

    A formula whose result the file does not keep comes as its text, so that it is asked about.
    """
    from openpyxl import load_workbook

    found: list[tuple[int, int, Cell]] = []
    limit = {"max_row": _ENOUGH * 3, "max_col": MOST_COLUMNS + 1}
    empty = set()
    for row in book[name].iter_rows(**limit):
        for cell in row:
            at = getattr(cell, "row", 0), getattr(cell, "column", 0) - 1
            if cell.data_type == "e":
                found.append((*at, str(cell.value)))
            elif cell.data_type == "n" and cell.value is None:
                empty.add(at)
            elif isinstance(cell.value, int | float) and "%" in (cell.number_format or ""):
                found.append((*at, float(f"{cell.value * 100:.15g}")))
    written = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    try:
        for row in written[name].iter_rows(**limit):
            for cell in row:
                at = getattr(cell, "row", 0), getattr(cell, "column", 0) - 1
                if cell.data_type == "f" and at in empty:
                    found.append((*at, str(cell.value)))
    finally:
        written.close()
    return found


def _filled(frame: pd.DataFrame) -> list[tuple[int, list[Cell]]]:
    """Return the rows that hold something, numbered as a spreadsheet does, without empty ends."""
    rows = []
    for number, values in enumerate(frame.itertuples(index=False, name=None), start=1):
        cells = [_cell(value) for value in values]
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            rows.append((number, cells))
    return rows


def _cell(value: Any) -> Cell:
    if value is None or value != value:  # NaN, NaT
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).split(" ")).strip()
