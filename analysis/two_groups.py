"""Whether two groups of batches differ: Mann-Whitney's test and the size of the shift. Pure: no Django, no database.

Batches are few and their numbers seldom normal, so ranks are compared, never means.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

LEAST = 5  # of each group: 3 against 3 cannot reach 5 % whatever they are
MOST = 1_000  # of each group that are compared: the shift looks at every pair
EXACT = 25  # up to so many of each, without ties, the interval is exact
LEVEL = 0.95
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Difference:
    """Group a against group b; ``shift`` and its 95 % interval are in the unit of the numbers, positive: a is higher.

    ``delta`` is Cliff's: P(a > b) - P(a < b). Without ``p_value`` there are too few to say anything.
    """

    n_a: int
    n_b: int
    shift: float
    delta: float
    p_value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_claimed(self) -> bool:
        """Whether they differ by more than chance gives once in twenty times."""
        return self.p_value is not None and self.p_value < 1 - LEVEL


def compare_groups(a: Sequence[float], b: Sequence[float]) -> Difference:
    """Return how two groups differ, each of at least one finite number.

    The shift is that of Hodges and Lehmann, the median of all differences of a pair; its interval are the
    order statistics of these (Hollander and Wolfe, Nonparametric Statistical Methods, chapter 4): exact for
    up to EXACT without ties, else by the normal approximation with ties corrected for.
    """
    first, second = (np.asarray(values, dtype=float)[:MOST] for values in (a, b))
    pairs = np.sort(np.subtract.outer(first, second), axis=None)
    delta = float((pairs > 0).mean() - (pairs < 0).mean())
    shift = float(np.median(pairs))
    n_a, n_b = first.size, second.size
    if min(n_a, n_b) < LEAST:
        return Difference(n_a, n_b, shift, delta)
    p_value = float(scipy.stats.mannwhitneyu(first, second, alternative="two-sided").pvalue)
    if not math.isfinite(p_value):  # every number is the same
        p_value = 1.0
    place = _place(n_a, n_b, [*first.tolist(), *second.tolist()])
    low, high = float(pairs[place - 1]), float(pairs[pairs.size - place])
    return Difference(n_a, n_b, shift, delta, p_value, low, high)


def _place(n_a: int, n_b: int, every: Sequence[float]) -> int:
    """Return which of the sorted differences, from 1 on, the interval begins with."""
    ties = [count for count in Counter(every).values() if count > 1]
    if not ties and max(n_a, n_b) <= EXACT:
        tail, total = 0, math.comb(n_a + n_b, n_a)
        for u, ways in enumerate(_ways(n_a, n_b)):
            tail += ways
            if tail / total >= (1 - LEVEL) / 2:
                return max(u, 1)
    n = n_a + n_b
    lost = sum(t**3 - t for t in ties) / (n * (n - 1))
    spread = math.sqrt(n_a * n_b / 12 * (n + 1 - lost))
    return max(math.floor(n_a * n_b / 2 - Z * spread), 1)


def _ways(n_a: int, n_b: int) -> list[int]:
    """Return how many orders of a and b give U = 0, 1, ...: the coefficients of the Gaussian binomial."""
    ways = [1] + [0] * (n_a * n_b)
    for k in range(1, n_a + 1):
        for u in range(len(ways) - 1, n_b + k - 1, -1):  # times 1 - q^(n_b + k)
            ways[u] -= ways[u - n_b - k]
        for u in range(k, len(ways)):  # divided by 1 - q^k
            ways[u] += ways[u - k]
    return ways
