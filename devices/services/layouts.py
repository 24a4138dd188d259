"""Which pixels a new device gets: said one by one, by a layout, as on another device, or as its architecture says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from devices.layouts import NOBODY_SAID, SHIPPED, LaidPixel, Layout, of_architecture
from devices.measures import plain
from devices.models import Device
from devices.services.architectures import Architecture
from devices.services.pixels import checked_pixels
from labnotebook.records.refusals import Refusal


def layouts_of(architecture: Architecture) -> list[Layout]:
    """Return the layouts that a device of an architecture is offered, its own one first."""
    said = architecture.definition.pixels
    own = of_architecture(
        [
            LaidPixel(one.label, None if one.area_mm2 is None else f"{one.area_mm2:f}")
            for one in said
        ]
    )
    return [*([own] if own else []), *SHIPPED]


def pixels_for(
    by: Any,
    architecture: Architecture,
    pixels: Sequence[Mapping[str, Any]] | None,
    layout: str = "",
) -> list[dict[str, Any]]:
    """Return the columns of the pixels of a new device; raises Refusal.

    pixels: one by one. layout: the key of a layout, or the code of a device whose pixels are meant. Neither: what
    the architecture says, else four of unknown area.
    """
    layout = layout.strip()
    if pixels is not None and layout:
        raise Refusal("Say the pixels one by one or by a layout, not both.", field="layout")
    if pixels is not None:
        return checked_pixels(pixels)
    offered = layouts_of(architecture)
    if not layout:
        return _columns(offered[0] if architecture.definition.pixels else NOBODY_SAID)
    found = next((one for one in offered if one.key == layout), None) or _as_on(by, layout)
    if found is None:
        known = ", ".join(one.key for one in offered)
        raise Refusal(
            f"{layout[:40]!r} is neither a layout ({known}) nor the code of a device that you may see.",
            field="layout",
        )
    return _columns(found)


def _as_on(by: Any, code: str) -> Layout | None:
    device = Device.objects.visible_to(by).filter(code=code.upper()).first()
    if device is None:
        return None
    areas = [
        LaidPixel(one.label, None if one.area_mm2 is None else f"{plain(one.area_mm2):f}")
        for one in device.pixels.all()
    ]
    return Layout(device.code, f"as on {device.code}", tuple(areas))


def _columns(layout: Layout) -> list[dict[str, Any]]:
    return checked_pixels([one._asdict() for one in layout.pixels])
