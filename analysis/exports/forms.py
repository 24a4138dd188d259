"""The forms in which a table can be taken away, and how an answer hands one out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from analysis.exports.jsonlines import write_json_lines
from analysis.exports.parquet import write_parquet
from analysis.exports.table import Table, write_csv
from analysis.exports.workbook import write_workbook

Write = Callable[[Table], Iterator[bytes] | IO[bytes]]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: the ending of the file, its name for people, its media type, who writes it."""

    ending: str
    title: str
    media_type: str
    write: Write


FORMS = {
    form.ending: form
    for form in (
        Form("csv", "CSV", "text/csv; charset=utf-8", write_csv),
        Form(
            "xlsx",
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write_workbook,
        ),
        Form("parquet", "Parquet", "application/vnd.apache.parquet", write_parquet),
        Form("jsonl", "JSON Lines", "application/jsonl", write_json_lines),
    )
}


def hand_out(table: Table, ending: str) -> HttpResponseBase:
    """Return the table as a file to save; what a form cannot hold is refused before the answer begins."""
    form = FORMS[ending]
    written = form.write(table)
    name = f"{table.name}.{ending}"
    if isinstance(written, Iterator) and not hasattr(written, "read"):
        return StreamingHttpResponse(
            written,
            content_type=form.media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return FileResponse(written, as_attachment=True, filename=name, content_type=form.media_type)
