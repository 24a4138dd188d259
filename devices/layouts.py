"""Pixel layouts: which emitting areas a substrate has. Plain values, no Django.

Three ship; a lab's own one stands in its architecture (``pixels`` of the recipe), or is that of another device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class LaidPixel(NamedTuple):
    """One pixel of a layout: label, and area in mm² as typed; None where nobody said."""

    label: str
    area_mm2: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Pixels by a name under which they are asked for."""

    key: str
    name: str
    pixels: tuple[LaidPixel, ...]


OF_ARCHITECTURE = "architecture"


def _equal(key: str, count: int, area_mm2: str) -> Layout:
    pixels = tuple(LaidPixel(f"P{n}", area_mm2) for n in range(1, count + 1))
    return Layout(key, f"{count} pixels of {area_mm2} mm²", pixels)


SHIPPED = (_equal("4x4", 4, "4"), _equal("6x4.5", 6, "4.5"), _equal("8x4.5", 8, "4.5"))
NOBODY_SAID = Layout("", "4 pixels, area not known", tuple(LaidPixel(f"P{n}") for n in range(1, 5)))


def of_architecture(pixels: Sequence[LaidPixel]) -> Layout | None:
    """Return the layout that an architecture says; None where it says none.

    >>> of_architecture([LaidPixel("P1", "9"), LaidPixel("P2", "9")]).name
    '2 pixels of 9 mm², as the architecture says'
    """
    if not pixels:
        return None
    areas = {one.area_mm2 for one in pixels}
    size = f" of {pixels[0].area_mm2} mm²" if len(areas) == 1 and pixels[0].area_mm2 else ""
    noun = "pixel" if len(pixels) == 1 else "pixels"
    name = f"{len(pixels)} {noun}{size}, as the architecture says"
    return Layout(OF_ARCHITECTURE, name, tuple(pixels))
