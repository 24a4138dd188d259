"""Bring a shelf of bottles in from a table, and write one out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from labnotebook.records.asked import whole_number
from labnotebook.records.pages import create_once, fresh_key
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.files import hashed
from labnotebook.records.views.current import current_project, may_write
from synthesis.chemistry.bottles import readable
from synthesis.downloads import TABLE_TYPES, table_response
from synthesis.models import Material
from synthesis.services import shelf
from synthesis.services.shelf_export import faulty_rows, shelf_of
from synthesis.shelf.cells import plain_number
from synthesis.shelf.columns import COLUMNS
from synthesis.shelf.sheets import LONGEST_CELL, MOST_BYTES, MOST_ROWS
from synthesis.shelf.table import Table, UnreadableTable

MOST_MENDED = 200  # rows with fields on the page; the file has them all
DECIMALS, DATES = ("comma", "point"), ("day", "month")


@dataclass(frozen=True, slots=True)
class FaultyCell:
    """One cell to mend: the field of the page, what stands in it, and what is wrong."""

    field: str
    title: str
    value: str
    sentences: list[str]
    to_add: str


@require_http_methods(["GET", "POST"])
def material_import(request: HttpRequest) -> HttpResponse:
    """Choose a table, see what becomes of each row, mend, and only then enter the bottles."""
    if request.method == "GET":
        return _choose(request)
    stopped = getattr(request, "upload_refusal", None)
    if stopped is not None:
        return _choose(request, refused=stopped.sentence, status=stopped.status)
    current = current_project(request)
    project = pick_project(request.user, current.slug if current else None)
    try:
        table = _table(request)
        said = {
            "decimal": _one_of(request, "decimal", DECIMALS),
            "dates": _one_of(request, "dates", DATES),
        }
        rows = shelf.check_shelf(by=request.user, project=project, table=table, **said)
        if request.POST.get("do") == "rest":
            rest = [one for one in rows if one.state != shelf.GOOD]
            return table_response(faulty_rows(table, rest), "not-entered", "csv")
        if request.POST.get("do") == "save":
            return _save(request, project, table, rows, said)
    except Refusal as refusal:
        return _choose(request, refused=refusal.sentence, status=422)
    return _preview(request, table, rows, said)


@require_safe
def material_export(request: HttpRequest, form: str) -> HttpResponse:
    """Hand out the bought bottles of the project in use, as CSV or as an Excel workbook."""
    project = current_project(request)
    if project is None or form not in TABLE_TYPES:
        raise Http404
    return table_response(shelf_of(project), f"shelf-{project.slug}", form)


def _choose(request: HttpRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    project = current_project(request)
    context = {
        "project": project,
        "may_write": project is not None and may_write(request, project.pk),
        "columns": COLUMNS,
        "refused": refused,
        "most_rows": MOST_ROWS,
        "most_mib": MOST_BYTES // 2**20,
    }
    return render(request, "synthesis/material_import_page.html", context, status=status)


def _table(request: HttpRequest) -> Table:
    """Return the table that was chosen, or the one of the page with what was mended in it."""
    upload = request.FILES.get("file")
    if upload is not None:
        return shelf.read_shelf(hashed(upload))
    text = request.POST.get("table", "")
    if not text:
        raise Refusal(_("Choose a file: CSV or .xlsx, one bottle a row."), field="file")
    try:
        table = Table.from_json(text)
    except UnreadableTable as refusal:
        raise Refusal(str(refusal), field="file") from None
    return table.mended(_typed(request))


def _typed(request: HttpRequest) -> dict[tuple[int, str], str]:
    """Return what was typed into the fields of faulty cells, by row and column."""
    typed = {}
    for field, text in request.POST.items():
        found = re.fullmatch(r"cell-(\d{1,7})-([a-z_]+)", field)
        if found and found[2] in {column.name for column in COLUMNS}:
            typed[int(found[1]), found[2]] = str(text)[:LONGEST_CELL]
    return typed


def _one_of(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    said = request.POST.get(name, "")
    return said if said in known else ""


def _save(
    request: HttpRequest,
    project: Any,
    table: Table,
    rows: list[shelf.CheckedRow],
    said: dict[str, str],
) -> HttpResponse:
    """Enter the good rows, once; go to the list, or show what is left to mend."""
    asked = (whole_number(text, digits=7) for text in request.POST.getlist("another"))
    another = {number for number in asked if number is not None}
    chosen = shelf.chosen(rows, another)
    if not chosen:
        return _preview(request, table, rows, said, status=422)
    entered: list[Material] = []

    def save() -> str:
        entered.extend(
            shelf.save_shelf(by=request.user, project=project, rows=chosen, name=table.name)
        )
        return reverse("synthesis:material-list")

    answer = create_once(request, save)
    numbers = {one.row.number for one in rows} - {one.row.number for one in chosen}
    if entered:
        messages.success(request, _entered(entered))
    if not numbers:
        return answer
    rest = table.only(numbers)
    left = [one for one in rows if one.row.number in numbers]
    return _preview(request, rest, left, said)


def _entered(bottles: list[Material]) -> str:
    codes = bottles[0].code + (f" … {bottles[-1].code}" if len(bottles) > 1 else "")
    return ngettext(
        "One bottle entered: %(codes)s", "%(n)s bottles entered: %(codes)s", len(bottles)
    ) % {
        "n": len(bottles),
        "codes": codes,
    }


def _preview(
    request: HttpRequest,
    table: Table,
    rows: list[shelf.CheckedRow],
    said: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    by_state = {
        state: [one for one in rows if one.state == state]
        for state in (shelf.GOOD, shelf.ASKED, shelf.FAULTY)
    }
    faulty = by_state[shelf.FAULTY]
    context = {
        "table": table,
        "json": table.as_json(),
        "project": current_project(request),
        "good": [_shown(one) for one in by_state[shelf.GOOD]],
        "asked": [_shown(one) for one in by_state[shelf.ASKED]],
        "faulty": [(one, _named(one), _cells(table, one)) for one in faulty[:MOST_MENDED]],
        "faulty_count": len(faulty),
        "more": max(len(faulty) - MOST_MENDED, 0),
        "idempotency_key": fresh_key(),
        **said,
    }
    return render(request, "synthesis/material_import_check_page.html", context, status=status)


def _shown(one: shelf.CheckedRow) -> dict[str, Any]:
    """Return what a row became, as the page shows it."""
    bottle = one.bottle
    amount = bottle.amount_received
    return {
        "number": one.row.number,
        "bottle": bottle,
        "held": "" if amount is None else readable(amount, bottle.amount_unit),
        "question": one.question,
        "remarks": one.row.remarks,
    }


def _named(one: shelf.CheckedRow) -> str:
    """Return what the row calls its chemical, as it stands there."""
    names = (one.row.cells.get(name, "") for name in ("chemical", "cas", "formula"))
    return next((str(name) for name in names if name != ""), "")


def _cells(table: Table, one: shelf.CheckedRow) -> list[FaultyCell]:
    """Return the cells to mend, each once with all that is wrong in it."""
    found: dict[str, FaultyCell] = {}
    for fault in one.row.faults:
        name = fault.field or "chemical"
        if name not in found:
            value = one.row.cells.get(name, "")
            found[name] = FaultyCell(
                f"cell-{one.row.number}-{name}",
                table.header.title(name),
                value if isinstance(value, str) else plain_number(value),
                [],
                fault.to_add,
            )
        found[name].sentences.append(fault.sentence)
    return list(found.values())
