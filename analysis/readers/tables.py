"""Find the tables of numbers inside a text export: delimiter, decimal sign, blocks, head lines.

Nothing is dropped in silence: a line inside a table that is no row of numbers is named in a warning.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.readers.cells import Style, cells_of, parse_row
from analysis.readers.styles import find_style
from analysis.readers.text import MAX_ROWS
from analysis.reading import UnreadableFile

MIN_POINTS = 5
MAX_COLUMNS = 2000
MAX_BLOCKS = 5000
_MAX_GAP_LINES = 3


@dataclass(slots=True)
class Block:
    """A run of rows. ``columns`` has shape (columns, rows), NaN where a cell is empty."""

    first_line: int
    last_line: int
    text_columns: frozenset[int]
    columns: NDArray[np.float64]
    rows: list[str]  # as written
    above: list[str] = field(default_factory=list)  # the lines since the block before


@dataclass(slots=True)
class Table:
    """The tables of one shape in a file, and the lines around them."""

    style: Style
    blocks: list[Block]
    footer: list[str]
    warnings: list[str]


def find_tables(lines: list[str]) -> Table:
    """Return the largest table of a text and those of the same shape.

    Raises
    ------
    UnreadableFile
        when there is no table of at least five rows and two columns.
    """
    style = find_style(lines)
    if style is None:
        raise UnreadableFile(_no_table(lines))
    blocks, warnings = _scan(lines, style)
    main = max(blocks, key=lambda block: block.columns.shape[1], default=None)
    if main is None or main.columns.shape[1] < MIN_POINTS:
        raise UnreadableFile(_no_table(lines))
    kept: list[Block] = []
    end_of_last = 0
    for block in blocks:
        same = block.columns.shape[0] == main.columns.shape[0]
        same = same and block.text_columns == main.text_columns
        if block is main or (same and block.columns.shape[1] >= MIN_POINTS):
            block.above = lines[end_of_last : block.first_line - 1]
            end_of_last = block.last_line
            kept.append(block)
        elif block.last_line == main.first_line - 1 and not block.text_columns & {0, 1}:
            warnings.append(
                f"Lines {block.first_line} to {block.last_line}, right above the table, hold other cells "
                "beside their numbers and were not read."
            )
        elif 0 in block.text_columns and not kept:
            continue  # names with several values: they stay with the header
        elif block.columns.shape[1] >= MIN_POINTS or (kept and not block.text_columns):
            warnings.append(
                f"Lines {block.first_line} to {block.last_line} hold another table of numbers "
                f"({block.columns.shape[0]} columns, {block.columns.shape[1]} rows); it was not read."
            )
    return Table(style, kept, lines[end_of_last:], warnings)


class _Builder:
    """A block while its rows come in."""

    def __init__(self, line_number: int, line: str, row: list[float], text: frozenset[int]) -> None:
        self.first_line = self.last_line = line_number
        self.text = text
        self.cells = array("d", row)  # row after row; millions of lists would not fit
        self.widths = array("i", [len(row)])
        self.rows = [line]
        self.abscissa = min(set(range(len(row))) - text, default=0)
        self.x_before = float("nan")
        self.x_last = self._x(row)

    def _x(self, row: list[float]) -> float:
        return row[self.abscissa] if self.abscissa < len(row) else float("nan")

    def add(self, line_number: int, line: str, row: list[float]) -> None:
        self.cells.extend(row)
        self.widths.append(len(row))
        self.rows.append(line)
        self.last_line = line_number
        self.x_before, self.x_last = self.x_last, self._x(row)

    def goes_on_with(self, row: list[float]) -> bool:
        """Tell whether the abscissa continues in its direction, as it does after a spoilt line."""
        step_before, step = self.x_last - self.x_before, self._x(row) - self.x_last
        if step_before != step_before:
            return len(row) == self.widths[-1]
        return step * step_before > 0 and abs(step) <= 20 * abs(step_before)

    def has_room_for(self, row: list[float], text: frozenset[int]) -> bool:
        """Tell whether a row with words in the place of numbers is the next one, on the way or at a turn."""
        if len(self.widths) < 3 or len(row) != self.widths[-1] or self.abscissa in text:
            return False
        step_before, step = self.x_last - self.x_before, self._x(row) - self.x_last
        return 0 < abs(step) <= 3 * abs(step_before)

    def finish(self) -> Block:
        lead = self._header_rows()
        width = max(self.widths[lead:])
        if width > MAX_COLUMNS:
            raise UnreadableFile(
                f"The table at line {self.first_line} has {width} columns; at most {MAX_COLUMNS} are "
                "read. Export the points as rows, not as columns."
            )
        cells = np.frombuffer(self.cells, dtype=np.float64)[sum(self.widths[:lead]) :]
        if min(self.widths[lead:]) == width:
            columns = cells.reshape(-1, width).T.copy()
        else:
            columns = np.full((width, len(self.widths) - lead), np.nan)
            start = 0
            for number, length in enumerate(self.widths[lead:]):
                columns[:length, number] = cells[start : start + length]
                start += length
        return Block(self.first_line + lead, self.last_line, self.text, columns, self.rows[lead:])

    def _header_rows(self) -> int:
        """Return how many of the first rows are numbers of the header, not of the table."""
        common = Counter(self.widths).most_common(1)[0][0]
        lead = 0
        while lead < min(3, len(self.widths) - 1) and self.widths[lead] != common:
            lead += 1
        return 0 if self.widths[0] in self.widths[lead:] else lead


def _scan(lines: list[str], style: Style) -> tuple[list[Block], list[str]]:
    blocks: list[Block] = []
    spoilt: list[tuple[int, str]] = []
    words: dict[int, list[str]] = {}
    current: _Builder | None = None
    gap: list[tuple[int, str]] = []
    blank_gap = False
    row_count = 0
    for line_number, line in enumerate(lines, 1):
        row = parse_row(line.rstrip(" \t,;") if line[-1:] in " \t,;" else line, style)
        if row is None:
            if line.strip(" \t,;"):
                gap.append((line_number, line))
            else:
                blank_gap = True
            continue
        row_count += 1
        if row_count > MAX_ROWS:
            raise UnreadableFile(
                f"This file has more than {MAX_ROWS} rows. Export a single scan and upload that."
            )
        numbers, text = row
        if text and current is not None and not current.text:
            numbers, text = _without_remark(numbers, text, current.widths[-1])
            if text and not gap and not blank_gap and current.has_room_for(numbers, text):
                for column in text:
                    words.setdefault(column, []).append(cells_of(line, style)[column])
                text = frozenset()
        if current is not None and _joins(current, numbers, text, gap, blank_gap):
            spoilt.extend(gap)
            current.add(line_number, line, numbers)
        else:
            if current is not None:
                blocks.append(current.finish())
                _refuse_crumbs(blocks)
            current = _Builder(line_number, line, numbers, text)
        gap, blank_gap = [], False
    if current is not None:
        blocks.append(current.finish())
    return blocks, [*_name_words(words), *_name_spoilt_lines(spoilt)]


def _without_remark(
    numbers: list[float], text: frozenset[int], width: int
) -> tuple[list[float], frozenset[int]]:
    """Leave out words that stand behind the columns of a table in some of its rows."""
    behind = all(number != number for number in numbers[width:])
    return (numbers[:width], frozenset()) if min(text) >= width and behind else (numbers, text)


def _refuse_crumbs(blocks: list[Block]) -> None:
    if len(blocks) == MAX_BLOCKS:
        raise UnreadableFile(
            f"This text holds more than {MAX_BLOCKS} separate tables of numbers, so it is no single measurement. "
            "Export one scan and upload that."
        )


def _joins(
    current: _Builder,
    row: list[float],
    text: frozenset[int],
    gap: list[tuple[int, str]],
    blank: bool,
) -> bool:
    if text != current.text or len(gap) > _MAX_GAP_LINES:
        return False
    if len(row) != current.widths[-1] and len(current.widths) > 3:
        return current.goes_on_with(row)
    return not (gap or blank) or current.goes_on_with(row)


def _name_words(words: dict[int, list[str]]) -> list[str]:
    """Say which columns hold words in the place of numbers: no value is made of them."""
    said: list[str] = []
    for column, cells in sorted(words.items()):
        count = f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'} of column {column + 1}"
        # Excel and Fortran fill a field with such signs when its number has no room.
        what = (
            "show an overflow of their field"
            if set("".join(cells)) <= set("#*")
            else "hold words in the place of a number"
        )
        said.append(f'{count} {what} ("{cells[0][:20]}"), no measured value; left out.')
    return said


def _name_spoilt_lines(spoilt: list[tuple[int, str]]) -> list[str]:
    warnings = [
        f'Line {number} inside the data is no row of numbers and was left out: "{line.strip()[:60]}".'
        for number, line in spoilt[:5]
    ]
    if len(spoilt) > 5:
        numbers = ", ".join(str(number) for number, _ in spoilt[5:25])
        warnings.append(f"{len(spoilt) - 5} more such lines were left out (lines {numbers}...).")
    return warnings


def _no_table(lines: list[str]) -> str:
    start = next((line.strip()[:40] for line in lines if line.strip()), "")
    shown = "".join(sign if sign.isprintable() else "?" for sign in start)
    return (
        f"No table with at least {MIN_POINTS} rows and two columns of numbers was found in this text "
        f'(it begins "{shown}"). Export the measurement as text with one point per line.'
    )
