"""Read areas and thicknesses as they are typed. Plain functions, no Django."""

from __future__ import annotations

from decimal import Decimal

from synthesis.chemistry.layers import LARGEST_THICKNESS_NM
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity

AREA_DECIMALS, LARGEST_AREA_MM2 = 4, Decimal(100_000)
THICKNESS_DECIMALS = 3


def read_area_mm2(text: str) -> Decimal:
    """Return an area in mm² from ``4``, ``4,0 mm²`` or ``0.04 cm2``; raises UnreadableQuantity."""
    area = parse_quantity(text, unit="mm²").value
    if not 0 < area <= LARGEST_AREA_MM2:
        raise UnreadableQuantity(
            f"“{text.strip()}” is no area of a pixel: it lies above 0 and at most at"
            f" {LARGEST_AREA_MM2} mm². Leave it empty when it is not known."
        )
    return _with_decimals(area, AREA_DECIMALS, text, "mm²")


def read_thickness_nm(text: str) -> Decimal:
    """Return a thickness in nm from ``30``, ``0,7 mm`` or ``12 Å``; raises UnreadableQuantity."""
    thickness = parse_quantity(text, unit="nm").value
    if not 0 < thickness <= LARGEST_THICKNESS_NM:
        raise UnreadableQuantity(
            f"“{text.strip()}” is no thickness: it lies above 0 nm and at most at 10 cm. Leave it empty"
            " when it is not known."
        )
    return _with_decimals(thickness, THICKNESS_DECIMALS, text, "nm")


def plain(value: Decimal | None) -> Decimal | None:
    """Return the number without the zeros that the column adds: 40.000 -> 40."""
    if value is None:
        return None
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _with_decimals(value: Decimal, decimals: int, text: str, unit: str) -> Decimal:
    rounded = round(value, decimals)
    if rounded != value:
        raise UnreadableQuantity(
            f"“{text.strip()}” has more than {decimals} decimals in {unit}. Write what was measured."
        )
    return rounded
