"""The phase map of the explorer: a table of cells, each a link to its batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from analysis.history.axes import View
from analysis.history.columns import Column
from analysis.history.explored import DRAWN_ONLY, Batch
from analysis.phase_map import Cell, Place, Range, map_phases
from analysis.views.explore_words import ExploreLinks
from labnotebook.records.presentation.plots import PHASE_WORDS, phase_key


class ShownCell(NamedTuple):
    """A cell of the table: its mark, how many of how many, all in words, and where it leads."""

    phase: str
    share: int
    n: int
    few: bool
    words: str
    href: str


def shown_map(batches: Sequence[Batch], view: View, links: ExploreLinks) -> dict[str, Any]:
    """Return heads and rows of the table; batches: those that count."""
    found = map_phases([Place(one.x, one.y, one.phase) for one in batches])
    return {
        "columns": [ends_of(one) for one in found.columns],
        "rows": [
            (ends_of(row), [cell and _shown(cell, view, links) for cell in cells])
            for row, cells in found.rows
        ],
    }


def ends_of(one: Range) -> str:
    """Return a stretch in words, one value where it has no length."""
    return f"{one.low:.4g}" if one.low == one.high else f"{one.low:.4g}–{one.high:.4g}"


def _shown(cell: Cell, view: View, links: ExploreLinks) -> ShownCell:
    counts = ", ".join(f"{PHASE_WORDS[phase_key(phase)]} {n}" for phase, n in cell.counts)
    place = f"{view.x.label} {ends_of(cell.x)}, {view.y.label} {ends_of(cell.y)}"
    words = _("%(counts)s at %(place)s") % {"counts": counts, "place": place}
    narrowed = {**_between(view.x, cell.x), **_between(view.y, cell.y)}
    return ShownCell(cell.phase, cell.share, cell.n, cell.is_few, words, links.to(**narrowed))


def _between(column: Column, ends: Range) -> dict[str, str]:
    """Return the conditions of a cell's batches; what is only drawn cannot be asked for."""
    if column.name in DRAWN_ONLY:
        return {}
    return {f"{column.name}__gte": repr(ends.low), f"{column.name}__lte": repr(ends.high)}
