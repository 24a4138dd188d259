"""The explorer's own figures: batches as marks that lead to them, boxes of groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .axes import Axis
from .figure import Figure, phase_mark
from .markup import Markup, escape
from .plots import GROUP_SHAPES, PHASE_WORDS, Plot, Point
from .scatter import Ground

FEWEST_OF_A_BOX = 5


class KeyItem(NamedTuple):
    """What a mark means: a key of PHASE_WORDS or GROUP_SHAPES, its words, how many there are."""

    mark: str
    words: str
    n: int


def explorer_scatter(
    points: Sequence[Point], key: Sequence[KeyItem], sentence: str, ground: Ground
) -> Figure:
    """Draw one mark a batch, each a link; no line joins them."""
    plot = ground.plot(*_reach(points), sentence)
    return Figure([plot.points(points)], key=[_item(one) for one in key])


def small_scatters(
    parts: Sequence[Sequence[Point]], sentences: Sequence[str], ground: Ground
) -> list[Plot]:
    """Draw each part by itself, all on the axes that hold every part."""
    reach = _reach([point for part in parts for point in part])
    return [
        ground.plot(*reach, sentence, wanted=4, size="small").points(points)
        for points, sentence in zip(parts, sentences, strict=True)
    ]


def control_plot(
    points: Sequence[Point],
    key: Sequence[KeyItem],
    sentence: str,
    ringed: Collection[int],
    lines: tuple[float, float, float],
    *,
    x_label: str,
    y_label: str,
    y_unit: str = "",
) -> Figure:
    """Draw values one after the other, joined; a ring around some places. lines: lower limit, middle, upper limit."""
    n = len(points)
    x = Axis(
        0.5 - 0.02 * n, n + 0.5 + 0.09 * n, x_label, wanted=8
    )  # room for the numbers of the lines
    plot = Plot(
        x, Axis.over([[p.y for p in points], lines], y_label, y_unit), sentence, size="tall"
    )
    ends = [x.low, x.high]
    for value, style in zip(lines, ("limit", "middle", "limit"), strict=True):
        plot.line(ends, [value, value], style)
        plot.note(x.high, value, f"{value:.4g}", "xe", dy=-4)
    places = list(range(1, n + 1))
    plot.line(places, [p.y for p in points], "thin s3")
    placed = [
        replace(point, x=place, ring=place - 1 in ringed, left=None, right=None)
        for place, point in zip(places, points, strict=True)
    ]
    return Figure([plot.points(placed)], key=[_item(one) for one in key])


def _reach(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    """Return what the axes must hold: the marks and the ends of their bars."""
    along = [value for p in points for value in (p.x, p.left, p.right) if value is not None]
    up = [value for p in points for value in (p.y, p.low, p.high) if value is not None]
    return along, up


def key_of_marks(key: Sequence[KeyItem]) -> Markup:
    """Return what the marks mean, for several drawings together."""
    return Markup(f'<p class="key">{"".join(map(_item, key))}</p>')


def _item(one: KeyItem) -> Markup:
    words = f"{one.words} {one.n}"
    if one.mark in PHASE_WORDS:
        return phase_mark(one.mark, words)
    shape = GROUP_SHAPES[one.mark]
    return Markup(
        f'<span class="ph {one.mark}"><svg viewBox="-7 -7 14 14" aria-hidden="true">'
        f'<use href="#m-{shape}"></use></svg><span>{escape(words)}</span></span>'
    )


def box(values: Sequence[float], low: float, high: float, sentence: str) -> Markup:
    """Draw a group on a scale from low to high: box, median and ends; of fewer than 5, each value."""
    data = np.sort(np.asarray(values, dtype=float))
    places = (data - low) / ((high - low) or 1.0)
    if data.size < FEWEST_OF_A_BOX:
        body = "".join(f'<circle class="dot1" cx="{_pc(p)}" cy="50%" r="4"/>' for p in places)
    else:
        left, middle, right = np.quantile(places, [0.25, 0.5, 0.75])
        body = (
            f'<line class="whisker" x1="{_pc(places[0])}" x2="{_pc(places[-1])}" y1="50%" y2="50%"/>'
            f'<rect class="bar" x="{_pc(left)}" width="{_pc(right - left)}" y="15%" height="70%"/>'
            f'<line class="median" x1="{_pc(middle)}" x2="{_pc(middle)}" y1="5%" y2="95%"/>'
        )
    return Markup(f'<svg class="box" role="img" aria-label="{escape(sentence)}">{body}</svg>')


def _pc(fraction: float) -> str:
    return f"{100 * (0.02 + 0.96 * fraction):.2f}%"
