"""What the page of a device asks this room for: its figures, its curves and every pixel."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.services.device_pixels import DeviceNumbers, OnePixel, numbers_of
from analysis.views.device_charts import DrawnSweep, charts_of, strip_of
from analysis.views.device_words import checks_of, left_out, strip_cells
from analysis.views.pages import render_panel
from analysis.views.subjects import crumbs_of, find_device
from devices.measures import plain
from devices.models import Pixel
from labnotebook.records.views.current import may_write

LONGEST = 1200  # of the labels that are asked for
WARNINGS = 4  # of the sweep that is drawn strong; the others stand with its file


@require_safe
def device_measurements(request: HttpRequest, code: str) -> HttpResponse:
    """Show what was measured on a device and its pixels, beside the devices built alike.

    htmx puts the strip and the rail of the answer into the places that the device's page has for them.
    """
    device = find_device(request, code)
    numbers = numbers_of(request.user, device)
    show = [one.strip() for one in request.GET.get("show", "")[:LONGEST].split(",") if one.strip()]
    charts = charts_of(numbers, show)
    context = {
        "device": device,
        "numbers": numbers,
        "together": numbers.together,
        "left_out": left_out(numbers.together),
        "best": numbers.best,
        "cells": strip_cells(numbers, charts.heavy),
        "charts": charts,
        "warnings": _warnings(charts.heavy),
        "all_pixels": strip_of(numbers),
        "area": _area(numbers),
        "checks": checks_of(numbers, charts.heavy),
        "tiles": _tiles(numbers, show),
        "chosen": bool(show),
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


class Tile(NamedTuple):
    """One pixel of the map: a press draws it beside the others that are chosen, or takes it away."""

    one: OnePixel
    query: str
    is_chosen: bool


def _tiles(numbers: DeviceNumbers, show: list[str]) -> list[Tile]:
    labels = [one.pixel.label for one in numbers.pixels]
    chosen = [label for label in labels if label in show]
    tiles = []
    for one in numbers.pixels:
        label = one.pixel.label
        rest = [other for other in chosen if other != label]
        wanted = rest if label in chosen else [*chosen, label]
        query = urlencode({"show": ",".join(wanted)}) if wanted else ""
        tiles.append(Tile(one, f"?{query}#pixels" if query else "?#pixels", label in chosen))
    return tiles


def _warnings(heavy: DrawnSweep | None) -> list[str]:
    return ((heavy.analysis.result or {}).get("warnings") or [])[:WARNINGS] if heavy else []


def _area(numbers: DeviceNumbers) -> str:
    """Return the area of the pixels where all have the same, else nothing."""
    areas = {plain(one.pixel.area_mm2) for one in numbers.pixels}
    area = areas.pop() if len(areas) == 1 else None
    return "" if area is None else f"{area} mm²"
