"""The explorer's other figures for print: small figures, groups, the phase map, the control chart.

As the scatter of `printed_points`: one column of a journal, the question below. Pure: no Django, no database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from analysis.curves.printed import (
    COLUMN_MM,
    GRID,
    INK,
    LETTERS_PT,
    LINE_MM,
    PLOT_MM,
    RIGHT_MM,
    SMALL_PT,
    Box,
    draw_frame,
    draw_y_numbers,
)
from analysis.curves.printed_points import (
    Dot,
    axes_over,
    colour_of,
    draw_dots,
    draw_mark,
    sheet_for,
)
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.explorer_figures import KeyItem
from labnotebook.records.presentation.sheet import Field, Sheet, Stroke, Words, width_mm_of

PART_MM, PART_GAP_MM, BESIDE_MM = 22.0, 8.5, 4.0
ROW_MM = 5.0
CELL_MM = 6.0
BOX_COLOUR = "#0B5CAD"
RING_MM = 1.6


class PrintedPart(NamedTuple):
    """One small figure: its words, and its batches."""

    label: str
    dots: Sequence[Dot]


class PrintedGroup(NamedTuple):
    """One group: its words and ends; ``middle`` is (lower quartile, upper quartile), None of few, drawn as dots."""

    label: str
    low: float
    high: float
    median: float
    middle: tuple[float, float] | None
    values: Sequence[float]


class PrintedCell(NamedTuple):
    """One cell of a map: the mark of its phase, its words, whether it says next to nothing."""

    mark: str
    words: str
    few: bool


def printed_parts(
    parts: Sequence[PrintedPart],
    key: Sequence[KeyItem],
    x: Axis,
    y: Axis,
    said: Sequence[str],
) -> Sheet:
    """Return the small figures, two beside each other, on the same axes."""
    x, y = axes_over([dot for part in parts for dot in part.dots], x, y, wanted=4)
    rows = (len(parts) + 1) // 2
    sheet, whole = sheet_for(key, rows * (PART_MM + PART_GAP_MM) - PART_GAP_MM + LINE_MM, said)
    width = (whole.width - BESIDE_MM) / 2
    for number, part in enumerate(parts):
        row, column = divmod(number, 2)
        left = whole.left + column * (width + BESIDE_MM)
        box = Box(left, whole.top + LINE_MM + row * (PART_MM + PART_GAP_MM), width, PART_MM)
        sheet.parts.append(Words((left, box.top - 1.6), _fitting(part.label, width), LETTERS_PT))
        draw_dots(sheet, part.dots, x, y, box)
        below = number + 2 >= len(parts)
        draw_frame(sheet, x, box, last=below)
        if column == 0:
            draw_y_numbers(sheet, y, box)
    return sheet


def printed_groups(groups: Sequence[PrintedGroup], y: Axis, said: Sequence[str]) -> Sheet:
    """Return a box for each group on one scale, which lies; of few each value is a dot."""
    ends = [value for group in groups for value in (group.low, group.high)]
    scale = Axis.over([ends], y.label, y.unit, wanted=6)
    sheet, whole = sheet_for([], ROW_MM * len(groups), said)
    room = min(max(width_mm_of(one.label, LETTERS_PT) for one in groups) + 2, 0.45 * COLUMN_MM)
    box = Box(RIGHT_MM + room, whole.top, COLUMN_MM - 2 * RIGHT_MM - room, whole.height)
    for number, group in enumerate(groups):
        middle = box.top + (number + 0.5) * ROW_MM
        words = Words((box.left - 1, middle), _fitting(group.label, room - 1), LETTERS_PT, "end")
        sheet.parts.append(words)
        _draw_group(sheet, group, [box.left, box.width], middle, scale)
    draw_frame(sheet, scale, box, last=True)
    return sheet


def _draw_group(
    sheet: Sheet, group: PrintedGroup, room: Sequence[float], middle: float, scale: Axis
) -> None:
    def at(value: float) -> float:
        return room[0] + scale.at(value) * room[1]

    if group.middle is None:
        for value in group.values:
            draw_mark(sheet, (at(value), middle), "g1")
        return
    ends = [(at(group.low), middle), (at(group.high), middle)]
    sheet.parts.append(Stroke(ends, INK, 0.2))
    left, right = (at(value) for value in group.middle)
    sheet.parts.append(Field(left, middle - 1.3, right - left, 2.6, GRID))
    corners = [(left, -1.3), (right, -1.3), (right, 1.3), (left, 1.3), (left, -1.3)]
    sheet.parts.append(Stroke([(a, middle + b) for a, b in corners], BOX_COLOUR, 0.25))
    median = at(group.median)
    sheet.parts.append(Stroke([(median, middle - 1.7), (median, middle + 1.7)], INK, 0.4))


def printed_map(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[PrintedCell | None]]],
    key: Sequence[KeyItem],
    titles: tuple[str, str],
    said: Sequence[str],
) -> Sheet:
    """Return the table of cells. titles: of what goes across, and of what goes down."""
    sheet, whole = sheet_for(key, CELL_MM * (len(rows) + 1), said)
    size = min(LETTERS_PT, LETTERS_PT * 8 / max(len(columns), 1))
    width = whole.width / max(len(columns), 1)
    for number, head in enumerate(columns):
        place = (whole.left + (number + 0.5) * width, whole.top + CELL_MM / 2)
        sheet.parts.append(Words(place, _fitting(head, width, size), size, "middle"))
    for number, (head, cells) in enumerate(rows):
        top = whole.top + (number + 1) * CELL_MM
        place = (whole.left - 1, top + CELL_MM / 2)
        sheet.parts.append(Words(place, _fitting(head, whole.left - 4, SMALL_PT), SMALL_PT, "end"))
        for column, cell in enumerate(cells):
            if cell is not None:
                left = whole.left + column * width
                _draw_cell(sheet, cell, Box(left + 0.3, top + 0.3, width - 0.6, CELL_MM - 0.6))
    foot = whole.top + whole.height + 3
    across = Words((whole.left + whole.width / 2, foot), titles[0], LETTERS_PT, "middle")
    middle = (2.0, whole.top + whole.height / 2)
    sheet.parts += [across, Words(middle, titles[1], SMALL_PT, "middle", up=True)]
    return sheet


def _draw_cell(sheet: Sheet, cell: PrintedCell, box: Box) -> None:
    left, top, width, height = box
    right, foot = left + width, top + height
    corners = [(left, top), (right, top), (right, foot), (left, foot), (left, top)]
    dash = (0.8, 0.6) if cell.few else ()
    sheet.parts.append(Stroke(corners, colour_of(cell.mark), 0.25, dash))
    words = width_mm_of(cell.words, SMALL_PT)
    start = left + (width - words - 2.6) / 2
    draw_mark(sheet, (start + 0.9, top + height / 2), cell.mark)
    sheet.parts.append(Words((start + 2.6, top + height / 2), cell.words, SMALL_PT))


def printed_control(
    dots: Sequence[Dot],
    key: Sequence[KeyItem],
    lines: tuple[float, float, float],
    ringed: Collection[int],
    x_label: str,
    y: Axis,
    said: Sequence[str],
) -> Sheet:
    """Return the values one after the other; lines: lower limit, middle and upper limit; ringed: places beyond."""
    n = len(dots)
    placed = [dot._replace(x=float(place), u_x=None) for place, dot in enumerate(dots, start=1)]
    ends = [dot.y + sign * (dot.u_y or 0.0) for dot in dots for sign in (-1, 1)]
    y = Axis.over([ends, lines], y.label, y.unit)
    x = Axis(0.5 - 0.02 * n, n + 0.5 + 0.09 * n, x_label, wanted=6)
    sheet, box = sheet_for(key, PLOT_MM, said)
    for value, dash in zip(lines, ((1.4, 0.9), (), (1.4, 0.9)), strict=True):
        level = [box.at(0, y.at(value)), box.at(1, y.at(value))]
        sheet.parts.append(Stroke(level, colour_of("failed") if dash else INK, 0.25, dash))
        above = (box.left + box.width - 0.8, level[0][1] - 1.2)
        sheet.parts.append(Words(above, f"{value:.4g}", SMALL_PT, "end"))
    path = [box.at(x.at(dot.x), y.at(dot.y)) for dot in placed]
    sheet.parts.append(Stroke(path, colour_of("others"), 0.15))
    for place in ringed:
        a, b = path[place]
        corners = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)]
        ring = [(a + RING_MM * u, b + RING_MM * v) for u, v in corners]
        sheet.parts.append(Stroke(ring, colour_of("failed"), 0.3))
    draw_dots(sheet, placed, x, y, box)
    draw_frame(sheet, x, box, last=True)
    draw_y_numbers(sheet, y, box)
    return sheet


def _fitting(words: str, room_mm: float, size_pt: float = LETTERS_PT) -> str:
    """Return words cut to what fits, with an ellipsis."""
    if width_mm_of(words, size_pt) <= room_mm:
        return words
    while words and width_mm_of(f"{words}…", size_pt) > room_mm:
        words = words[:-1]
    return f"{words}…"
