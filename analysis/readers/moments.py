"""When a file was measured, as its head says it; pure. A date that can be read in two ways says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

# Heads under which instruments write it. "Creation date" of a configuration and "printed" are none.
_KEYS = re.compile(
    r"(measured|acquired)([ _](at|on))?|(start(ed)?|collection|acquisition|measurement|file)[ _]?(date|time)"
    r"([ _]?(stamp|and time))?|started|datum|messdatum|date([ /]?time)?([ _]?stamp)?|date ?measured"
    r"|_?pd_meas_datetime_initiated",
    re.IGNORECASE,
)
_TIME_KEYS = ("time", "zeit", "uhrzeit")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_NAMED = re.compile(
    r"(?<![\w])(?:(\d{1,2})[-/. ]+([^\W\d_]{3,9})|([^\W\d_]{3,9}) +(\d{1,2})(?=[ ,]))[-/., ]+(?:.*? )??((?:19|20)\d\d)(?!\d)"
)
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d+)?(?:\s*([AP])\.?M\b)?", re.I)
_ZONE = re.compile(r"(?:(Z)|\b(GMT|UTC)|([+-])(\d\d):?(\d\d))(?!\d)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ["jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"], start=1
    )
    for name in names.split()
}  # fmt: skip


def moment_in(metadata: Mapping[str, Any]) -> datetime | None:
    """Return when a file was measured as its reader's metadata say, with a zone where it stands there.

    Without a time of day it is midnight. None where nothing is said, where several days are, and where day and month
    may be the other way round or the year has two digits.

    >>> moment_in({"header": {"Date": "04-Mar-2010", "Time": "20:59"}})
    datetime.datetime(2010, 3, 4, 20, 59)
    >>> moment_in({"header": {"Date": "03/04/2010"}})
    """
    header = metadata.get("header")
    said = {**metadata, **(header if isinstance(header, Mapping) else {})}
    found = list(_moments({str(key): str(value) for key, value in said.items()}))
    days = {one.date() for one in found}
    return min(found, key=lambda one: one.replace(tzinfo=None)) if len(days) == 1 else None


def _moments(said: Mapping[str, str]) -> Iterator[datetime]:
    clock = next((value for key, value in said.items() if key.casefold() in _TIME_KEYS), "")
    for key, value in said.items():
        if _KEYS.fullmatch(key.strip(" :#")):
            text = value if _CLOCK.search(value) else f"{value} {clock}"
        elif _YEAR_FIRST.match(key) or _YEAR_LAST.match(
            key
        ):  # a line of its own, parted at a colon
            text = f"{key}:{value}" if re.search(r" \d{1,2}$", key) else f"{key} {value}"
        else:
            continue
        with suppress(ValueError):  # the 31st of February
            if moment := _moment(text):
                yield moment


def _moment(text: str) -> datetime | None:
    day = _day(text)
    if day is None:
        return None
    clock = _CLOCK.search(text)
    if clock is None:
        return datetime(*day)
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].upper() == "P" else 0)
    return datetime(
        *day, hour, int(clock[2]), int(clock[3] or 0), tzinfo=_zone(text[clock.end() :])
    )


def _zone(rest: str) -> tzinfo | None:
    found = _ZONE.search(rest)
    if found is None:
        return None
    if not found[3]:
        return UTC
    away = timedelta(hours=int(found[4]), minutes=int(found[5]))
    return timezone(away if found[3] == "+" else -away)


def _day(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day; None where they are not told for sure."""
    if found := _YEAR_FIRST.search(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _NAMED.search(text):
        month = _MONTHS.get((found[2] or found[3]).casefold()[:3])
        return (int(found[5]), month, int(found[1] or found[4])) if month else None
    if found := _YEAR_LAST.search(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "." or first > 12 or first == second:
            return year, second, first
        if second > 12:
            return year, first, second
    return None
