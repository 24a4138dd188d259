"""The explorer's own figures: batches as marks that lead to them, boxes of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .axes import Axis
from .figure import Figure, phase_mark
from .markup import Markup, escape
from .plots import GROUP_SHAPES, PHASE_WORDS, Plot, Point

FEWEST_OF_A_BOX = 5


class KeyItem(NamedTuple):
    """What a mark means: a key of PHASE_WORDS or GROUP_SHAPES, its words, how many there are."""

    mark: str
    words: str
    n: int


def explorer_scatter(
    points: Sequence[Point],
    key: Sequence[KeyItem],
    sentence: str,
    *,
    x_label: str,
    x_unit: str = "",
    y_label: str,
    y_unit: str = "",
    gap: tuple[float, float] | None = None,
) -> Figure:
    """Draw one mark a batch, each a link; no line joins them. gap: what nobody has measured along x."""
    along = [value for p in points for value in (p.x, p.left, p.right) if value is not None]
    up = [value for p in points for value in (p.y, p.low, p.high) if value is not None]
    plot = Plot(
        Axis.over([along, list(gap or ())], x_label, x_unit, wanted=8),
        Axis.over([up], y_label, y_unit),
        sentence,
        size="tall",
    )
    if gap:
        plot.gap(*gap, "unmeasured")
    return Figure([plot.points(points)], key=[_item(one) for one in key])


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
