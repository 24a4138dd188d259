"""Group what people did by visit: one person, without a gap of half an hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

GAP = timedelta(minutes=30)
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Visit(Generic[One]):
    """What one person did in one go, in the order in which it was given."""

    who: str
    items: tuple[One, ...]
    first: datetime
    last: datetime


def visits_of(
    items: Iterable[One], *, who: Callable[[One], str], at: Callable[[One], datetime]
) -> list[Visit[One]]:
    """Return the visits, in the order of the items; times may run up or down."""
    runs: list[list[One]] = []
    for item in items:
        last = runs[-1][-1] if runs else None
        if last is not None and who(last) == who(item) and abs(at(item) - at(last)) < GAP:
            runs[-1].append(item)
        else:
            runs.append([item])
    return [Visit(who(run[0]), tuple(run), min(map(at, run)), max(map(at, run))) for run in runs]
