"""Groups and pivots as the page writes them, and the addresses beside them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.history.columns import COLUMNS, UNKNOWN
from analysis.history.grouped import MOST_READ, Cell, Counts, Grouped, Key, Pivot, Summary
from analysis.history.language import Question
from analysis.history.summing import BESIDE
from analysis.views.history_words import Links
from labnotebook.records.presentation.numbers import plain_number
from labnotebook.records.templatetags.notebook import phase

MOST_GROUPS, MOST_ACROSS = 40, 12  # that the page shows; a file has every one
DIGITS = 4
Shown = TypeVar("Shown")


class SummedLinks(Links):
    """Addresses of groups and pivots that differ from this one in one thing."""

    def __init__(self, request: HttpRequest, question: Question, show: str) -> None:
        super().__init__(request, question, ("", ""))
        self.page = f"analysis:history-{show}"
        self.axes = {n: request.GET[n] for n in (*BESIDE, "x", "y") if request.GET.get(n)}
        self.size = {}

    @property
    def asked(self) -> dict[str, str]:
        """The question itself, for a form that changes how it is summed up."""
        return self.filters

    @property
    def csv(self) -> str:
        """The same as a file."""
        query = urlencode({**self.filters, **self.axes}, safe=",")
        return reverse(f"{self.page}-csv") + (f"?{query}" if query else "")

    def batches(self, **narrowed: str) -> str:
        """Return the rows of the history with these conditions more."""
        query = urlencode({**self.filters, **narrowed}, safe=",")
        return reverse("analysis:history") + (f"?{query}" if query else "")


class Written(NamedTuple):
    """A number of a group: its middle, and in words how it lies."""

    label: str
    middle: str
    words: str


class GroupRow(NamedTuple):
    """One group of the page."""

    name: str | SafeString
    href: str
    batches: int
    failed: int
    numbers: list[Written]


class PivotCell(NamedTuple):
    """One cell of the page; without batches it is empty."""

    label: str
    middle: str
    words: str
    href: str


class PivotRow(NamedTuple):
    """One row of the pivot."""

    name: str | SafeString
    cells: list[PivotCell]


def group_rows(found: Grouped, links: SummedLinks) -> list[GroupRow]:
    """Return the groups that the page shows: the largest, of months the last."""
    return [
        GroupRow(
            _name(one.key, found.by),
            _href([(found.by, one.key)], links),
            one.batches,
            one.failed,
            [_written(n, str(c.label)) for n, c in zip(one.numbers, found.columns, strict=True)],
        )
        for one in _shown(found.groups, found.by, MOST_GROUPS)
    ]


def pivot_rows(
    found: Pivot, rows: str, across: str, links: SummedLinks
) -> tuple[list[str | SafeString], list[PivotRow]]:
    """Return the heads and the rows that the page shows."""
    along = _shown(list(enumerate(found.across)), across, MOST_ACROSS)
    down = _shown(list(enumerate(found.rows)), rows, MOST_GROUPS)
    return [_name(key, across) for _turn, key in along], [
        PivotRow(
            _name(row, rows),
            [
                _pivot_cell(found.cells[i][j], key, _href([(rows, row), (across, key)], links))
                for j, key in along
            ],
        )
        for i, row in down
    ]


def _shown(groups: Sequence[Shown], by: str, most: int) -> Sequence[Shown]:
    return groups[-most:] if by == "month" else groups[:most]


def _name(key: Key, by: str) -> str | SafeString:
    return phase(key.word) if by == "phase" else key.label


def _href(said: Sequence[tuple[str, Key]], links: SummedLinks) -> str:
    """Return the batches of a group; empty where the history cannot be asked for them."""
    narrowed: dict[str, str] = {}
    for by, key in said:
        one = _condition(by, key.word)
        if one is None:
            return ""
        narrowed |= one
    return links.batches(**narrowed)


def _condition(by: str, word: str) -> dict[str, str] | None:
    if by == "month":
        year, month = (int(part) for part in word.split("-"))
        last = monthrange(year, month)[1]
        return {"planned_at__gte": f"{word}-01", "planned_at__lte": f"{word}-{last}"}
    column = COLUMNS.get(by)
    if column is None or "," in word or not (word or column.may_be_blank):
        return None
    return {by: word or UNKNOWN}


def _written(number: Summary | None, label: str) -> Written:
    if number is None:
        return Written(label, "—", "")
    spread = number.spread
    words = [f"n {spread.n}"]
    if spread.low is not None and spread.high is not None:
        words.insert(0, f"{plain_number(spread.low, DIGITS)}–{plain_number(spread.high, DIGITS)}")
    if number.best is not None and spread.n > 1:
        words.append(_("best %(best)s") % {"best": plain_number(number.best, DIGITS)})
    return Written(label, plain_number(spread.median, DIGITS), ", ".join(words))


def _pivot_cell(cell: Cell | None, key: Key, href: str) -> PivotCell:
    if cell is None:
        return PivotCell(key.label, "", "", "")
    n = cell.number.spread.n if cell.number else 0
    words = (
        f"n {n}" if n == cell.batches else _("n %(n)d of %(all)d") % {"n": n, "all": cell.batches}
    )
    if cell.failed:
        words += _(", %(n)d failed") % {"n": cell.failed}
    middle = plain_number(cell.number.spread.median, DIGITS) if cell.number else "—"
    return PivotCell(key.label, middle, words, href)


def counts_note(counts: Counts) -> str:
    """Return of which batches the numbers are."""
    said = ngettext("Of %(n)s batch", "Of %(n)s batches", counts.batches) % {
        "n": f"{counts.batches:,}"
    }
    if counts.sampled:
        said = _(
            "The question finds more than %(most)s batches: this is a sample of %(n)s, from the first to the last"
        ) % {"most": f"{MOST_READ:,}", "n": f"{counts.batches:,}"}
    if counts.left_out:
        said += ngettext(
            "; %(n)d simulated one does not count",
            "; %(n)d simulated ones do not count",
            counts.left_out,
        ) % {"n": counts.left_out}
    return f"{said}."
