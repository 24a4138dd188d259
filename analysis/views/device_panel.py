"""What the page of a device asks this room for: its figures, its curves and every pixel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.services.device_pixels import DeviceNumbers, numbers_of
from analysis.views.device_charts import DrawnSweep, charts_of, strip_of
from analysis.views.device_words import checks_of, strip_cells
from analysis.views.pages import render_panel
from analysis.views.subjects import crumbs_of, find_device
from devices.measures import plain
from devices.models import Pixel
from labnotebook.records.views.current import may_write

WARNINGS = 4  # of the sweep that is drawn strong; the others stand with its file


@require_safe
def device_measurements(request: HttpRequest, code: str) -> HttpResponse:
    """Show what was measured on a device and its pixels, beside the devices built alike.

    htmx puts the strip and the rail of the answer into the places that the device's page has for them.
    """
    device = find_device(request, code)
    numbers = numbers_of(request.user, device)
    charts = charts_of(numbers)
    context = {
        "device": device,
        "numbers": numbers,
        "together": numbers.together,
        "best": numbers.best,
        "cells": strip_cells(numbers, charts.heavy),
        "charts": charts,
        "warnings": _warnings(charts.heavy),
        "all_pixels": strip_of(numbers),
        "area": _area(numbers),
        "checks": checks_of(numbers, charts.heavy),
        "states": Pixel.State.choices,
        "may_write": may_write(request, device.project_id),
        "oob": bool(request.headers.get("HX-Request")),
    }
    return render_panel(
        request,
        "device_measurements",
        context,
        title=_("Measurements of %s") % device.code,
        crumbs=crumbs_of(device, _("Measurements")),
    )


def _warnings(heavy: DrawnSweep | None) -> list[str]:
    return ((heavy.analysis.result or {}).get("warnings") or [])[:WARNINGS] if heavy else []


def _area(numbers: DeviceNumbers) -> str:
    """Return the area of the pixels where all have the same, else nothing."""
    areas = {plain(one.pixel.area_mm2) for one in numbers.pixels}
    area = areas.pop() if len(areas) == 1 else None
    return "" if area is None else f"{area} mm²"
