"""Who is guilty: what sets a group of bad batches apart from the others, ranked, and honest about what goes together.

Pure. A suspect is a word (a lot, a person, an instrument) or a number (humidity, age of a stock). Of a word the effect is the share
of bad batches with it minus the share without; of a number it is Cliff's delta, the chance that a bad batch has more of it
minus the chance that it has less (Cliff, Psychol. Bull. 114 (1993) 494). Both lie between -1 and 1. The interval is
that at 95 % for all suspects together (Bonferroni), so that asking many does not convict one by chance; suspects
are ranked by its end nearer to none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import NormalDist

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.pixel_numbers import share_interval

LEAST_EACH = 2  # batches with and without, bad and good, that a suspect needs
TOGETHER = 0.7  # correlation from which two suspects cannot be told apart
SURE = 0.95

Floats = NDArray[np.float64]
Value = float | str | None


class TooFew(ValueError):
    """The group, or what it is compared with, is too small; the message says how many it takes."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One thing that may be guilty. ``n_bad`` and ``n_good`` are the batches of which it is known.

    ``level`` is the word, empty of a number; of a word ``bad_with`` of ``with_it`` batches are bad, ``bad_without`` of
    ``without`` are. ``together`` names suspects that cannot be told apart from it.
    """

    factor: str
    level: str
    effect: float
    low: float
    high: float
    n_bad: int
    n_good: int
    bad_with: int = 0
    with_it: int = 0
    bad_without: int = 0
    without: int = 0
    median_bad: float | None = None
    median_good: float | None = None
    together: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How it is named."""
        return f"{self.factor} {self.level}".strip()

    @property
    def stands_out(self) -> bool:
        """Whether the interval leaves out none at all."""
        return self.low > 0 or self.high < 0

    @property
    def at_least(self) -> float:
        """The size of the effect that is left when chance is allowed for."""
        return max(self.low, -self.high, 0.0)


def suspects(factors: Mapping[str, Sequence[Value]], bad: Sequence[bool]) -> list[Suspect]:
    """Return what may set the bad batches apart, the strongest first.

    ``factors``: by name, what is known of each batch, None where nothing is; words and numbers are not mixed.
    """
    is_bad = np.asarray(bad, dtype=bool)
    for words, count in (("bad", int(is_bad.sum())), ("others", int((~is_bad).sum()))):
        if count < LEAST_EACH:
            raise TooFew(
                f"It takes {LEAST_EACH} bad batches and {LEAST_EACH} others to tell a difference; there"
                f" {'is' if count == 1 else 'are'} {count} {words}."
            )
    tried = [
        (name, level, seen) for name, values in factors.items() for level, seen in _levels(values)
    ]
    usable = [one for one in tried if _has_enough(one[2], is_bad, bool(one[1]))]
    level = 1 - (1 - SURE) / max(len(usable), 1)
    found = [
        _of_word(name, word, seen, is_bad, level) if word else _of_number(name, seen, is_bad, level)
        for name, word, seen in usable
    ]
    together = _together([seen for _, _, seen in usable], [one.name for one in found])
    ranked = [replace(one, together=together[i]) for i, one in enumerate(found)]
    return sorted(ranked, key=lambda one: (-one.at_least, -abs(one.effect), one.name))


def _levels(values: Sequence[Value]) -> list[tuple[str, Floats]]:
    """Return a number as it is, under no word; a word once for each of its levels, as 1 and 0; NaN is unknown."""
    words = sorted({value for value in values if isinstance(value, str)})
    if not words:
        numbers = [math.nan if value is None else float(value) for value in values]
        return [("", np.array(numbers))]
    found = [
        (word, np.array([math.nan if v is None else float(v == word) for v in values]))
        for word in words
    ]
    return found[:1] if len(words) == 2 else found  # of two words the second says the same again


def _has_enough(seen: Floats, is_bad: NDArray[np.bool_], is_word: bool) -> bool:
    known = np.isfinite(seen)
    if min((known & is_bad).sum(), (known & ~is_bad).sum()) < LEAST_EACH:
        return False
    if not is_word:
        return bool(np.ptp(seen[known]) > 0)
    return bool(min((seen == 1).sum(), (seen == 0).sum()) >= LEAST_EACH)


def _of_word(
    name: str, word: str, seen: Floats, is_bad: NDArray[np.bool_], level: float
) -> Suspect:
    """Return the difference of two shares with Newcombe's interval (Stat. Med. 17 (1998) 873, method 10)."""
    has, lacks = seen == 1, seen == 0
    one, other = int((has & is_bad).sum()), int((lacks & is_bad).sum())
    n, m = int(has.sum()), int(lacks.sum())
    p, q = one / n, other / m
    with_it, without = share_interval(one, n, level), share_interval(other, m, level)
    assert with_it is not None  # of both there are batches: `_has_enough`
    assert without is not None
    (p_low, p_high), (q_low, q_high) = with_it, without
    low = p - q - math.hypot(p - p_low, q_high - q)
    high = p - q + math.hypot(p_high - p, q - q_low)
    known = has | lacks
    return Suspect(
        factor=name,
        level=word,
        effect=p - q,
        low=low,
        high=high,
        n_bad=int((known & is_bad).sum()),
        n_good=int((known & ~is_bad).sum()),
        bad_with=one,
        with_it=n,
        bad_without=other,
        without=m,
    )


def _of_number(name: str, seen: Floats, is_bad: NDArray[np.bool_], level: float) -> Suspect:
    """Return Cliff's delta with the interval that Feng and Cliff recommend (J. Mod. Appl. Stat. Meth. 3 (2004) 322)."""
    known = np.isfinite(seen)
    bad, good = seen[known & is_bad], seen[known & ~is_bad]
    signs = np.sign(bad[:, None] - good[None, :])
    delta = float(signs.mean())
    low, high = _delta_interval(signs, delta, NormalDist().inv_cdf((1 + level) / 2))
    return Suspect(
        factor=name,
        level="",
        effect=delta,
        low=low,
        high=high,
        n_bad=bad.size,
        n_good=good.size,
        median_bad=float(np.median(bad)),
        median_good=float(np.median(good)),
    )


def _delta_interval(signs: Floats, delta: float, z: float) -> tuple[float, float]:
    n, m = signs.shape
    if abs(delta) == 1:  # no overlap, so no variance to see: as a share of one in the smaller group
        bound = (min(n, m) - z**2) / (min(n, m) + z**2)
        return (bound, 1.0) if delta > 0 else (-1.0, -bound)
    rows = ((signs.mean(axis=1) - delta) ** 2).sum()
    columns = ((signs.mean(axis=0) - delta) ** 2).sum()
    whole = ((signs - delta) ** 2).sum()
    variance = (m**2 * rows + n**2 * columns - whole) / (n * m * (n - 1) * (m - 1))
    sd = math.sqrt(max(variance, 0.0))
    root = sd * z * math.sqrt((1 - delta**2) ** 2 + z**2 * sd**2)
    below = 1 - delta**2 + z**2 * sd**2
    low = (delta - delta**3 - root) / below
    high = (delta - delta**3 + root) / below
    return max(-1.0, low), min(1.0, high)


def _together(seen: Sequence[Floats], names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return, for each, the others that rise and fall with it over the batches in which both are known."""
    found: list[list[str]] = [[] for _ in seen]
    for i, j in combinations(range(len(seen)), 2):
        if names[i] == names[j] or _correlation(seen[i], seen[j]) < TOGETHER:
            continue
        found[i].append(names[j])
        found[j].append(names[i])
    return [tuple(one) for one in found]


def _correlation(one: Floats, other: Floats) -> float:
    """Return the size of Spearman's correlation; 0 where it cannot be known."""
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 2 * LEAST_EACH or np.ptp(one[both]) == 0 or np.ptp(other[both]) == 0:
        return 0.0
    return abs(
        float(np.corrcoef(scipy.stats.rankdata(one[both]), scipy.stats.rankdata(other[both]))[0, 1])
    )
