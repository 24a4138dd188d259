"""The scatter of the explorer on the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from analysis.history.axes import View
from analysis.history.columns import Column
from analysis.history.explored import UNSAID, Batch, groups_of, label_of
from analysis.views.history_figure import ground_of
from labnotebook.records.presentation.explorer_figures import KeyItem, explorer_scatter
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.plots import GROUP_SHAPES, PHASE_WORDS, Point, phase_key

MOST_STOPS = (
    200  # marks that the tabulator key walks through; beyond, the table has the same batches
)
OTHERS = "others"


class Marked(NamedTuple):
    """A batch with its mark."""

    batch: Batch
    mark: str


def marked(batches: Sequence[Batch], by: str) -> tuple[list[Marked], list[KeyItem]]:
    """Return each batch with its mark, and what the marks mean."""
    groups = groups_of(batches, by)
    if by == "phase":
        marks = {group.key: phase_key(group.key) for group in groups}
        order = list(PHASE_WORDS)
        groups.sort(key=lambda group: order.index(marks[group.key]))
    else:
        known = [group for group in groups if group.key != UNSAID]
        largest = sorted(known, key=lambda group: -len(group.batches))[: len(GROUP_SHAPES) - 1]
        shown = [group.key for group in known if group in largest]
        marks = dict(zip(shown, GROUP_SHAPES, strict=False))
    key = [KeyItem(marks[g.key], g.label, len(g.batches)) for g in groups if g.key in marks]
    rest = sum(len(group.batches) for group in groups if group.key not in marks)
    if rest:
        key.append(KeyItem(OTHERS, _("others"), rest))
    return [Marked(one, marks.get(one.group, OTHERS)) for one in batches], key


def scatter(batches: Sequence[Batch], view: View, gap: tuple[float, float] | None) -> Figure:
    """Draw the batches, each a link to its page."""
    ones, key = marked(batches, view.by)
    points = points_of(ones, view, aside=len(ones) > MOST_STOPS)
    sentence = _("%(y)s against %(x)s for %(n)d batches, one link a batch.") % {
        "y": view.y.label,
        "x": view.x.label,
        "n": len(points),
    }
    return explorer_scatter(points, key, sentence, ground_of(view.x, view.y, gap))


def points_of(ones: Sequence[Marked], view: View, *, aside: bool) -> list[Point]:
    """Return the marks, each a link to its batch; aside: the keyboard passes over them."""
    template = reverse("synthesis:batch-detail", args=["CODE"])
    simulated = _("simulated")  # once: a look into the catalogue for each of a thousand takes 20 ms
    return [_point(one, view, template, simulated, aside=aside) for one in ones]


def _point(one: Marked, view: View, template: str, simulated: str, *, aside: bool) -> Point:
    batch = one.batch
    words = [batch.code, *([simulated] if batch.simulated else []), _group_words(batch, view)]
    words += [
        _number(view.x, batch.x, batch.u_x),
        _number(view.y, batch.y, batch.u_y),
    ]
    low, high = _spread(batch.y, batch.u_y)
    left, right = _spread(batch.x, batch.u_x)
    return Point(
        batch.x,
        batch.y,
        batch.phase,
        ", ".join(words),
        low,
        high,
        left=left,
        right=right,
        group="" if view.by == "phase" else one.mark,
        href=template.replace("CODE", batch.code),
        aside=aside,
    )


def _group_words(batch: Batch, view: View) -> str:
    phase = PHASE_WORDS[phase_key(batch.phase)]
    return phase if view.by == "phase" else f"{phase}, {label_of(batch.group, view.by)}"


def _number(column: Column, value: float, u: float | None) -> str:
    spread = f" ± {u:.2g}" if u else ""
    return f"{column.label} {value:.4g}{spread} {column.unit}".strip()


def _spread(value: float, u: float | None) -> tuple[float | None, float | None]:
    """Return the ends of an error bar, none where the uncertainty is not known."""
    return (value - u, value + u) if u and math.isfinite(u) else (None, None)
