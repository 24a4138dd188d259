"""The figure of the history page: one mark a batch, no line between them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from analysis.services.history_columns import COLUMNS
from analysis.services.history_overview import MapPoint
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.figures import GAP_RATIO, outcome_scatter
from labnotebook.records.presentation.numbers import plain_number
from labnotebook.records.presentation.plots import PHASE_WORDS, Point, phase_key

RATIOS = ("ratio_ca_pb", "ratio_ca_pb_weighed")


def figure(points: Sequence[MapPoint], x: str, y: str) -> Figure:
    """Draw the batches; the unmeasured field between α and γ only where x is R."""
    along, up = COLUMNS[x], COLUMNS[y]
    sentence = _("%(y)s against %(x)s for %(n)d batches.") % {
        "y": up.label,
        "x": along.label,
        "n": len(points),
    }
    return outcome_scatter(
        [_mark(point, x, y) for point in points],
        sentence,
        x_label=f"{along.label}, Ca/Pb" if x in RATIOS else str(along.label),
        x_unit=along.unit,
        y_label=str(up.label),
        y_unit=up.unit,
        gap=GAP_RATIO if x in RATIOS else None,
    )


def _mark(point: MapPoint, x: str, y: str) -> Point:
    key = phase_key(point.phase)
    numbers = ", ".join(
        f"{COLUMNS[name].label} {plain_number(value)} {COLUMNS[name].unit}".strip()
        for name, value in ((x, point.x), (y, point.y))
    )
    return Point(point.x, point.y, key, f"{point.code}, {PHASE_WORDS[key]}, {numbers}")
