"""A drawing of what became what: boxes in columns from left to right, and lines with amounts.

Boxes stand in the column that their longest way to the start needs; a line over several columns keeps
a place of its own in each, so that it runs behind no box. Plain Python, no Django.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .formulas import formula_text
from .markup import Markup, escape

BOX_W, BOX_H = 146, 46
LINE_H = 20  # of a line in a column that it only crosses, and between two amounts
GAP_Y, GAP_X, GAP_WORDS = 12, 36, 104  # between boxes, between columns, and with amounts between
MOST_LETTERS = 20


class Box(NamedTuple):
    """One thing: its key, what it is drawn as, two lines of text, and where it leads."""

    key: str
    kind: str
    title: str
    text: str
    href: str = ""
    here: bool = False  # the drawing was asked for around it


class Line(NamedTuple):
    """One thing went into another; ``words`` is how much of it."""

    source: str
    target: str
    words: str = ""


@dataclass(eq=False)
class _Place:
    """A box, or the place of a line in a column that it crosses."""

    column: int
    box: Box | None = None
    order: float = 0.0
    y: float = 0.0
    height: float = LINE_H
    ins: list[_Place] = field(default_factory=list)
    outs: list[_Place] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def columns(keys: Sequence[str], lines: Iterable[Line], start: str) -> dict[str, int]:
    """Return the column of each key: 0 for the start, below it what went in, above what was made.

    The longest way counts, so that each line leads to the right. Keys that no way joins to the start
    stand beside it.
    """
    before, after = defaultdict(list), defaultdict(list)
    for line in lines:
        before[line.target].append(line.source)
        after[line.source].append(line.target)
    found = dict.fromkeys(keys, 0)
    for ways, sign in ((before, -1), (after, 1)):
        for key, far in _longest(start, ways).items():
            if far:
                found[key] = sign * far
    return found


def _longest(start: str, ways: dict[str, list[str]]) -> dict[str, int]:
    """Return the longest way from the start to each key that it reaches; there is no ring."""
    open_ways: dict[str, int] = defaultdict(int)
    waiting = [start]
    reached = {start}
    while waiting:
        for there in ways[waiting.pop()]:
            open_ways[there] += 1
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    far = {start: 0}
    order = [start]
    for key in order:
        for there in ways[key]:
            far[there] = max(far.get(there, 0), far[key] + 1)
            open_ways[there] -= 1
            if not open_ways[there]:
                order.append(there)
    return far


def flow(boxes: Sequence[Box], lines: Sequence[Line], label: str) -> Markup:
    """Return the drawing as an SVG whose boxes are links; ``label`` says what it shows."""
    start = next((box.key for box in boxes if box.here), boxes[0].key)
    at = columns([box.key for box in boxes], lines, start)
    places = {box.key: _Place(at[box.key], box) for box in boxes}
    rows: dict[int, list[_Place]] = defaultdict(list)
    for place in places.values():
        rows[place.column].append(place)
    ways = [(line, _way(places[line.source], places[line.target], rows)) for line in lines]
    height = _arrange(rows)
    left, width = _across(rows, lines, at)
    joined = [_line(line, way, left) for line, way in ways]
    drawn = [path for path, _words in joined] + [words for _path, words in joined]
    drawn += [_box(place, left[place.column]) for place in places.values()]
    return Markup(
        f'<svg class="flow" width="{width}" height="{height:.0f}" viewBox="0 0 {width} {height:.0f}"'
        f' role="group" aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def _way(source: _Place, target: _Place, rows: dict[int, list[_Place]]) -> list[_Place]:
    """Join two boxes through places in the columns between them."""
    way = [source]
    for column in range(source.column + 1, target.column):
        place = _Place(column)
        rows[column].append(place)
        way.append(place)
    way.append(target)
    for one, other in itertools.pairwise(way):
        one.outs.append(other)
        other.ins.append(one)
    return way


def _arrange(rows: dict[int, list[_Place]]) -> float:
    """Give each place its height and y: columns outward from the start, near what they belong to."""
    for column in rows:
        for place in rows[column]:
            many = len(_outer(place))
            place.height = max(BOX_H, LINE_H * many + 8) if place.box else LINE_H
    outward = sorted(rows, key=lambda column: (abs(column), column))
    for column in outward:
        for place in rows[column]:
            beside = _outer(place)
            if beside:
                place.order = sum(one.order for one in beside) / len(beside)
        rows[column].sort(key=lambda place: place.order)
        for number, place in enumerate(rows[column]):
            place.order = number / max(len(rows[column]) - 1, 1) if len(rows[column]) > 1 else 0.5
    total = max(_height(rows[column]) for column in rows)
    for column in rows:
        y = 2 + (total - _height(rows[column])) / 2
        for place in rows[column]:
            place.y = y
            y += place.height + GAP_Y
    return total + 4


def _outer(place: _Place) -> list[_Place]:
    """Return the neighbours towards the start: at that end of a line its amount is written."""
    if place.column == 0:
        return []
    return place.outs if place.column < 0 else place.ins


def _height(column: Sequence[_Place]) -> float:
    return sum(place.height for place in column) + GAP_Y * (len(column) - 1)


def _across(
    rows: dict[int, list[_Place]], lines: Sequence[Line], at: dict[str, int]
) -> tuple[dict[int, int], int]:
    """Return the left edge of each column, and the width of all."""
    worded = {_worded_gap(at[line.source], at[line.target]) for line in lines if line.words}
    left, x = {}, 2
    for column in sorted(rows):
        left[column] = x
        x += BOX_W + (GAP_WORDS if column in worded else GAP_X)
    return left, left[max(rows)] + BOX_W + 2


def _worded_gap(source: int, target: int) -> int:
    """Return the column whose gap to its right holds the amount: each side's own end of the line."""
    return source if source < 0 else target - 1


def _port(place: _Place, others: Sequence[_Place], other: _Place, *, own: bool) -> float:
    """Return where a line meets a box: each at its own height where the amounts are written."""
    if place.box is None or not own:
        return place.middle
    ranked = sorted(others, key=lambda one: one.middle)
    return place.y + place.height * (ranked.index(other) + 0.5) / len(ranked)


def _line(line: Line, way: Sequence[_Place], left: dict[int, int]) -> tuple[str, str]:
    """Return a line and its amount apart, so that no line runs over an amount."""
    path, words = [], ""
    for one, other in itertools.pairwise(way):
        x1, x2 = left[one.column] + BOX_W, left[other.column]
        y1 = _port(one, one.outs, other, own=one.column < 0)
        y2 = _port(other, other.ins, one, own=other.column > 0)
        if one.box is None:  # straight through the column that it only crosses
            path.append(f"H{x1}")
        bend = (x2 - x1) * 0.5
        if not path:
            path.append(f"M{x1} {y1:.1f}")
        path.append(f"C{x1 + bend:.0f} {y1:.1f} {x2 - bend:.0f} {y2:.1f} {x2} {y2:.1f}")
        if line.words and one is way[0] and one.column < 0:
            words = f'<text class="am" x="{x1 + 5}" y="{y1 - 4:.1f}">{escape(line.words)}</text>'
        if line.words and other is way[-1] and way[0].column >= 0:
            words = (
                f'<text class="am end" x="{x2 - 5}" y="{y2 - 4:.1f}">{escape(line.words)}</text>'
            )
    return f'<path class="way" d="{"".join(path)}"/>', words


def _box(place: _Place, x: int) -> str:
    box = place.box
    assert box is not None
    y, h = place.y, place.height
    text = formula_text(box.text)
    if len(text) > MOST_LETTERS:
        text = f"{text[: MOST_LETTERS - 1].rstrip()}…"
    here = " here" if box.here else ""
    drawn = (
        f"<title>{escape(f'{box.title}: {formula_text(box.text)}')}</title>"
        f'<rect class="box{here}" x="{x}" y="{y:.1f}" width="{BOX_W}" height="{h:.1f}" rx="6"/>'
        f'<rect class="k-{escape(box.kind)}" x="{x}" y="{y + 8:.1f}" width="4" height="{h - 16:.1f}" rx="2"/>'
        f'<text class="name" x="{x + 12}" y="{y + h / 2 - 4:.1f}">{escape(box.title)}</text>'
        f'<text class="cap" x="{x + 12}" y="{y + h / 2 + 13:.1f}">{escape(text)}</text>'
    )
    if not box.href.startswith("/"):
        return f"<g>{drawn}</g>"
    return f'<a href="{escape(box.href)}">{drawn}</a>'
