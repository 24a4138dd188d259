"""Time two ways of doing the same thing side by side, and say how far apart they are."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ROUNDS = 5
MOST_UNREST = 3.0  # a reference whose own p95 is further above its p50 was disturbed: void
ATTEMPTS = 3

QUANTILES = {"p50": 0.5, "p95": 0.95}

Act = Callable[[int], object]


@dataclass(frozen=True)
class Times:
    """Times of one side in ms, round by round."""

    rounds_ms: list[list[float]]

    def quantile_ms(self, share: float) -> float:
        """The median over the rounds of this quantile."""
        return statistics.median(_quantile(one, share) for one in self.rounds_ms)

    @property
    def unrest(self) -> float:
        """How far p95 lies above p50."""
        return self.quantile_ms(0.95) / self.quantile_ms(0.5)


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass(frozen=True)
class Line:
    """One line of the printed table."""

    what: str
    ours_ms: float
    reference_ms: float | None = None
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over the reference."""
        return None if self.reference_ms is None else self.ours_ms / self.reference_ms

    @property
    def holds(self) -> bool | None:
        """Whether the limit is kept; None when there is none, or the run is void."""
        if self.limit is None or self.ratio is None or self.note.startswith("void"):
            return None
        return self.ratio <= self.limit


@dataclass
class Table:
    """What was measured, to print at the end."""

    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> Line:
        """Keep a line."""
        self.lines.append(line)
        return line

    def add_times(
        self,
        what: str,
        ours: Times,
        reference: Times | None = None,
        *,
        limits: Mapping[str, float] = MappingProxyType({}),
        note: str = "",
    ) -> list[Line]:
        """Keep a line for p50 and one for p95, over the reference's; ``limits`` are by quantile."""
        return [
            self.add(
                Line(
                    f"{what}, {name}",
                    ours.quantile_ms(share),
                    None if reference is None else reference.quantile_ms(share),
                    limits.get(name),
                    (void_note(reference) if reference else "") or note,
                )
            )
            for name, share in QUANTILES.items()
        ]

    def __str__(self) -> str:
        head = f"{'what':<46} {'ours':>10} {'reference':>10} {'ratio':>6} {'limit':>6}  holds"
        return "\n".join([head, "-" * len(head), *map(self._written, self.lines)])

    @staticmethod
    def _written(line: Line) -> str:
        reference = "-" if line.reference_ms is None else f"{line.reference_ms:.2f} ms"
        ratio = "-" if line.ratio is None else f"{line.ratio:.2f}"
        limit = "-" if line.limit is None else f"{line.limit:.2f}"
        holds = {True: "yes", False: "NO", None: "-"}[line.holds]
        return (
            f"{line.what:<46} {line.ours_ms:>7.2f} ms {reference:>10} {ratio:>6} {limit:>6}  {holds}"
            f" {line.note}".rstrip()
        )


def side_by_side(*acts: Act, repeats: int, rounds: int = ROUNDS) -> list[Times]:
    """Do each act ``repeats`` times in each round, taking turns; the last act is the reference.

    Each act gets the number of the turn, so that all do the same work. Repeated when the reference
    was disturbed.
    """
    for _attempt in range(ATTEMPTS):
        taken = [_round(acts, repeats) for _ in range(rounds)]
        times = [Times([one[side] for one in taken]) for side in range(len(acts))]
        if times[-1].unrest <= MOST_UNREST:
            break
    return times


def _round(acts: tuple[Act, ...], repeats: int) -> list[list[float]]:
    taken: list[list[float]] = [[] for _ in acts]
    gc.collect()
    gc.freeze()  # as `manage.py serve` does with what it has loaded, which else is looked through again and again
    for turn in range(repeats):
        # Who goes first changes every turn: the second finds the pages of the first in the cache.
        for side in (*range(turn % len(acts), len(acts)), *range(turn % len(acts))):
            began = time.perf_counter()
            acts[side](turn)
            taken[side].append(1000 * (time.perf_counter() - began))
    return taken


def void_note(reference: Times) -> str:
    """Return why a comparison does not count, empty when it does."""
    if reference.unrest <= MOST_UNREST:
        return ""
    return f"void: the reference's own p95 is {reference.unrest:.1f} times its p50"
