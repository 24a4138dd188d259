"""Drawing on two axes as SVG without a viewBox: text keeps its size at every width.

The box is sized by CSS (class `chart`); lines, marks and words are placed in percent, and curves
stand in an inner drawing that stretches. Colours come from classes only. All text is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .axes import Axis, Values
from .formulas import formula_text
from .markup import Markup, escape

COLUMNS = 360  # a curve keeps the lowest and highest point of each column: noise stays honest
SIZE = 1000.0
# Shapes of groups that are no phases, in the order of their size; what is beyond has the last.
GROUP_SHAPES = {
    "g1": "alpha",
    "g2": "delta",
    "g3": "gamma",
    "g4": "beta",
    "g5": "failed",
    "g6": "mixed",
    "others": "unknown",
}
PHASE_WORDS = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "mixed": "α + γ",
    "failed": "failed",
    "unknown": "unknown",
}


NO_PHASE = "no_phase"  # of what has none, such as a stock solution: words without a mark


def phase_key(phase: str | None) -> str:
    """Return the mark's name for a phase; what is not known is drawn as unknown."""
    return phase if phase in PHASE_WORDS else "unknown"


@dataclass(frozen=True)
class Point:
    """One mark: a value pair, its phase or group, the words shown on hover, optional spreads in y and x.

    href: the mark is a link; aside: one that the keyboard passes over, where there are very many.
    """

    x: float
    y: float
    phase: str | None = None
    title: str = ""
    low: float | None = None
    high: float | None = None
    ring: bool = False
    label: str = ""
    left: float | None = None
    right: float | None = None
    group: str = ""  # of GROUP_SHAPES, in place of the phase
    href: str = ""
    aside: bool = False


def decimated(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], columns: int = COLUMNS
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the first, lowest, highest and last point of each of `columns` runs, in order."""
    if x.size <= 4 * columns:
        return x, y
    keep: list[int] = []
    for run in np.array_split(np.arange(x.size), columns):
        part = y[run]
        if np.isnan(part).all():
            keep.append(int(run[0]))
            continue
        chosen = {run[0], run[int(np.nanargmin(part))], run[int(np.nanargmax(part))], run[-1]}
        keep += sorted(int(i) for i in chosen)
    return x[keep], y[keep]


class Plot:
    """One pair of axes and what is drawn on them, in the order of the calls."""

    beside = ""  # a heading: the plot has other axes and stays where a chart that zooms takes the place of its figure

    def __init__(self, x: Axis, y: Axis, sentence: str, *, size: str = "", bare: bool = False):
        """sentence: what the plot shows, for those who cannot see it. size: tall, low, mini, flat.

        bare: no numbers along y, for strips.
        """
        self.x = x
        self.y = y
        self.sentence = sentence
        self.size = size
        self.bare = bare
        self._under: list[str] = []
        self._curves: list[str] = []
        self._over: list[str] = []
        self._linked = False

    def gap(self, low: float, high: float, text: str = "") -> Plot:
        """Draw the grey field where nothing was measured."""
        left, right = sorted(min(max(self.x.at(v), 0.0), 1.0) for v in (low, high))
        if right == left:
            return self
        self._under.append(
            f'<rect class="gapfill" x="{_pc(left)}" width="{_pc(right - left)}" height="100%"/>'
        )
        if text:
            self._over.append(_words((left + right) / 2, 0, text, "xm", dy=14))
        return self

    def band(self, x: Values, low: Values, high: Values, colour: str = "s1") -> Plot:
        """Draw the field between two curves."""
        along = self.x.along(x)
        top = list(zip(along, self.y.along(high), strict=True))
        foot = list(zip(along, self.y.along(low), strict=True))
        ring = [(a, b) for a, b in top + foot[::-1] if math.isfinite(a) and math.isfinite(b)]
        if ring:
            self._curves.append(f'<path class="band {escape(colour)}" d="{_path(ring)}Z"/>')
        return self

    def line(self, x: Values, y: Values, style: str = "") -> Plot:
        """Draw a curve. style: classes such as `s2`, `dash`, `thin`, `fit`, `raw` or a phase.

        On a log axis what is 0 or below is a dot at the foot: dropped it would hide the background, joined
        to its neighbours it would be a spike.
        """
        along = self.x.along(x)
        up = self.y.along(y)
        if along.shape != up.shape:
            raise ValueError(f"A curve has {along.size} places and {up.size} values.")
        inside = (along >= -0.001) & (along <= 1.001)
        if self.y.log:
            nothing = np.asarray(y, dtype=float) <= 0
            up = np.where(nothing, np.nan, up)
            self._foot(along[inside & nothing], style)
        along, up = decimated(along[inside], up[inside])
        runs: list[list[tuple[float, float]]] = [[]]
        for a, b in zip(along, np.clip(up, -0.02, 1.05), strict=True):
            if math.isfinite(a) and math.isfinite(b):
                runs[-1].append((float(a), float(b)))
            elif runs[-1]:
                runs.append([])
        path = "".join(_path(run) for run in runs if len(run) > 1)
        if self.y.log:
            path += "".join(_dot(*run[0]) for run in runs if len(run) == 1)
        if path:
            self._curves.append(f'<path class="{escape(("ln " + style).strip())}" d="{path}"/>')
        return self

    def _foot(self, along: npt.NDArray[np.float64], style: str) -> None:
        """Draw a dot at the foot for each of these places, one for those in one column."""
        columns = np.unique(np.round(along * COLUMNS))
        path = "".join(_dot(float(column) / COLUMNS, 0.004) for column in columns)
        if path:
            self._curves.append(f'<path class="{escape(("ln " + style).strip())}" d="{path}"/>')

    def points(self, points: Iterable[Point]) -> Plot:
        """Draw one mark a point, in the shape and colour of its phase."""
        for point in points:
            if not (math.isfinite(point.x) and math.isfinite(point.y)):
                continue
            self._over.append(self._mark(point))
            self._linked |= bool(point.href)
        return self

    def dots(self, x: Values, y: Values, colour: str = "dot1") -> Plot:
        """Draw round dots without a phase."""
        for a, b in zip(self.x.along(x), self.y.along(y), strict=True):
            if math.isfinite(a) and math.isfinite(b):
                place = f'cx="{_pc(a)}" cy="{_pc(1 - b)}"'
                self._over.append(f'<circle class="{escape(colour)}" {place} r="4"/>')
        return self

    def letter(self, letter: str, x: float, y: float, title: str) -> Plot:
        """Draw a letter in a ring, in the colour of the curve with that letter."""
        across, down, name = _pc(self.x.at(x)), _pc(1 - self.y.at(y)), escape(letter)
        self._over.append(
            f'<g class="lettermark b{name}"><title>{escape(formula_text(title))}</title>'
            f'<circle cx="{across}" cy="{down}" r="9.5"/>'
            f'<text x="{across}" y="{down}" dy="4">{name}</text></g>'
        )
        return self

    def sticks(self, x: Values, heights: Values, colour: str, row: float, room: float) -> Plot:
        """Draw lines of a reference pattern. row: their foot, room: the tallest; both of 0 to 1."""
        data = np.asarray(heights, dtype=float)
        most = float(np.nanmax(data)) if data.size else 1.0
        lines = [
            f'<line x1="{_pc(a)}" x2="{_pc(a)}" y1="{_pc(1 - row)}" '
            f'y2="{_pc(1 - row - room * max(h / most, 0.15))}"/>'
            for a, h in zip(self.x.along(x), data, strict=True)
            if 0 <= a <= 1
        ]
        self._over.append(f'<g class="tickm {escape(colour)}">{"".join(lines)}</g>')
        return self

    def bars(self, edges: Values, heights: Values) -> Plot:
        """Draw a histogram; edges has one value more than heights."""
        for low, high, height in zip(edges[:-1], edges[1:], heights, strict=True):
            left, right, top = self.x.at(low), self.x.at(high), self.y.at(height)
            foot = self.y.at(0.0) if not self.y.log else 0.0
            self._over.append(
                f'<rect class="bar" x="{_pc(left)}" width="{_pc(right - left)}" '
                f'y="{_pc(1 - top)}" height="{_pc(top - foot)}"/>'
            )
        return self

    def bar(self, low: float, high: float, row: float, text: str, title: str) -> Plot:
        """Draw a lying bar of one row's height from low to high; a moment is a thin one."""
        left, right = self.x.at(low), max(self.x.at(high), self.x.at(low) + 0.003)
        foot, top = self.y.at(row + 0.1), self.y.at(row + 0.9)
        self._over.append(
            f'<g class="stepbar"><title>{escape(formula_text(title))}</title>'
            f'<rect x="{_pc(left)}" width="{_pc(right - left)}" y="{_pc(1 - top)}" '
            f'height="{_pc(top - foot)}"/>'
            + (_words((left + right) / 2, 1 - (foot + top) / 2, text, "xm", dy=4) if text else "")
            + "</g>"
        )
        return self

    def vertical(
        self, x: float, text: str = "", *, now: bool = False, before: bool = False
    ) -> Plot:
        """Draw a line up from x with its words. now: the chosen value; before: words above, ending at the line."""
        if not self.x.holds(x):
            return self
        at = self.x.at(x)
        kind = "now" if now else "rule"
        self._over.append(f'<line class="{kind}" x1="{_pc(at)}" x2="{_pc(at)}" y2="100%"/>')
        if text:
            above = now or before
            anchor = "hl xm" if now else "hl xe" if before or at > 0.8 else "hl"
            dx = 0 if above else -6 if at > 0.8 else 6
            self._over.append(_words(at, 0, text, anchor, dx=dx, dy=-8 if above else 9))
        return self

    def note(
        self, x: float, y: float, text: str, style: str = "", dx: int = 0, dy: int = 0
    ) -> Plot:
        """Write words at a place. style: `hl` strong, `xm` centred, `xe` ending, `opt` droppable."""
        self._over.append(_words(self.x.at(x), 1 - self.y.at(y), text, style, dx=dx, dy=dy))
        return self

    def row_label(self, y: float, text: str, *, strong: bool = False) -> Plot:
        """Write a word at the left of a row, with the row's line."""
        up = _pc(1 - self.y.at(y))
        self._under.append(f'<line class="gr" x2="100%" y1="{up}" y2="{up}"/>')
        style = "hl xe" if strong else "xe"
        words = _rich(text)
        self._over.append(f'<text class="{style}" x="0" dx="-8" y="{up}" dy="4">{words}</text>')
        return self

    def svg(self) -> Markup:
        """Return the drawing."""
        curves = ""
        if self._curves:
            inner = "".join(self._curves)
            curves = (
                '<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" '
                f'height="100%">{inner}</svg>'
            )
        body = "".join([*self._under, self._frame(), curves, *self._over])
        name = f"chart {self.size}".strip()
        label = escape(formula_text(self.sentence))
        role = "group" if self._linked else "img"
        return Markup(
            f'<svg class="{escape(name)}" role="{role}" aria-label="{label}">{body}</svg>'
        )

    def _mark(self, point: Point) -> str:
        key = point.group or phase_key(point.phase)
        x, y = _pc(self.x.at(point.x)), _pc(1 - self.y.at(point.y))
        parts = []
        if point.low is not None and point.high is not None:
            y1, y2 = (_pc(1 - self.y.at(v)) for v in (point.low, point.high))
            parts.append(f'<line class="eb" x1="{x}" x2="{x}" y1="{y1}" y2="{y2}"/>')
        if point.left is not None and point.right is not None:
            x1, x2 = (_pc(self.x.at(v)) for v in (point.left, point.right))
            parts.append(f'<line class="eb" x1="{x1}" x2="{x2}" y1="{y}" y2="{y}"/>')
        if point.ring:
            parts.append(f'<circle class="ring" cx="{x}" cy="{y}" r="9"/>')
        shape = GROUP_SHAPES.get(point.group, key)
        parts.append(f'<use href="#m-{shape}" x="{x}" y="{y}"/>')
        if point.label:
            style = "hl" if point.ring else ""
            parts.append(
                _words(self.x.at(point.x), 1 - self.y.at(point.y), point.label, style, 12, 4)
            )
        name = escape(formula_text(point.title)) if point.title else ""
        title = f"<title>{name}</title>" if name else ""
        mark = f'<g class="pt {key}">{title}{"".join(parts)}</g>'
        if not point.href:
            return mark
        aside = ' tabindex="-1"' if point.aside else ""
        return f'<a href="{escape(point.href)}" aria-label="{name}"{aside}>{mark}</a>'

    def _frame(self) -> str:
        parts = []
        if not self.bare:
            for tick in self.y.ticks():
                up = _pc(1 - tick.at)
                parts.append(f'<line class="gr" x2="100%" y1="{up}" y2="{up}"/>')
                parts.append(f'<text class="xe" x="0" dx="-7" y="{up}" dy="4">{tick.text}</text>')
            parts.append(
                f'<text class="ax" x="0" dx="-40" y="0" dy="-12">{_rich(self.y.title)}</text>'
            )
        parts.append('<line class="bl" x2="100%" y1="100%" y2="100%"/>')
        if self.size.endswith("flat"):
            return "".join(parts)
        for tick in self.x.ticks():
            drop = " opt" if tick.optional else ""
            at = _pc(tick.at)
            parts.append(f'<text class="xm{drop}" x="{at}" y="100%" dy="17">{tick.text}</text>')
        parts.append(f'<text class="ax xe" x="100%" y="100%" dy="35">{_rich(self.x.title)}</text>')
        return "".join(parts)


def _pc(fraction: float) -> str:
    return f"{100 * fraction:.2f}%"


def _path(points: Sequence[tuple[float, float]]) -> str:
    text = "L".join(f"{SIZE * a:.1f} {SIZE * (1 - b):.1f}" for a, b in points)
    return "M" + text


def _dot(along: float, up: float) -> str:
    return f"M{SIZE * along - 1:.1f} {SIZE * (1 - up):.1f}h2"


def _words(at: float, down: float, text: str, style: str, dx: int = 0, dy: int = 0) -> str:
    name = f' class="{escape(style)}"' if style else ""
    shift = (f' dx="{dx}"' if dx else "") + (f' dy="{dy}"' if dy else "")
    return f'<text{name} x="{_pc(at)}" y="{_pc(down)}"{shift}>{_rich(text)}</text>'


def _rich(text: str) -> str:
    """Escape text; an R that stands alone is italic and formulas get their subscripts."""
    words = formula_text(text).split(" ")
    return " ".join(
        f'<tspan font-style="italic">R</tspan>{word[1:]}' if word in ("R", "R,") else escape(word)
        for word in words
    )
