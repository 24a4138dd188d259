"""The brush of the explorer's scatter: a stretch of either axis, dragged or typed, becomes conditions of the question."""

from __future__ import annotations

from typing import NamedTuple

from analysis.history.axes import View
from analysis.history.explored import DRAWN_ONLY
from analysis.views.explore_words import ExploreLinks
from labnotebook.records.presentation.figure import Figure


class BrushField(NamedTuple):
    """One end of a stretch: the condition it becomes, and what the question says of it now."""

    name: str
    value: str


class BrushAxis(NamedTuple):
    """An axis that can be narrowed: its letter and words, where the drawing begins and ends, its fields."""

    letter: str
    label: str
    unit: str
    low: str
    high: str
    from_: BrushField
    to: BrushField


class Brush(NamedTuple):
    """The axes, and the parameters that stay as they are."""

    axes: list[BrushAxis]
    kept: dict[str, str]


def brush_over(figure: Figure, view: View, links: ExploreLinks) -> Brush | None:
    """Return the fields of the axes that can be asked for; what is only drawn cannot.

    One number along both axes has one pair of fields. None: neither can be asked for.
    """
    (plot,) = figure.plots
    axes: list[BrushAxis] = []
    for letter, column, axis in (("x", view.x, plot.x), ("y", view.y, plot.y)):
        ends = [f"{column.name}__{relation}" for relation in ("gte", "lte")]
        if column.name in DRAWN_ONLY or ends[0] in (one.from_.name for one in axes):
            continue
        fields = [BrushField(name, links.filters.get(name, "")) for name in ends]
        said = (str(column.label), column.unit, repr(axis.low), repr(axis.high))
        axes.append(BrushAxis(letter, *said, *fields))
    typed = {field.name for one in axes for field in (one.from_, one.to)}
    kept = {name: text for name, text in links.asked.items() if name not in typed}
    return Brush(axes, kept) if axes else None
