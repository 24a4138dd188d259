"""Tables of bottles as people keep them, made for the tests."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from synthesis.services.shelf import check_shelf
from synthesis.shelf.sheets import read_sheet
from synthesis.shelf.table import Table


def csv_of(*lines: str, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Return lines, written with commas, as a file with another separator and encoding."""
    return "\r\n".join(line.replace(",", separator) for line in lines).encode(encoding)


def workbook_of(
    rows: Sequence[Sequence[Any]], formats: dict[str, str] | None = None, **sheets: Any
) -> bytes:
    """Return an .xlsx with these cells; formats by the name of a cell, other sheets by their name."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for cell, shown in (formats or {}).items():
        book.active[cell].number_format = shown
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def bomb(size: int, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return a workbook of which one part unpacks to ``size`` bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(part, "w") as file:
            for _ in range(size // 2**20):
                file.write(bytes(2**20))
    return content.getvalue()


def upload(content: bytes, name: str = "shelf.csv") -> SimpleUploadedFile:
    """Return a file as a form sends it."""
    return SimpleUploadedFile(name, content)


def checked(lab: Any, content: bytes, name: str = "shelf.csv", **said: str) -> list[Any]:
    """Read and check a table as the page does, which reads it in a child process of its own."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        table = Table.of(read_sheet({"path": file.name}), name)
    return check_shelf(by=lab.mira, project=lab.project, table=table, **said)


def only(lab: Any, content: bytes, name: str = "shelf.csv", **said: str) -> Any:
    """Return the one row of a table."""
    (row,) = checked(lab, content, name, **said)
    return row


def faults(row: Any) -> dict[str, str]:
    """Return the sentences of a row by column."""
    return {fault.field: fault.sentence for fault in row.row.faults}
