"""The explorer's own figures: batches as marks that lead to them, boxes of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .axes import Axis
from .figure import Figure, phase_mark
from .markup import Markup, escape
from .plots import GROUP_SHAPES, PHASE_WORDS, Plot, Point


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
