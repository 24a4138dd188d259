"""How one batch keeps, for its page."""

from __future__ import annotations

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.services.stability import Seen, Series, Stability, stability_of
from analysis.views.pages import render_panel
from analysis.views.subjects import crumbs_of, find_batch
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key, phase_key_items
from labnotebook.records.presentation.plots import Plot, Point

HALF = 50.0
ROOM = 0.04  # of the axis, beside the first and the last day


@require_safe
def batch_stability(request: HttpRequest, code: str) -> HttpResponse:
    """Show half-lives and days to δ of a batch, or what is missing for them."""
    batch = find_batch(request, code)
    found = stability_of(batch)
    context = {"batch": batch, "found": found, "figure": _figure(found)}
    title = _("How it keeps")
    return render_panel(
        request, "batch_stability", context, title=title, crumbs=crumbs_of(batch, title)
    )


def _figure(found: Stability) -> Figure | None:
    """Draw every series over its first value, and below it the phases day by day; None where nothing has two dates."""
    series = [one for one in found.series if len(one.points) > 1]
    patterns = found.patterns if len(found.patterns) > 1 else ()
    days = [p.day for one in series for p in one.points] + [p.day for p in patterns]
    if not days or max(days) <= min(days):
        return None
    room = ROOM * (max(days) - min(days))
    x = Axis(min(days) - room, max(days) + room, _("Day"), wanted=7)
    plots = [_numbers(x, series, flat=bool(patterns))] if series else []
    if patterns:
        plots.append(_phases(x, patterns))
    shown = list(dict.fromkeys(one.phase or "unknown" for one in patterns))
    lines = [(f"s{1 + place % 3}", one.label) for place, one in enumerate(series)]
    return Figure(plots, key=(*curve_key(*lines), *phase_key_items(shown)))


def _numbers(x: Axis, series: list[Series], *, flat: bool) -> Plot:
    heights = [
        [100 * p.value / one.points[0].value for p in one.points if one.points[0].value]
        for one in series
    ]
    y = Axis.over([*heights, [0.0, 100.0]], _("of the first"), "%", zero=True)
    sentence = "; ".join(f"{one.label} ({one.how})" for one in series)
    plot = Plot(x, y, sentence, size="low flat" if flat else "low")
    plot.line([x.low, x.high], [HALF, HALF], "raw dash")
    for place, (one, values) in enumerate(zip(series, heights, strict=True)):
        if len(values) != len(one.points):
            continue
        days = [p.day for p in one.points]
        colour = 1 + place % 3
        plot.line(days, values, f"s{colour} thin").dots(days, np.array(values), f"dot{colour}")
    return plot


def _phases(x: Axis, patterns: tuple[Seen, ...]) -> Plot:
    sentence = ", ".join(f"day {one.day:.0f}: {one.phase or _('undetermined')}" for one in patterns)
    plot = Plot(x, Axis(0.0, 1.0, "XRD"), sentence, size="steps", bare=True)
    return plot.points(Point(one.day, 0.5, one.phase, f"day {one.day:.3g}") for one in patterns)
