"""What groups of pixels say, without flattery: median and yield with how sure they are, and who is not in them.

Plain Python with numpy, no Django. Pixels of one substrate share its fate, so substrates are what is drawn again in a
bootstrap (cluster bootstrap; Davison and Hinkley, Bootstrap Methods and their Application, 3.8), and what two groups
are compared by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.pixel_numbers import COUNTED, UNMEASURED, WORKING, share_interval
from analysis.two_groups import Difference, compare_groups

Floats = NDArray[np.float64]

LEVEL = 0.95
LEAST_SUBSTRATES = 4  # of fewer a bootstrap repeats the same few
DRAWS, LEAST_DRAWS, WORK = 1000, 250, 300_000  # draws times pixels: of many pixels fewer draws do
AT_ONCE = 100_000  # numbers of a block of draws: what stays in the cache of a core
POWER, FALSE_ALARM = 0.8, 0.05
WILCOXON = 3 / np.pi  # efficiency of the rank test beside Student's on normal numbers
MOST_NEEDED = 100_000


class PixelRow(NamedTuple):
    """One pixel: its substrate, the state that counts and its number, None where none was accepted."""

    substrate: str
    state: str
    value: float | None

    @property
    def counts(self) -> bool:
        """Whether its number is in a median."""
        return self.state in COUNTED and self.value is not None


@dataclass(frozen=True, slots=True)
class GroupStatistics:
    """What one group says; a number that cannot be given is None. Intervals are at `LEVEL`.

    ``pixels`` of ``substrates`` are all there are; ``measured`` of ``measured_on`` have a number that counts, and
    ``out`` says why the others are in no median. ``champion`` is the best one, ``best_on`` its substrate.
    """

    pixels: int
    substrates: int
    measured: int
    measured_on: int
    out: Mapping[str, int]
    champion: float | None = None
    best_on: str = ""
    median: float | None = None
    low: float | None = None
    high: float | None = None
    q1: float | None = None
    q3: float | None = None
    mean: float | None = None
    deviation: float | None = None
    seen: int = 0
    working: int = 0
    share: float | None = None
    yield_low: float | None = None
    yield_high: float | None = None


def group_statistics(rows: Sequence[PixelRow], *, lower_is_better: bool = False) -> GroupStatistics:
    """Return the statistics of these pixels.

    >>> said = group_statistics([PixelRow("D1", "working", 20.0), PixelRow("D1", "shorted", None)])
    >>> said.median, said.measured, said.pixels, dict(said.out), said.share
    (20.0, 1, 2, {'shorted': 1}, 0.5)
    """
    counted = [one for one in rows if one.counts]
    out = Counter(
        one.state if one.state not in COUNTED else UNMEASURED for one in rows if not one.counts
    )
    values = np.array([one.value for one in counted], dtype=float)
    clusters = [one.substrate for one in counted]
    seen = [one for one in rows if one.state]
    working = [one.state == WORKING for one in seen]
    share = sum(working) / len(seen) if seen else None
    ends = yield_interval(working, [one.substrate for one in seen]) or (None, None)
    basics = {
        "pixels": len(rows),
        "substrates": len({one.substrate for one in rows}),
        "measured": len(counted),
        "measured_on": len(set(clusters)),
        "out": dict(sorted(out.items())),
        "seen": len(seen),
        "working": sum(working),
        "share": share,
        "yield_low": ends[0],
        "yield_high": ends[1],
    }
    if not values.size:
        return GroupStatistics(**basics)
    best = int(np.argmin(values) if lower_is_better else np.argmax(values))
    low, high = median_interval(values, clusters) or (None, None)
    q1, middle, q3 = (float(one) for one in np.quantile(values, (0.25, 0.5, 0.75)))
    return GroupStatistics(
        **basics,
        champion=float(values[best]),
        best_on=clusters[best],
        median=middle,
        low=low,
        high=high,
        q1=q1,
        q3=q3,
        mean=float(values.mean()),
        deviation=float(values.std(ddof=1)) if values.size > 1 else None,
    )


def median_interval(
    values: Floats, clusters: Sequence[str], level: float = LEVEL
) -> tuple[float, float] | None:
    """Return a bootstrap interval of the median that draws whole substrates; None of fewer than LEAST_SUBSTRATES.

    Percentiles of few substrates lie too near: they are stretched as Student's t and k/(k - 1) ask.
    """
    codes, k = _coded(clusters)
    if k < LEAST_SUBSTRATES:
        return None
    order = np.argsort(values, kind="stable")
    ordered, codes = values[order], codes[order]
    draws = int(np.clip(WORK // values.size, LEAST_DRAWS, DRAWS))
    rng = np.random.default_rng(20231)  # the same question has the same answer
    drawn = rng.integers(0, k, size=(draws, k)) + k * np.arange(draws)[:, None]
    times = np.bincount(drawn.ravel(), minlength=draws * k).reshape(draws, k).astype(np.int16)
    at_once = max(AT_ONCE // values.size, 1)
    middles = np.concatenate(
        [
            _medians(ordered, times[start : start + at_once].take(codes, axis=1))
            for start in range(0, draws, at_once)
        ]
    )
    low, high = np.quantile(middles, ((1 - level) / 2, (1 + level) / 2))
    z, t = scipy.special.ndtri((1 + level) / 2), scipy.special.stdtrit(k - 1, (1 + level) / 2)
    stretch = float(t / z) * sqrt(k / (k - 1))
    middle = float(np.median(values))
    return (
        middle - stretch * max(middle - float(low), 0.0),
        middle + stretch * max(float(high) - middle, 0.0),
    )


def _medians(ordered: Floats, times: NDArray[np.int16]) -> Floats:
    """Return the median of each draw (d,): of values (n,) in rising order, each taken so many ``times`` (d, n)."""
    upto = np.cumsum(times, axis=1, dtype=np.int32)
    total = upto[:, -1:]
    low, high = (np.sum(upto < place, axis=1) for place in ((total + 1) // 2, total // 2 + 1))
    return np.asarray((ordered[low] + ordered[high]) / 2)


def _coded(clusters: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Return the names (n,) as numbers from 0 on, and how many names there are."""
    known: dict[str, int] = {}
    codes = [known.setdefault(name, len(known)) for name in clusters]
    return np.array(codes, dtype=np.int64), len(known)


def yield_interval(
    works: Sequence[bool], clusters: Sequence[str], level: float = LEVEL
) -> tuple[float, float] | None:
    """Return Wilson's interval of a yield for as many pixels as are worth it; None without any.

    Pixels that fail together count as fewer: n over the design effect 1 + (m - 1)·ρ, with the correlation ρ within a
    substrate by analysis of variance (Donner, Int. Stat. Rev. 1986, 54, 67). Where all are alike ρ cannot be told, and
    substrates are counted.
    """
    n = len(works)
    if not n:
        return None
    codes, _ = _coded(clusters)
    sizes = np.bincount(codes).astype(float)
    shares = np.bincount(codes, weights=np.asarray(works, dtype=float)) / sizes
    k, whole = sizes.size, float(np.mean(works))
    worth = float(n)
    if k < n:
        between = float(np.sum(sizes * (shares - whole) ** 2)) / max(k - 1, 1)
        within = float(np.sum(sizes * shares * (1 - shares))) / (n - k)
        mean_size = (n - float(np.sum(sizes**2)) / n) / (k - 1) if k > 1 else float(n)
        spread = between + (mean_size - 1) * within
        rho = 1.0 if spread <= 0 or k == 1 else float(np.clip((between - within) / spread, 0, 1))
        worth = n / (1 + (n / k - 1) * rho)
    found = share_interval(whole * worth, worth, level)
    return found and (min(found[0], whole), max(found[1], whole))


@dataclass(frozen=True, slots=True)
class Compared:
    """Two groups by the medians of their substrates, and how many it takes to see such a difference.

    ``effect`` is Hedges' g: the shift in standard deviations between substrates. ``needed`` substrates a group show it
    four times out of five; None where nothing can be said.
    """

    difference: Difference
    effect: float | None
    spread: float | None  # standard deviation between substrates
    needed: int | None


def compare(
    a: Sequence[PixelRow], b: Sequence[PixelRow], *, wanted: float | None = None
) -> Compared | None:
    """Return how two groups differ; None where one has no number. ``wanted``: the difference to plan for."""
    first, second = substrate_medians(a), substrate_medians(b)
    if not first.size or not second.size:
        return None
    difference = compare_groups(first.tolist(), second.tolist())
    free = first.size + second.size - 2
    if free < 1:
        return Compared(difference, None, None, None)
    squares = float(np.sum((first - first.mean()) ** 2) + np.sum((second - second.mean()) ** 2))
    spread = sqrt(squares / free)
    if spread <= 0 or free < 2:
        return Compared(difference, None, spread or None, None)
    small = 1 - 3 / (4 * free - 1)
    effect = small * float(first.mean() - second.mean()) / spread
    size = abs(difference.shift if wanted is None else wanted) / spread
    return Compared(difference, effect, spread, needed_substrates(size))


def substrate_medians(rows: Sequence[PixelRow]) -> Floats:
    """Return the median of the pixels that count of each substrate, in the order of the rows."""
    found: dict[str, list[float]] = {}
    for one in rows:
        if one.counts:
            found.setdefault(one.substrate, []).append(one.value)
    return np.array([median(values) for values in found.values()], dtype=float)


def needed_substrates(effect: float) -> int | None:
    """Return how many substrates a group the rank test takes to see a shift of ``effect`` standard deviations.

    With POWER, at FALSE_ALARM on both sides: Student's test by its noncentral distribution, over the efficiency of the
    rank test. None for no effect, or where it takes more than MOST_NEEDED.
    """
    if effect <= 0:
        return None
    low, high = 2, MOST_NEEDED
    if _power(effect, high) < POWER:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _power(effect, middle) >= POWER else (middle + 1, high)
    return int(np.ceil(low / WILCOXON))


def _power(effect: float, n: int) -> float:
    free, away = 2 * n - 2, effect * sqrt(n / 2)
    limit = float(scipy.special.stdtrit(free, 1 - FALSE_ALARM / 2))
    if away > limit + 8:
        return 1.0
    return float(1 - scipy.special.nctdtr(free, away, limit))
