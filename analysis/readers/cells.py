"""Read the cells of one row: delimiter, decimal sign, thousands sign, what stands for "no value"."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

_MISSING = frozenset(
    [
        "",
        "nan",
        "n/a",
        "#n/a",
        "n.a.",
        "na",
        "null",
        "none",
        "inf",
        "+inf",
        "-inf",
        "infinity",
        "-infinity",
        "1.#qnan",
        "-1.#qnan",
        "1.#inf",
        "-1.#inf",
        "-1.#ind",
        "1.#ind",
        "#div/0!",
    ]
)
# What instruments write where a reading left their range; it is kept as infinite and named by who reads the table.
_OVERFLOW = frozenset(
    [
        "overflow",
        "over flow",
        "ovflw",
        "ovrflw",
        "ovfl",
        "ovf",
        "ovld",
        "overload",
        "over range",
        "overrange",
        "over-range",
        "ol",
        "o.l.",
        "o.l",
        "+ol",
        "-ol",
        "+over",
        "-over",
        "over",
        "saturated",
        "saturation",
        "sat.",
        "ovrng",
        "ovr",
        "ovrg",
        "out of range",
        "out-of-range",
        "oor",
        "overscale",
        "over scale",
        "max range",
        "clipped",
    ]
)
# A reading beyond a limit.
_BEYOND = re.compile(r">\s*\d+(?:[.,]\d+)?")
_NO_TEXT: frozenset[int] = frozenset()
_CLOCK = re.compile(
    r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-/. ][a-z]{3,9}[-/. ]\d{2,4})?t?(\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?"
    r"(z|am|pm|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_HALF_OF_DAY = re.compile(r"(:\d\d) +([ap]m\b)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]\w*([-_.:/]\w+)*|\w+([-_:/]\w+)+", re.UNICODE)
_BLANKS = re.compile(r"\s{2,}|\t")
_PARTED_BY_A_BLANK = re.compile(r"(?<![\d.,])(\d{1,3})((?: \d{3})+)(?![\d])")


@dataclass(frozen=True, slots=True)
class Style:
    """How rows are written. ``delimiter`` None means runs of blanks.

    ``grouping`` is the sign that parts thousands: ``,``, ``.``, ``'`` or a blank, "" where there is none.
    ``words``: dates, or one name before the numbers, stand between the blanks.
    """

    delimiter: str | None
    decimal_comma: bool = False
    quoted: bool = False
    grouping: str = ""
    words: bool = False

    @property
    def decimal(self) -> str:
        """The decimal sign."""
        return "," if self.decimal_comma else "."


def cells_of(line: str, style: Style) -> list[str]:
    """Split a line into stripped cells, trailing empty ones removed."""
    if style.delimiter is None:
        line = _HALF_OF_DAY.sub(r"\1\2", line) if style.words else line
        return _joined(line, style).split()
    if '"' in line:
        try:
            cells = next(csv.reader([line], delimiter=style.delimiter, skipinitialspace=True), [])
        except csv.Error:
            cells = line.split(style.delimiter)
    else:
        cells = line.split(style.delimiter)
    cells = [cell.strip() for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _joined(line: str, style: Style) -> str:
    """Join thousands that one blank parts, where wider gaps part the columns."""
    if style.grouping != " " or not _BLANKS.search(line.strip()):
        return line
    return _PARTED_BY_A_BLANK.sub(lambda found: found[0].replace(" ", ""), line)


def parse_row(line: str, style: Style) -> tuple[list[float], frozenset[int]] | None:
    """Return the numbers of a row (NaN for empty and text cells) and which columns hold text.

    None when the line is no row: fewer than two cells, or no two cells that are numbers.
    """
    if style.delimiter is None:
        line = _joined(line, style)
    if "_" in line or (style.decimal_comma and not style.quoted and "." in line):
        plain = (
            False  # float() would read 1_000, and 1.234 may mean 1234 where the comma is decimal
        )
    else:
        plain = '"' not in line
    if plain:
        body = line.replace(",", ".") if style.decimal_comma else line
        try:
            numbers = [float(cell) for cell in body.split(style.delimiter)]
        except ValueError:
            pass
        else:
            if len(numbers) < 2:
                return None
            finite = numbers[0] - numbers[0] == 0 or any(n - n == 0 for n in numbers)
            return (numbers, _NO_TEXT) if finite else None
    if style.grouping and '"' not in line and "_" not in line:
        row = _parse_grouped_row(line, style)
        if row is not None:
            return row
    return _parse_odd_row(line, style)


def _parse_grouped_row(line: str, style: Style) -> tuple[list[float], frozenset[int]] | None:
    """Return the numbers of a row whose thousands are parted, None where a cell needs a closer look."""
    whole = _grouped(style.grouping, style.decimal).fullmatch
    sign, numbers = style.grouping, []
    for cell in line.split(style.delimiter):
        text = cell.strip()
        if sign in text:
            if not whole(text):
                return None
            text = text.replace(sign, "")
        try:
            numbers.append(float(text.replace(",", ".") if style.decimal_comma else text))
        except ValueError:
            return None
    return (numbers, _NO_TEXT) if len(numbers) > 1 and numbers[0] - numbers[0] == 0 else None


def _parse_odd_row(line: str, style: Style) -> tuple[list[float], frozenset[int]] | None:
    cells = cells_of(line, style)
    if len(cells) < 2:
        return None
    numbers: list[float] = []
    text: set[int] = set()
    for position, cell in enumerate(cells):
        number = number_of(cell, style)
        if number is None:
            text.add(position)
            number = float("nan")
        numbers.append(number)
    filled = sum(number == number for number in numbers)
    sentence = style.delimiter is None and not (style.words and _is_known_text(cells, text))
    if text and (filled < 2 or sentence):
        return None
    return (numbers, frozenset(text)) if filled else None


def _is_known_text(cells: list[str], text: set[int]) -> bool:
    """Tell whether words between blanks are dates and times, or one name before the numbers."""
    others = [cells[position] for position in text if not is_clock(cells[position])]
    if not others:
        return True
    return others == [cells[0]] and 0 in text and _NAME.fullmatch(cells[0]) is not None


def is_clock(cell: str) -> bool:
    """Tell whether a cell is a date, a time of day, or both."""
    words = cell.replace(",", " ").split()
    return bool(words) and words[0][0].isdigit() and all(map(_CLOCK.fullmatch, words))


def number_of(cell: str, style: Style) -> float | None:
    """Return the number, NaN for a cell that is empty or says "no value", None for text.

    Infinity stands for what an instrument writes beyond its range.
    """
    lower = cell.lower()
    if lower in _MISSING or not lower.strip("-"):
        return float("nan")
    if lower in _OVERFLOW or _BEYOND.fullmatch(lower):
        return float("inf")
    if style.grouping:
        found = _grouped(style.grouping, style.decimal).fullmatch(cell)
        if found:
            parting = r"[\s'’]" if style.grouping in " '" else re.escape(style.grouping)
            cell = lower = re.sub(parting, "", lower)
    if "_" in cell or (style.decimal_comma and "." in cell):
        return None
    if style.decimal_comma:
        lower = lower.replace(",", ".")
    try:
        return float(lower)
    except ValueError:
        pass
    try:
        return float(lower.replace("d", "e", 1))  # Fortran exponents
    except ValueError:
        return None


@cache
def _grouped(sign: str, decimal: str) -> re.Pattern[str]:
    """Return the pattern of a number whose thousands ``sign`` parts."""
    between = "['’]" if sign == "'" else "[\\s]" if sign == " " else re.escape(sign)
    return re.compile(
        rf"[-+]?[1-9]\d{{0,2}}(?:{between}\d{{3}})+(?:{re.escape(decimal)}\d*)?(?:[eE][-+]?\d+)?"
    )
