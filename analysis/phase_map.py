"""Which phase comes where: batches in cells of two numbers. Pure: no Django, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from labnotebook.records.presentation.axes import STEPS

FEW = 3  # a cell of fewer batches is hatched
MOST_COLUMNS, MOST_ROWS = 8, 6
EDGE = 1e-9


class Place(NamedTuple):
    """One batch on the map: both numbers, its phase ('' is not known)."""

    x: float
    y: float
    phase: str


class Range(NamedTuple):
    """What a column or a row holds: from low to below high; one value, where both are the same."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cell:
    """The batches of a cell: ``phase`` is that of most of them, '' where two phases are as frequent or none is known.

    The ends are those of its batches, both included.
    """

    n: int
    phase: str
    share: int  # how many are of that phase
    counts: tuple[tuple[str, int], ...]
    x: Range
    y: Range

    @property
    def is_few(self) -> bool:
        """Whether it says next to nothing."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class PhaseMap:
    """Columns along x from low to high, rows along y from high to low; a cell without batches is None."""

    columns: tuple[Range, ...]
    rows: tuple[tuple[Range, tuple[Cell | None, ...]], ...]


def map_phases(places: Sequence[Place]) -> PhaseMap:
    """Return the map of at least one batch, both numbers finite."""
    columns = ranges([p.x for p in places], MOST_COLUMNS)
    rows = ranges([p.y for p in places], MOST_ROWS)
    found: dict[tuple[int, int], list[Place]] = {}
    for place in places:
        found.setdefault((_within(rows, place.y), _within(columns, place.x)), []).append(place)
    filled = [
        (row, tuple(_cell(found.get((k, column))) for column in range(len(columns))))
        for k, row in enumerate(rows)
    ]
    return PhaseMap(columns, tuple(reversed(filled)))


def ranges(values: Sequence[float], most: int) -> tuple[Range, ...]:
    """Return the values themselves where they are few, else stretches of round length.

    >>> ranges([0.0, 0.5, 0.25, 0.5], 8)
    (Range(low=0.0, high=0.0), Range(low=0.25, high=0.25), Range(low=0.5, high=0.5))
    >>> ranges([0.02 * k for k in range(30)], 6)[0]
    Range(low=0.0, high=0.1)
    """
    own = sorted(set(values))
    if len(own) <= most:
        return tuple(Range(value, value) for value in own)
    raw = (own[-1] - own[0]) / most
    unit = 10.0 ** np.floor(np.log10(raw))
    # A step less than asked for may be needed when the first stretch begins below the lowest value.
    for step in (float(s * unit) for s in (*STEPS, 20.0)):
        first = float(np.floor(own[0] / step + EDGE))
        last = float(np.floor(own[-1] / step + EDGE))
        if last - first + 1 <= most:
            break
    return tuple(
        Range(round(k * step, 12), round((k + 1) * step, 12))
        for k in np.arange(first, last + 1).tolist()
    )


def _within(those: Sequence[Range], value: float) -> int:
    lows = [one.low for one in those]
    slack = EDGE * max(abs(lows[0]), abs(lows[-1]), EDGE)
    return max(int(np.searchsorted(lows, value + slack, side="right")) - 1, 0)


def _cell(batches: Sequence[Place] | None) -> Cell | None:
    if not batches:
        return None
    counts = Counter(place.phase for place in batches)
    known = Counter({phase: n for phase, n in counts.items() if phase}).most_common(2)
    tie = len(known) > 1 and known[0][1] == known[1][1]
    phase, share = known[0] if known and not tie else ("", 0)
    x, y = sorted(p.x for p in batches), sorted(p.y for p in batches)
    return Cell(
        len(batches),
        phase,
        share,
        tuple(counts.most_common()),
        Range(x[0], x[-1]),
        Range(y[0], y[-1]),
    )
