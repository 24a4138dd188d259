"""Single cells of a table of bottles: numbers, days and CAS numbers, asked about where they can mean two things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from synthesis.chemistry.labels import UnfitLabel, checked_cas
from synthesis.chemistry.typed import UnreadableQuantity, parse_quantity

from .columns import Cell

_THREE_DIGITS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?!\d|[.,])")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:[.,' ]\d{3})+")
_NUMBER = re.compile(r"[+-]?\d+([.,])(\d+)(?![\d.,])")
_LIMIT = re.compile(r"\s*(?:[<>≥≤~±]|min\b|max\b|ca\b|approx|about|mind)", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})\.?[ -](?P<month>[^\W\d]{3,9})|(?P<month2>[^\W\d]{3,9})[ -](?P<day2>\d{1,2}))"
    r"\.?,?[ -](?P<year>\d{4})"
)
_SHORT_YEAR = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_MONTH_ONLY = re.compile(r"(?:\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}|[^\W\d]{3,9}\.?[ -]?\d{4}|\d{4})")
_MONTHS = (
    ("jan",), ("feb",), ("mar", "mär", "mrz"), ("apr",), ("may", "mai"), ("jun",), ("jul",), ("aug",),
    ("sep",), ("oct", "okt"), ("nov",), ("dec", "dez"),
)  # fmt: skip
_SERIAL_ZERO = date(1899, 12, 30)  # of the days that a spreadsheet counts
_SERIALS = (36526, 73050)  # 2000-01-01 to 2099-12-31


class CellFault(ValueError):
    """What cannot be read, or can be read in two ways; the sentence says what and how to write it."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a table writes what can be read in two ways, as somebody said: empty when nobody did.

    decimal: ``comma`` or ``point``. dates: ``day`` or ``month``, which of them stands first in 03/04/2026.
    writes_commas: numbers elsewhere in the table have a decimal comma, so that 1.234 has to be asked about.
    """

    decimal: str = ""
    dates: str = ""
    writes_commas: bool = False


def writes_commas(cells: Iterable[Cell]) -> bool:
    """Whether one of these numbers can only have a decimal comma: 99,5 or 0,125."""
    for cell in cells:
        found = _NUMBER.match(cell.strip()) if isinstance(cell, str) else None
        if found and found[1] == "," and not _THREE_DIGITS.match(found[0]):
            return True
    return False


def plain_number(cell: float) -> str:
    """Return a number of a spreadsheet with the digits that it shows: 15, not 17."""
    return f"{Decimal(f'{cell:.15g}'):f}"


def read_number(cell: Cell, unit: str, *, typed_unit: str = "", habits: Habits) -> Decimal:
    """Return a number in ``unit``; ``typed_unit`` is the one of the heading, used when the cell has none.

    >>> read_number("0,5", "mg", typed_unit="g", habits=Habits())
    Decimal('500')
    """
    if not isinstance(cell, str):
        text = plain_number(cell)
    else:
        text = cell.strip()
        _refuse_formula(text)
        if _LIMIT.match(text):
            raise CellFault(
                f"“{text}” is a limit and no value. Write the number of the certificate, or leave it empty"
                " and put these words into the note."
            )
        text = _decided(text, habits)
    if typed_unit and re.fullmatch(r"[+-]?[\d.,'\s]+(?:[eE][+-]?\d+)?", text):
        text = f"{text} {typed_unit}"
    try:
        return parse_quantity(text, unit=unit).value
    except UnreadableQuantity as refusal:
        raise CellFault(str(refusal)) from None


def _decided(text: str, habits: Habits) -> str:
    """Return a number with a point for its decimals; asks where both readings are possible."""
    digits = re.match(r"[+-]?[\d.,' ]*\d", text)
    number = digits[0] if digits else ""
    rest = text[len(number) :]
    if habits.decimal:
        thousands, decimal = (".", ",") if habits.decimal == "comma" else (",", ".")
        whole, sign, fraction = number.partition(decimal)
        if thousands in fraction or (thousands in whole and not _GROUPED.fullmatch(whole)):
            raise CellFault(
                f"“{text}” is not written with a decimal {habits.decimal}, as was said of this table."
                " Write it so, or change what is said."
            )
        return f"{re.sub(r'[.,]', '', whole)}{'.' if sign else ''}{fraction}{rest}"
    three = _THREE_DIGITS.fullmatch(number)
    if three and (three[1] == "," or habits.writes_commas):
        whole, fraction = number.split(three[1])
        raise CellFault(
            f"“{text}” can be {whole}.{fraction} or {whole}{fraction}. Say whether this table writes a"
            " decimal comma or a decimal point."
        )
    return text


def _refuse_formula(text: str) -> None:
    if text.startswith("="):
        raise CellFault(
            f"“{text[:40]}” is a formula, and formulas are not worked out here. Write its value."
        )
    if re.fullmatch(r"#[A-Z/0!?]+", text):
        raise CellFault(f"The spreadsheet shows the error {text} here. Write the value.")


def read_day(cell: Cell, habits: Habits) -> date:
    """Return a day.

    >>> read_day("3. 4. 2026", Habits())
    datetime.date(2026, 4, 3)
    """
    if not isinstance(cell, str):
        raise CellFault(_not_a_day(cell))
    text = " ".join(cell.split())
    _refuse_formula(text)
    if found := _ISO.fullmatch(text):
        return _day(text, found[1], found[2], found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return _day(text, found[3], found[2], found[1])
    if found := _SLASHED.fullmatch(text):
        return _slashed(text, int(found[1]), int(found[2]), found[3], habits)
    if found := _NAMED.fullmatch(text):
        name = (found["month"] or found["month2"]).casefold()
        for number, starts in enumerate(_MONTHS, start=1):
            if name.startswith(starts):
                return _day(text, found["year"], number, found["day"] or found["day2"])
    if _SHORT_YEAR.fullmatch(text):
        raise CellFault(f"“{text}” has a year of two digits. Write the day like 2026-04-03.")
    if _MONTH_ONLY.fullmatch(text):
        raise CellFault(
            f"“{text}” names no day. Write it like 2026-04-30; of a month, its last day is the latest."
        )
    raise CellFault(f"“{text[:40]}” is no day. Write it like 2026-04-03.")


def _not_a_day(cell: float) -> str:
    if cell == int(cell) and _SERIALS[0] <= cell <= _SERIALS[1]:
        day = _SERIAL_ZERO + timedelta(days=int(cell))
        return (
            f"{int(cell)} is a number and no day. If {day.isoformat()} is meant, write that, or give the cell"
            " the format of a date."
        )
    return f"{plain_number(cell)} is a number and no day. Write the day like 2026-04-03."


def _slashed(text: str, first: int, second: int, year: str, habits: Habits) -> date:
    may_be = {"day": second <= 12, "month": first <= 12}  # which of them can stand first
    first_is = habits.dates or ("day" if may_be["day"] else "month")
    if habits.dates or first == second or may_be["day"] != may_be["month"]:
        return _day(text, year, *((second, first) if first_is == "day" else (first, second)))
    if not may_be["day"]:
        raise CellFault(f"“{text}” is no day. Write it like 2026-04-03.")
    raise CellFault(
        f"“{text}” can be {year}-{second:02d}-{first:02d} or {year}-{first:02d}-{second:02d}. Say whether the"
        " day or the month stands first in this table."
    )


def _day(text: str, year: str | int, month: str | int, day: str | int) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise CellFault(
            f"There is no day “{text}”. Check day and month; write it like 2026-04-03."
        ) from None


def read_cas(cell: Cell) -> str:
    """Return a CAS number; what a spreadsheet made a date of is told with the number that it was."""
    if not isinstance(cell, str):
        raise CellFault(f"{plain_number(cell)} is no CAS number. It is written like 10101-63-0.")
    text = cell.strip()
    try:
        return checked_cas(text)
    except UnfitLabel as refusal:
        was = unmangled_cas(text)
        if was:
            raise CellFault(
                f"“{text}” is a date that a spreadsheet made of a CAS number, by the looks of it {was}. Write"
                " that, in a cell with the format text."
            ) from None
        raise CellFault(str(refusal)) from None


def unmangled_cas(text: str) -> str:
    """Return the CAS number of which a spreadsheet made this date; empty when it can be none.

    >>> unmangled_cas("7789-06-02"), unmangled_cas("02.06.7789")
    ('7789-06-2', '7789-06-2')
    """
    text = text.strip()
    tries: list[tuple[str, str, str]] = []
    if found := _ISO.fullmatch(text):
        tries = [(found[1], found[2], found[3])]
    elif found := _DAY_FIRST.fullmatch(text):
        tries = [(found[3], found[2], found[1])]
    elif found := _SLASHED.fullmatch(text):
        tries = [(found[3], found[1], found[2]), (found[3], found[2], found[1])]
    for year, month, day in tries:
        try:
            return checked_cas(f"{int(year)}-{int(month):02d}-{int(day)}")
        except UnfitLabel:
            continue
    return ""
