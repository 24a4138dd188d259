"""Groups and pivots of the history as tables to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import HttpResponse

from analysis.history.grouped import Grouped, Pivot, Summary
from analysis.quantity import Better
from labnotebook.records.spreadsheets import csv_lines

Row = list[object]


def rows_of_groups(found: Grouped) -> Iterator[Row]:
    """Yield a head, and a row for each group; what is not known is empty."""
    heads: Row = [found.by, "batches", "failed"]
    for column in found.columns:
        heads += [f"{column.name}_{what}" for what in ("n", "median", "q1", "q3")]
        heads += [f"{column.name}_best"] if column.better is not Better.NEITHER else []
    yield heads
    for group in found.groups:
        row: Row = [group.key.word, group.batches, group.failed]
        for column, number in zip(found.columns, group.numbers, strict=True):
            row += _numbers(number, best=column.better is not Better.NEITHER)
        yield row


def _numbers(number: Summary | None, *, best: bool) -> Row:
    if number is None:
        return [0, "", "", "", *([""] if best else [])]
    n, middle, low, high = number.spread
    return [n, middle, _known(low), _known(high), *([number.best] if best else [])]


def rows_of_pivot(found: Pivot, rows: str, across: str) -> Iterator[Row]:
    """Yield a head, and a row for each cell that holds a batch: one table, whatever the number of columns."""
    name = found.value.name
    yield [
        rows,
        across,
        "batches",
        "failed",
        f"{name}_n",
        f"{name}_median",
        f"{name}_q1",
        f"{name}_q3",
    ]
    for down, cells in zip(found.rows, found.cells, strict=True):
        for along, cell in zip(found.across, cells, strict=True):
            if cell is not None:
                row: Row = [down.word, along.word, cell.batches, cell.failed]
                yield [*row, *_numbers(cell.number, best=False)]


def _known(value: float | None) -> object:
    return "" if value is None else value


def hand_out_rows(rows: Iterable[Row], name: str) -> HttpResponse:
    """Return rows as a CSV file to save."""
    return HttpResponse(
        "".join(csv_lines(rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
