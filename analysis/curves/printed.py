"""The printed figure of a chart: one column of a journal, 85 mm wide, 7 pt letters, axes with units.

It draws what `analysis.curves.chart` and `analysis.curves.overlaid` give, the same as the page. Pure: no Django, no database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.drawing import Floats, numbers
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.plots import decimated
from labnotebook.records.presentation.sheet import Field, Sheet, Stroke, Words, width_mm_of

COLUMN_MM = 85.0
LEFT_MM, RIGHT_MM, TOP_MM = 13.0, 2.0, 2.0
PLOT_MM, RESIDUAL_MM, ROW_MM, FOOT_MM, GAP_MM = 48.0, 12.0, 6.0, 8.5, 1.5
STICK_MM = 3.0
LETTERS_PT, SMALL_PT = 7.0, 5.0
LINE_MM = 3.3  # from one line of the key to the next
SWATCH_MM = 5.0
COLUMNS = 900  # of a curve, each with its lowest and highest point
TICK_MM = 1.0
FAINTEST_PERCENT = 12.0  # of the strongest line of a row: a weaker one gets no name

# As in the light scheme of tokens.css.
INK, GRID = "#14191F", "#E3E7EC"
COLOURS = {
    "s1": "#0B5CAD",
    "s2": "#8A5A00",
    "s3": "#5A6572",
    "s4": "#7A2E8E",
    "ink": INK,
    "alpha": "#2A9BD6",
    "beta": "#A23B2A",
    "gamma": "#2B2A6B",
    "delta": "#C98500",
}
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (1.6, 0.9),
    (0.5, 0.7),
    (2.2, 0.7, 0.5, 0.7),
    (3.0, 1.2),
)

Chart = Mapping[str, Any]


class Box(NamedTuple):
    """Where a pair of axes stands, in mm from the upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point given from 0 to 1 on both axes."""
        return self.left + x * self.width, self.top + (1 - y) * self.height


def printed(chart: Chart, width_mm: float = COLUMN_MM) -> Sheet:
    """Return the figure of a chart that has at least one curve."""
    curves = [one for one in chart["series"] if one["kind"] != "sticks"]
    rows = [one for one in chart["series"] if one["kind"] == "sticks"]
    across = width_mm - LEFT_MM - RIGHT_MM
    key = _lines_of_key([one["label"] for one in curves], across)
    residual = chart.get("residual")
    top = TOP_MM + len(key) * LINE_MM + 0.5
    below = (GAP_MM + RESIDUAL_MM if residual else 0) + (GAP_MM + ROW_MM * len(rows) if rows else 0)
    sheet = Sheet(width_mm, round(top + PLOT_MM + below + FOOT_MM, 2), str(chart["title"]))
    x = _x_axis(chart, curves)
    _draw_key(sheet, key, curves)
    box = Box(LEFT_MM, top, across, PLOT_MM)
    _draw_left_out(sheet, chart, x, box)
    y = _y_axis(chart, curves, x)
    for one in curves:
        _draw_curve(sheet, one, x, y, box)
    _draw_marks(sheet, chart, x, box)
    draw_frame(sheet, x, box, last=not below)
    draw_y_numbers(sheet, y, box, _y_title(chart, curves), bare=chart["y"].get("bare", False))
    if residual:
        box = Box(LEFT_MM, box.top + box.height + GAP_MM, across, RESIDUAL_MM)
        _draw_residual(sheet, residual, x, box, last=not rows)
    if rows:
        box = Box(LEFT_MM, box.top + box.height + GAP_MM, across, ROW_MM * len(rows))
        _draw_rows(sheet, rows, x, box)
    return sheet


def _x_axis(chart: Chart, curves: Sequence[Chart]) -> Axis:
    stretch = [chart["open"]] if chart.get("open") else [numbers(one["x"]) for one in curves]
    x = chart["x"]
    falls = x.get("falls", False)
    return Axis.over(stretch, x["label"], x["unit"], tight=True, wanted=6, falls=falls)


def _inside(one: Chart, x: Axis) -> tuple[Floats, Floats]:
    """Return the points of a curve on the axis; one that goes on beyond its ends reaches them."""
    places, heights = numbers(one["x"]), numbers(one["y"])
    order = np.argsort(places, kind="stable")
    places, heights = places[order], heights[order]
    shown = (places >= x.low) & (places <= x.high)
    ends = [end for end in (x.low, x.high) if places.size and places[0] < end < places[-1]]
    both = np.concatenate([places[shown], ends])
    values = np.concatenate([heights[shown], np.interp(ends, places, heights)])
    order = np.argsort(both, kind="stable")
    return both[order], values[order]


def _y_axis(chart: Chart, curves: Sequence[Chart], x: Axis) -> Axis:
    log = chart["y"].get("scale") == "log"
    heights = [_inside(one, x)[1] for one in curves]
    return Axis.over(heights, chart["y"]["label"], chart["y"]["unit"], zero=not log, log=log)


def _y_title(chart: Chart, curves: Sequence[Chart]) -> str:
    """Return the words of the ordinate; of curves with quantities of their own, all of these."""
    return "" if chart["y"]["label"] else ", ".join(one["label"] for one in curves[:3])


def _draw_curve(
    sheet: Sheet, one: Chart, x: Axis, y: Axis, box: Box, width_mm: float = 0.3
) -> None:
    places, heights = _inside(one, x)
    colour, dash = COLOURS.get(one.get("colour", "s1"), INK), _dash(one)
    nothing = heights <= 0 if y.log else np.zeros(heights.size, dtype=bool)
    for place in np.unique(np.round(x.along(places[nothing]) * 400)) / 400:
        left, foot = box.at(float(place), 0.004)
        sheet.parts.append(Stroke([(left - 0.1, foot), (left + 0.1, foot)], colour, width_mm))
    places, heights = decimated(places, np.where(nothing, np.nan, heights), COLUMNS)
    points = list(zip(x.along(places).tolist(), y.along(heights).tolist(), strict=True))
    run: list[tuple[float, float]] = []
    for point in [*points, (np.nan, np.nan)]:
        if np.isfinite(point).all():
            run.append(box.at(*point))
            continue
        if len(run) == 1:
            run.append((run[0][0] + 0.2, run[0][1]))
        if run:
            sheet.parts.append(Stroke(run, colour, width_mm, dash))
        run = []


def _dash(one: Chart) -> Sequence[float]:
    said = one.get("dash") or 0
    return DASHES[1] if said is True else DASHES[said % len(DASHES)]


def draw_frame(sheet: Sheet, x: Axis, box: Box, *, last: bool) -> None:
    """Draw the four sides of a pair of axes; below the last the numbers and the words of x."""
    left, top, width, height = box
    right, foot = left + width, top + height
    corners = [(left, top), (right, top), (right, foot), (left, foot), (left, top)]
    sheet.parts.append(Stroke(corners, INK))
    if last:
        _draw_x_numbers(sheet, x, box)
    else:
        for tick in x.ticks():
            at, _ = box.at(tick.at, 0)
            sheet.parts.append(Stroke([(at, foot), (at, foot - TICK_MM)], INK))


def draw_y_numbers(sheet: Sheet, y: Axis, box: Box, title: str = "", *, bare: bool = False) -> None:
    """Draw the ordinate; a bare one, of heights that were moved, has no numbers."""
    for tick in () if bare else y.ticks():
        left, up = box.at(0, tick.at)
        sheet.parts.append(Stroke([(left, up), (left - TICK_MM, up)], INK))
        sheet.parts.append(Words((left - TICK_MM - 0.6, up), tick.text, LETTERS_PT, "end"))
    middle, words = (2.0, box.top + box.height / 2), title or y.title
    fits = min(1.0, box.height / (width_mm_of(words, LETTERS_PT) or 1.0))
    size = round(max(LETTERS_PT * fits, SMALL_PT), 2)
    sheet.parts.append(Words(middle, words, size, "middle", up=True))


def _draw_x_numbers(sheet: Sheet, x: Axis, box: Box) -> None:
    foot = box.top + box.height
    for tick in x.ticks():
        at, _ = box.at(tick.at, 0)
        sheet.parts.append(Stroke([(at, foot), (at, foot + TICK_MM)], INK))
        sheet.parts.append(Words((at, foot + 2.6), tick.text, LETTERS_PT, "middle"))
    sheet.parts.append(Words((box.left + box.width / 2, foot + 6.2), x.title, LETTERS_PT, "middle"))


def _draw_residual(sheet: Sheet, residual: Chart, x: Axis, box: Box, *, last: bool) -> None:
    one = {"x": residual["x"], "y": residual["y"], "colour": "s3"}
    y = Axis.over([_inside(one, x)[1]], residual["label"], residual["unit"], wanted=2)
    _draw_curve(sheet, one, x, y, box, 0.2)
    draw_frame(sheet, x, box, last=last)
    draw_y_numbers(sheet, y, box)


def _draw_rows(sheet: Sheet, rows: Sequence[Chart], x: Axis, box: Box) -> None:
    """Draw the reference lines, the first row at the foot as on the page, and what they are called."""
    for number, one in enumerate(rows):
        foot = box.top + box.height - number * ROW_MM - 0.3
        sheet.parts.append(
            Words(
                (box.left - 1.6, foot - 1.2),
                one.get("row") or one["label"],
                LETTERS_PT,
                "end",
                True,
            )
        )
        places, heights = numbers(one["x"]), numbers(one["y"])
        high = float(np.nanmax(heights)) if heights.size else 1.0
        taken: list[tuple[float, float]] = []
        for k in np.argsort(-heights):
            if not x.holds(float(places[k])):
                continue
            at, _ = box.at(x.at(float(places[k])), 0)
            up = max(STICK_MM * float(heights[k]) / high, 0.3)
            colour = COLOURS.get(one.get("colour", "s3"), INK)
            sheet.parts.append(Stroke([(at, foot), (at, foot - up)], colour, 0.3))
            name = one["names"][k] if one.get("names") else ""
            half = width_mm_of(name, SMALL_PT) / 2 + 0.4
            crowded = any(at - half < b and at + half > a for a, b in taken)
            if name and not crowded and heights[k] >= FAINTEST_PERCENT / 100 * high:
                taken.append((at - half, at + half))
                sheet.parts.append(Words((at, foot - STICK_MM - 1.2), name, SMALL_PT, "middle"))
    foot = box.top + box.height
    sheet.parts.append(Stroke([(box.left, foot), (box.left + box.width, foot)], INK))
    _draw_x_numbers(sheet, x, box)


def _draw_left_out(sheet: Sheet, chart: Chart, x: Axis, box: Box) -> None:
    for low, high in chart.get("left_out") or ():
        ends = sorted(min(max(x.at(end), 0.0), 1.0) for end in (low, high))
        left, right = (box.at(end, 0)[0] for end in ends)
        if right > left:
            sheet.parts.append(Field(left, box.top, right - left, box.height, GRID))


def _draw_marks(sheet: Sheet, chart: Chart, x: Axis, box: Box) -> None:
    for mark in chart.get("marks") or ():
        if not x.holds(mark["x"]):
            continue
        at = x.at(mark["x"])
        left, foot = box.at(at, 0)
        sheet.parts.append(Stroke([(left, foot), (left, box.top)], COLOURS["s3"], 0.2, (0.8, 0.8)))
        side, anchor = (-0.8, "end") if at > 0.7 else (0.8, "start")
        sheet.parts.append(Words((left + side, box.top + 2), mark["label"], LETTERS_PT, anchor))


def _lines_of_key(labels: Sequence[str], across: float) -> list[list[tuple[int, float]]]:
    """Return the lines of the key: of each entry its number and where it begins, in mm from the left."""
    if len(labels) < 2:
        return []
    lines: list[list[tuple[int, float]]] = [[]]
    left = 0.0
    for number, label in enumerate(labels):
        width = SWATCH_MM + 1 + width_mm_of(label, LETTERS_PT) + 2.5
        if lines[-1] and left + width - 2.5 > across:
            lines.append([])
            left = 0.0
        lines[-1].append((number, left))
        left += width
    return lines


def _draw_key(
    sheet: Sheet, lines: Sequence[Sequence[tuple[int, float]]], curves: Sequence[Chart]
) -> None:
    for row, line in enumerate(lines):
        middle = TOP_MM + row * LINE_MM + 0.8
        for number, left in line:
            one, start = curves[number], LEFT_MM + left
            colour = COLOURS.get(one.get("colour", "s1"), INK)
            swatch = [(start, middle), (start + SWATCH_MM, middle)]
            sheet.parts.append(Stroke(swatch, colour, 0.4, _dash(one)))
            sheet.parts.append(Words((start + SWATCH_MM + 1, middle), one["label"], LETTERS_PT))
