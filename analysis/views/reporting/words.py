"""Times, people and amounts as a report writes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from analysis.quantities import QUANTITIES
from labnotebook.records.presentation.numbers import UNKNOWN, format_quantity


def when(moment: datetime | None, *, after: datetime | None = None) -> str:
    """Return day and time in the lab's zone; the time alone when ``after`` is of the same day."""
    if moment is None:
        return UNKNOWN
    here = localtime(moment)
    same = after is not None and localtime(after).date() == here.date()
    return date_format(here, "H:i:s" if same else "j M Y, H:i:s")


def day(moment: date | None) -> str:
    """Return a day."""
    return date_format(moment, "j M Y") if moment else UNKNOWN


def person(user: Any) -> str:
    """Return who it was: the full name, and the name by which the notebook knows them."""
    full, name = user.get_full_name(), user.get_username()
    return f"{full} ({name})" if full else str(name)


def by(user: Any, moment: datetime | None) -> str:
    """Return who and when."""
    return f"{person(user)}, {when(moment)}"


def joined(*parts: str, between: str = "; ") -> str:
    """Return the parts that say something, in one text."""
    return between.join(part for part in parts if part)


def answer(number: Any) -> str:
    """Return a figure or an outcome with its uncertainty or interval, and its unit."""
    known = QUANTITIES.get(number["quantity"])
    unit = known.written_unit if known else number["unit"]
    return format_quantity(
        number["value"], number["uncertainty"], unit, low=number["low"], high=number["high"]
    ).text
