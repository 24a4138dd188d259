"""Small figures of the explorer: the same scatter for each recipe, bottle, person or month, on the same axes."""

from __future__ import annotations

from calendar import monthrange
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.history.axes import View
from analysis.history.columns import COLUMNS, UNKNOWN
from analysis.history.explored import UNSAID, Explored, Group, parts_of
from analysis.views.explore_figure import MOST_STOPS, marked, points_of
from analysis.views.explore_words import ExploreLinks
from analysis.views.history_figure import ground_of
from labnotebook.records.presentation.explorer_figures import key_of_marks, small_scatters
from labnotebook.records.presentation.plots import Plot

MOST_PARTS = 12


class Part(NamedTuple):
    """One small figure: what it is of, how many batches, where it alone is (none where that cannot be asked)."""

    label: str
    n: int
    plot: Plot
    href: str


def chosen_parts(explored: Explored, view: View) -> tuple[list[Group], str]:
    """Return the parts that are drawn, and in words what is not: the largest, of months the newest."""
    every = parts_of(explored.batches, view.split)
    shown = every[-MOST_PARTS:] if view.split == "month" else every[:MOST_PARTS]
    rest = [one for one in every if one not in shown]
    if not rest:
        return shown, ""
    n = sum(len(one.batches) for one in rest)
    words = ngettext(
        "%(parts)d more with %(n)s batch is not drawn.",
        "%(parts)d more with %(n)s batches are not drawn.",
        len(rest),
    )
    return shown, words % {"parts": len(rest), "n": f"{n:,}"}


def shown_parts(
    explored: Explored, view: View, gap: tuple[float, float] | None, links: ExploreLinks
) -> dict[str, Any]:
    """Return what the page shows of the parts."""
    shown, left_out = chosen_parts(explored, view)
    ones, key = marked(explored.drawn, view.by)
    many = len(ones) > MOST_STOPS
    points = [
        points_of([one for one in ones if one.batch.part == part.key], view, aside=many)
        for part in shown
    ]
    said = [_sentence(part, view) for part in shown]
    plots = small_scatters(points, said, ground_of(view.x, view.y, gap))
    return {
        "parts_drawn": [
            Part(part.label, len(part.batches), plot, _alone(part, view, links))
            for part, plot in zip(shown, plots, strict=True)
        ],
        "left_out": left_out,
        "key": key_of_marks(key),
        "has_bars": any(one.batch.u_x or one.batch.u_y for one in ones),
    }


def _sentence(part: Group, view: View) -> str:
    return _("%(part)s: %(y)s against %(x)s for %(n)d batches.") % {
        "part": part.label,
        "y": view.y.label,
        "x": view.x.label,
        "n": len(part.batches),
    }


def _alone(part: Group, view: View, links: ExploreLinks) -> str:
    """Return the address of the question narrowed to one part."""
    if view.split == "month":
        year, month = map(int, part.key.split("-"))
        days = monthrange(year, month)[1]
        ends = {"planned_at__gte": f"{part.key}-01", "planned_at__lte": f"{part.key}-{days}"}
        return links.to(split=None, **ends)
    column = COLUMNS.get(view.split)
    if column is None or (part.key == UNSAID and not column.may_be_blank):
        return ""
    return links.to(split=None, **{view.split: part.key or UNKNOWN})
