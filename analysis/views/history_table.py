"""The table of the history page: which columns, their headings and how each cell is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from analysis.history.catalogue import Catalogue
from analysis.history.columns import (
    COLUMNS,
    DEFAULT_ORDERING,
    UNCERTAINTY,
    Column,
    Kind,
    uncertainty_of,
)
from analysis.history.language import Question
from analysis.quantities import QUANTITIES
from analysis.views.history_words import Links
from labnotebook.records.presentation.numbers import plain_number
from labnotebook.records.templatetags.notebook import local_time, phase, quantity, state_pill

BEGIN, END = ("code", "phase"), ("planned_at", "made_by")
MINOR = {"pl_fwhm_nm", "size_nm", "made_by"}  # given up first where the screen is narrow
DETAIL = {"lifetime_ns", "planned_at"}  # given up on a phone
BEST = "eqe_percent"
MARKS = ("simulated", "archived")  # words that stand beside the code of a row that they are true of


class Heading(NamedTuple):
    """One column of the table, its link, and how it is sorted now."""

    name: str
    label: str
    href: str
    sorted: str
    number: bool
    minor: bool


class Cell(NamedTuple):
    """One cell: what is written in it, its word on a narrow screen, and where it goes there."""

    text: str
    label: str
    place: str
    is_code: bool = False
    marks: str = ""
    unpin: str = ""  # where it is pinned no longer


def columns_of(question: Question, catalogue: Catalogue, x: Column) -> list[Column]:
    """Return what the table shows: what was chosen, or the usual and what the question is about."""
    if "columns" in question.typed:
        has_code = any(c.name == "code" for c in question.columns)
        return [*question.columns] if has_code else [COLUMNS["code"], *question.columns]
    asked = [c for c in question.columns if c.name not in COLUMNS]
    if catalogue.chosen:
        found = (catalogue.find(name) for name in catalogue.chosen)
        own = {c.name: c for c in (*found, *asked) if c is not None}
        return [*own.values()] if "code" in own else [COLUMNS["code"], *own.values()]
    ratio = x if x.name.startswith("ratio_") else catalogue.find(catalogue.ratio)
    usual = [q.name for q in QUANTITIES.values() if q.in_table]
    columns = [
        *(COLUMNS[name] for name in BEGIN),
        *([ratio] if ratio else []),
        *(COLUMNS[name] for name in usual),
        *asked,
        *(COLUMNS[name] for name in END),
    ]
    return list({column.name: column for column in columns}.values())


def read_columns(table: Sequence[Column]) -> tuple[Column, ...]:
    """Return what the page must read: the table, and how uncertain a weighed ratio is."""
    more = [*(uncertainty_of(column) for column in table), *(COLUMNS[name] for name in MARKS)]
    known = {column.name for column in table}
    return (*table, *(c for c in more if c is not None and c.name not in known))


def headings(table: Sequence[Column], question: Question, links: Links) -> list[Heading]:
    """Return the columns with the link that sorts by each."""
    found = []
    for column in table:
        name = column.name
        lowest_first = column.kind is Kind.WORD or name.startswith("ratio_")
        if name == question.column.name:
            ordering = ("" if question.descending else "-") + name
            said = "descending" if question.descending else "ascending"
        else:
            ordering, said = ("" if lowest_first else "-") + name, ""
        href = links.to(ordering=None if ordering == DEFAULT_ORDERING else ordering)
        number = column.kind is Kind.NUMBER
        found.append(Heading(name, _title(column), href, said, number, name in MINOR))
    return found


def _title(column: Column) -> str:
    return {
        "code": _("Batch"),
        "lifetime_ns": "τ / ns",
        BEST: _("EQE / %"),
        "planned_at": _("Made"),
        "made_by": _("Who"),
    }.get(column.name) or str(column.title)


def body(
    table: Sequence[Column],
    found: Sequence[dict[str, Any]],
    pinned: Sequence[dict[str, Any]],
    links: Links,
) -> dict[str, list[list[Cell]]]:
    """Return the cells of the pinned rows and of the others, which do not repeat them.

    They are written here: several hundred would each cost the template a choice.
    """
    kinds = [_kind(column) for column in table]
    on_top = {row["code"] for row in pinned}

    def written(rows: Sequence[dict[str, Any]]) -> list[list[Cell]]:
        return [[write(row) for write in kinds] for row in rows]

    others = [row for row in found if row["code"] not in on_top]
    tops = [
        [one._replace(unpin=links.unpin(one.text)) if one.is_code else one for one in row]
        for row in written(pinned)
    ]
    return {"pinned": tops, "rows": written(others)}


def _marks(row: dict[str, Any]) -> str:
    return format_html_join(" ", "{}", ((state_pill(n),) for n in MARKS if row[n] == "yes"))


def _kind(column: Column) -> Callable[[dict[str, Any]], Cell]:
    """Return what writes the cells of a column."""
    name, label = column.name, str(column.label)
    place = "hide-m" if name in MINOR else "hide-s" if name in DETAIL else "line2"
    if name == "code":
        return lambda row: Cell(row[name], "", "", is_code=True, marks=_marks(row))
    if name == "phase":
        return lambda row: Cell(phase(row[name]), "", "lead")
    if column.kind is Kind.TIME:
        return lambda row: Cell(local_time(row[name], "day"), "", place)
    if column.kind is Kind.WORD:
        return lambda row: Cell(row[name] or "—", label, place)
    if name == BEST:
        place, label = "line2 actual", QUANTITIES[name].short
    place, spread = f"n {place}", name + UNCERTAINTY

    def number(row: dict[str, Any]) -> Cell:
        uncertainty = row.get(spread)
        if uncertainty is None:
            return Cell(plain_number(row[name]), label, place)
        return Cell(quantity(row[name], uncertainty), label, place)

    return number
