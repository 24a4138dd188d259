"""What counts as one date: measurements that lie less than six hours after the first of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

SAME_DAY = 0.25  # of a day


class OnADay(Protocol):
    """Something that was measured on a day counted from day zero."""

    @property
    def day(self) -> float:
        """Days after day zero."""


T = TypeVar("T", bound=OnADay)


def by_date(measured: Iterable[T]) -> list[list[T]]:
    """Return what was measured date by date, in order.

    >>> from analysis.stability.conversion import Pattern
    >>> [len(date) for date in by_date([Pattern(day, None) for day in (2, 0, 0.2, 0.4)])]
    [2, 1, 1]
    """
    dates: list[list[T]] = []
    for one in sorted(measured, key=lambda one: one.day):
        if dates and one.day - dates[-1][0].day < SAME_DAY:
            dates[-1].append(one)
        else:
            dates.append([one])
    return dates
