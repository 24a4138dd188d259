"""Refuse tables in which one sign parts the columns and the digits of a number."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from analysis.readers.cells import Style, cells_of
from analysis.readers.heads import Head
from analysis.readers.tables import Block
from analysis.reading import UnreadableFile

_WHOLE = re.compile(r"[-+]?\d+([eE][-+]?\d+)?")
_THREE = re.compile(r"\d{3}([.,]\d*)?")
_ONE_TO_THREE = re.compile(r"[-+]?[1-9]\d{0,2}")


def refuse_sign_of_two_meanings(main: Block, style: Style, heads: list[Head]) -> None:
    """Raise `UnreadableFile` for ``450,0,1,25`` and ``4.00,1,234.5``: their numbers cannot be told apart."""
    if style.quoted or style.delimiter not in (",", None):
        return
    rows = [cells_of(row, style) for row in main.rows[:: max(1, len(main.rows) // 2000)]]
    labels = sum(bool(head.label) for head in heads)
    if _parts_thousands(rows, labels):
        sign = "comma" if style.delimiter == "," else "blank"
        raise UnreadableFile(
            f"The {sign} is both the delimiter and the sign between thousands in this file, so its numbers cannot "
            "be told apart. Export it with tabs or semicolons between the columns, or without signs between thousands."
        )
    if style.delimiter == "," and _is_decimal_too(rows, labels):
        raise UnreadableFile(
            "The comma is both the delimiter and the decimal sign in this file, so its numbers cannot be "
            "told apart. Export it with tabs or semicolons between the columns, or with decimal points."
        )


def _parts_thousands(rows: list[list[str]], labels: int) -> bool:
    """Tell whether rows become wider where a number reaches 1,000."""
    least = min(map(len, rows))
    wider = [row for row in rows if len(row) > least]
    if not wider or not _grows(rows) or labels > least:
        return False
    return all(
        any(
            _ONE_TO_THREE.fullmatch(cell) and _THREE.fullmatch(following)
            for cell, following in pairwise(row[1:])
        )
        for row in wider
    )


def _grows(rows: list[list[str]]) -> bool:
    return any(len(row) < len(later) for row, later in pairwise(rows))


def _is_decimal_too(rows: list[list[str]], labels: int) -> bool:
    """Tell whether cells beside each other are the two halves of numbers with a decimal comma."""
    width = max(map(len, rows))
    if width < 3 or not all(_WHOLE.fullmatch(cell) for row in rows for cell in row if cell):
        return False
    if 0 < labels < width <= 2 * labels:
        return True
    if labels >= width:
        return False
    if labels == 0 and _grows(rows):
        return True
    return _halves(rows)


def _halves(rows: list[list[str]]) -> bool:
    """Tell whether the first two cells are an axis such as 600,0 600,5 601,0 that repeats its whole part."""
    firsts = np.array([float(row[0]) for row in rows])
    seconds = [row[1] for row in rows]
    if len({len(second) for second in seconds}) > 1 or any(
        not second.isdigit() for second in seconds
    ):
        return False
    axis = np.array([float(f"{row[0]}.{row[1]}") for row in rows])
    repeats = bool((np.diff(firsts) == 0).any()) or any(second[0] == "0" for second in seconds)
    steps = np.diff(axis)
    return repeats and bool((steps > 0).all() or (steps < 0).all())
