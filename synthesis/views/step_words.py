"""Steps in words: set points with their units, for pills, lists and the bench."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from labnotebook.records.presentation.numbers import format_quantity

UNITS = {
    "temperature_c": "°C",
    "speed_rpm": "rpm",
    "volume_ml": "mL",
    "pressure_pa": "Pa",
    "thickness_nm": "nm",
    "duration_s": "s",
    "repeats": "×",
}
WORDS = {
    "temperature_c": _("Temperature"),
    "duration_s": _("Duration"),
    "speed_rpm": _("Speed"),
    "volume_ml": _("Volume"),
    "pressure_pa": _("Pressure"),
    "thickness_nm": _("Thickness"),
    "repeats": _("Repeats"),
}


def set_points(parameters: Mapping[str, Any]) -> str:
    """Return a step's numbers as written on paper: ``120 °C, 60 min``."""
    return ", ".join(
        set_point(name, parameters[name]) for name in UNITS if parameters.get(name) is not None
    )


def set_point(name: str, value: Any) -> str:
    """Return one number with its unit; long times in minutes or hours."""
    number = Decimal(f"{Decimal(str(value)).normalize():f}")
    unit = UNITS.get(name, "")
    if name == "duration_s" and number >= 7200 and number % 1800 == 0:
        number, unit = number / 3600, "h"
    elif name == "duration_s" and number >= 120 and number % 60 == 0:
        number, unit = number / 60, "min"
    return format_quantity(number, unit=unit).text
