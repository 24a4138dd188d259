"""The scatter of the explorer: on the page, for print, and as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from analysis.history.axes import View
from analysis.history.columns import Column
from analysis.history.explored import GROUPINGS, UNSAID, Batch, groups_of, label_of
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.explorer_figures import KeyItem, explorer_scatter
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.plots import GROUP_SHAPES, PHASE_WORDS, Point, phase_key

if TYPE_CHECKING:
    from labnotebook.records.presentation.sheet import Sheet

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
    many = len(ones) > MOST_STOPS
    template = reverse("synthesis:batch-detail", args=["CODE"])
    points = [_point(one, view, template, aside=many) for one in ones]
    sentence = _("%(y)s against %(x)s for %(n)d batches, one link a batch.") % {
        "y": view.y.label,
        "x": view.x.label,
        "n": len(points),
    }
    return explorer_scatter(
        points,
        key,
        sentence,
        x_label=str(view.x.label),
        x_unit=view.x.unit,
        y_label=str(view.y.label),
        y_unit=view.y.unit,
        gap=gap,
    )


def _point(one: Marked, view: View, template: str, *, aside: bool) -> Point:
    batch = one.batch
    words = [batch.code, *([_("simulated")] if batch.simulated else []), _group_words(batch, view)]
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


def printed_scatter(batches: Sequence[Batch], view: View, said: Sequence[str]) -> Sheet:
    """Draw the same batches for print, with the question and its date below them."""
    from analysis.curves.printed_points import Dot, printed_points  # only an export needs reportlab

    ones, key = marked(batches, view.by)
    x, y = (Axis.over([], str(c.label), c.unit) for c in (view.x, view.y))
    dots = [Dot(m.batch.x, m.batch.y, m.batch.u_x, m.batch.u_y, m.mark) for m in ones]
    return printed_points(dots, key, x, y, said)


def table(batches: Sequence[Batch], view: View, facts: dict[str, str]) -> Iterator[list[str]]:
    """Yield the points as a table, the question and its date first."""
    yield from ([f"# {name}", _cell(words)] for name, words in facts.items() if words)
    x, y = view.x, view.y
    yield [
        "batch",
        "phase",
        *([] if view.by == "phase" else [str(GROUPINGS[view.by][0]).lower()]),
        str(x.title),
        f"u({x.name})",
        str(y.title),
        f"u({y.name})",
        "simulated",
    ]
    for one in batches:
        yield [
            _cell(one.code),
            one.phase,
            *([] if view.by == "phase" else [_cell(one.group)]),
            repr(one.x),
            "" if one.u_x is None else repr(one.u_x),
            repr(one.y),
            "" if one.u_y is None else repr(one.u_y),
            "yes" if one.simulated else "no",
        ]


def _cell(text: str) -> str:
    """Return a word that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
