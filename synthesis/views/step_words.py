"""Steps in words: set points with their units, for pills, lists and the bench."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from labnotebook.records.presentation.numbers import format_quantity
from synthesis.chemistry.operations import shipped_operations, step_number
from synthesis.chemistry.steps import Varied
from synthesis.chemistry.typed import names_a_unit
from synthesis.models import Condition


def air_unit(name: str, text: str) -> str:
    """Return the unit to write behind a reading of the air; none when it was typed with one."""
    return "" if names_a_unit(text) else Condition.Name(name).unit


def left_out(stays_empty: bool, why: str) -> str:
    """Return why a reagent or step has no number: nobody recorded it, or it was left out on purpose."""
    return why if stays_empty else _("left out: %(why)s") % {"why": why}


def place_of(name: str) -> tuple[int, str]:
    """Return where a number stands among the numbers of a step."""
    order = list(shipped_operations().measures)
    number = step_number(name)
    if number is None or number.name != number.measure.name:
        return len(order), name  # of rows: after the others, in their own order
    return order.index(number.measure.name), name


def word_of(name: str) -> str:
    """Return what a number of a step is called."""
    number = step_number(name)
    return number.label if number else name.replace("_", " ")


def unit_of(name: str) -> str:
    """Return the unit that a number of a step is kept in, as it is written behind it."""
    number = step_number(name)
    if number is None:
        return ""
    return number.unit or number.measure.shown


def set_points(parameters: Mapping[str, Any]) -> str:
    """Return a step's numbers as written on paper: ``120 °C, 60 min``."""
    known = [name for name in parameters if parameters[name] is not None]
    return ", ".join(set_point(name, parameters[name]) for name in sorted(known, key=place_of))


def set_point(name: str, value: Any) -> str:
    """Return one number with its unit; long times in minutes or hours, rates of evaporation in Å/s."""
    if isinstance(value, Varied):
        return value.input.replace("_", " ")
    number = Decimal(f"{Decimal(str(value)).normalize():f}")
    unit, per = shown_in(name, number)
    return format_quantity(number if per == 1 else (number / per).normalize(), unit=unit).text


def shown_in(name: str, planned: Decimal | None) -> tuple[str, Decimal]:
    """Return the unit in which people say a number of a step, and how many of the kept unit one is.

    A plan of 3600 s is said in minutes, one of 5 s in seconds.
    """
    unit = unit_of(name)
    if unit == "s" and planned is not None:
        if planned >= 7200 and planned % 1800 == 0:
            return "h", Decimal(3600)
        if planned >= 120 and planned % 60 == 0:
            return "min", Decimal(60)
    if unit == "nm/s":
        return "Å/s", Decimal("0.1")
    return unit, Decimal(1)
