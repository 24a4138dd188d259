"""The figure of the history page: one mark a batch, no line between them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from analysis.history.columns import Column
from analysis.history.overview import MapPoint
from labnotebook.records.presentation.figure import GAP_WORDS, Figure
from labnotebook.records.presentation.figures import outcome_scatter
from labnotebook.records.presentation.plots import PHASE_WORDS, Point, phase_key
from labnotebook.records.presentation.scatter import Ground


def ground_of(
    x: Column, y: Column, gap: tuple[float, float] | None, gap_words: str = GAP_WORDS
) -> Ground:
    """Return what batches are drawn on along two columns."""
    return Ground(str(x.label), str(y.label), x.unit, y.unit, gap, gap_words)


def figure(
    points: Sequence[MapPoint], along: Column, up: Column, gap: tuple[float, float] | None
) -> Figure:
    """Draw the batches, and the widest stretch of x that nobody has measured."""
    sentence = _("%(y)s against %(x)s for %(n)d batches.") % {
        "y": up.label,
        "x": along.label,
        "n": len(points),
    }
    return outcome_scatter(
        [_mark(point, along, up) for point in points],
        sentence,
        x_label=str(along.label),
        x_unit=along.unit,
        y_label=str(up.label),
        y_unit=up.unit,
        gap=gap,
    )


def _mark(point: MapPoint, along: Column, up: Column) -> Point:
    key = phase_key(point.phase)
    numbers = ", ".join(
        f"{column.label} {value:.4g} {column.unit}".strip()
        for column, value in ((along, point.x), (up, point.y))
    )
    words = [point.code, *([_("simulated")] if point.simulated else []), PHASE_WORDS[key], numbers]
    return Point(point.x, point.y, key, ", ".join(words))
