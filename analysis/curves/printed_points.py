"""The printed figure of batches as marks: one column of a journal, with the question that it answers below it.

Pure: no Django, no database.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from analysis.curves.printed import (
    COLOURS,
    COLUMN_MM,
    FOOT_MM,
    INK,
    LEFT_MM,
    LETTERS_PT,
    LINE_MM,
    PLOT_MM,
    RIGHT_MM,
    TOP_MM,
    Box,
    draw_frame,
    draw_y_numbers,
)
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.explorer_figures import KeyItem
from labnotebook.records.presentation.plots import GROUP_SHAPES
from labnotebook.records.presentation.sheet import Sheet, Stroke, Words, width_mm_of

MARK_MM = 0.85  # from the middle of a mark to its edge
NOTE_PT = 5.5
NOTE_MM = 2.5
MORE_COLOURS = {
    "mixed": "#777E87",
    "failed": "#B3261E",
    "unknown": "#777E87",
    "g1": "#0B5CAD",
    "g2": "#8A5A00",
    "g3": "#7A2E8E",
    "g4": "#146C3A",
    "g5": "#B3261E",
    "g6": "#5A6572",
    "others": "#777E87",
}
ROUND = [(math.cos(a), math.sin(a)) for a in (k * math.pi / 8 for k in range(17))]
OUTLINES = {
    "alpha": ROUND,
    "beta": [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0), (0, -1.2)],
    "gamma": [(0, -1.2), (1.2, 0.95), (-1.2, 0.95), (0, -1.2)],
    "delta": [(-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95), (-0.95, -0.95)],
    "failed": [(-0.8, -0.8), (0.8, 0.8), (0, 0), (-0.8, 0.8), (0.8, -0.8)],
    "mixed": ROUND,
    "unknown": ROUND,
}
FILLED = frozenset({"alpha", "beta", "gamma", "delta"})


class Dot(NamedTuple):
    """One batch: its numbers, their standard uncertainties (None unknown), and its mark."""

    x: float
    y: float
    u_x: float | None
    u_y: float | None
    mark: str


def printed_points(
    dots: Sequence[Dot], key: Sequence[KeyItem], x: Axis, y: Axis, said: Sequence[str]
) -> Sheet:
    """Return the figure, 85 mm wide; of the axes, words and units count. said: sentences below it."""
    x, y = axes_over(dots, x, y)
    sheet, box = sheet_for(key, PLOT_MM, said)
    draw_dots(sheet, dots, x, y, box)
    draw_frame(sheet, x, box, last=True)
    draw_y_numbers(sheet, y, box)
    return sheet


def axes_over(dots: Sequence[Dot], x: Axis, y: Axis, wanted: int = 6) -> tuple[Axis, Axis]:
    """Return axes with these words and units that hold the dots and their bars."""
    along, up = _ends([(d.x, d.u_x) for d in dots]), _ends([(d.y, d.u_y) for d in dots])
    return Axis.over([along], x.label, x.unit, wanted=wanted), Axis.over([up], y.label, y.unit)


def sheet_for(key: Sequence[KeyItem], height_mm: float, said: Sequence[str]) -> tuple[Sheet, Box]:
    """Return a sheet with the key above and the sentences below, and the box of this height between them."""
    across = COLUMN_MM - LEFT_MM - RIGHT_MM
    lines = _wrapped(said, COLUMN_MM - 2 * RIGHT_MM)
    items = _placed_key(key, across)
    top = TOP_MM + (items[-1][2] + 1 if items else 0) * LINE_MM + 0.5
    foot = top + height_mm + FOOT_MM
    sheet = Sheet(COLUMN_MM, round(foot + NOTE_MM * (len(lines) + 0.5), 2), " ".join(said))
    for item, left, row in items:
        middle = (LEFT_MM + left + 1, TOP_MM + row * LINE_MM + 0.8)
        draw_mark(sheet, middle, item.mark)
        words = f"{item.words} {item.n}"
        sheet.parts.append(Words((middle[0] + 1.8, middle[1]), words, LETTERS_PT))
    for number, line in enumerate(lines):
        sheet.parts.append(Words((RIGHT_MM, foot + NOTE_MM * (number + 0.5)), line, NOTE_PT))
    return sheet, Box(LEFT_MM, top, across, height_mm)


def draw_dots(sheet: Sheet, dots: Sequence[Dot], x: Axis, y: Axis, box: Box) -> None:
    """Draw the bars, and the marks over them."""
    for dot in dots:
        _draw_bars(sheet, dot, x, y, box)
    for dot in dots:
        draw_mark(sheet, box.at(x.at(dot.x), y.at(dot.y)), dot.mark)


def _ends(values: Sequence[tuple[float, float | None]]) -> list[float]:
    return [value + sign * (u or 0.0) for value, u in values for sign in (-1, 1)]


def colour_of(mark: str) -> str:
    """Return the colour of a mark."""
    return COLOURS.get(mark) or MORE_COLOURS.get(mark, INK)


def draw_mark(sheet: Sheet, place: tuple[float, float], mark: str) -> None:
    """Draw the mark of a phase or a group around a place."""
    shape = GROUP_SHAPES.get(mark, mark)
    scale = MARK_MM / 2 if shape in FILLED else MARK_MM  # a thick line fills the small outline
    outline = [(place[0] + scale * a, place[1] + scale * b) for a, b in OUTLINES[shape]]
    dash = (0.4, 0.3) if shape == "unknown" else ()
    width = MARK_MM if shape in FILLED else 0.3
    sheet.parts.append(Stroke(outline, colour_of(mark), width, dash))


def _draw_bars(sheet: Sheet, dot: Dot, x: Axis, y: Axis, box: Box) -> None:
    if dot.u_x and math.isfinite(dot.u_x):
        ends = [box.at(x.at(dot.x + sign * dot.u_x), y.at(dot.y)) for sign in (-1, 1)]
        sheet.parts.append(Stroke(ends, colour_of(dot.mark), 0.15))
    if dot.u_y and math.isfinite(dot.u_y):
        ends = [box.at(x.at(dot.x), y.at(dot.y + sign * dot.u_y)) for sign in (-1, 1)]
        sheet.parts.append(Stroke(ends, colour_of(dot.mark), 0.15))


def _placed_key(key: Sequence[KeyItem], across: float) -> list[tuple[KeyItem, float, int]]:
    """Return each entry of the key with where it begins (mm) and its line."""
    placed, left, row = [], 0.0, 0
    for item in key:
        width = 2.8 + width_mm_of(f"{item.words} {item.n}", LETTERS_PT) + 2.5
        if left and left + width - 2.5 > across:
            left, row = 0.0, row + 1
        placed.append((item, left, row))
        left += width
    return placed


def _wrapped(said: Sequence[str], room: float) -> list[str]:
    """Return sentences as lines that fit."""
    lines: list[str] = []
    for sentence in said:
        line = ""
        for word in sentence.split():
            longer = f"{line} {word}".strip()
            if line and width_mm_of(longer, NOTE_PT) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines
