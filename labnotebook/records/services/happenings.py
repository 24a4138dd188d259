"""What happened that others may want to know, said by the room in which it did; who listens is none of its business.

Listeners are called in the transaction of what happened: what they write is kept or lost with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from labnotebook.records.models import Project

BATCH_MADE, ANALYSIS_DONE, OUTCOME_ACCEPTED = "batch made", "analysis done", "outcome accepted"
EVENTS = (BATCH_MADE, ANALYSIS_DONE, OUTCOME_ACCEPTED)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: of which record (its number), of what (a code), and the path of its page."""

    event: str
    project: Project
    id: int
    code: str
    path: str


_listeners: list[Callable[[Happening], None]] = []


def listens(listener: Callable[[Happening], None]) -> Callable[[Happening], None]:
    """Register who is told of everything that happens."""
    _listeners.append(listener)
    return listener


def happened(event: str, *, project: Project, id: int, code: str, path: str) -> None:
    """Tell the listeners, in the caller's transaction."""
    for listener in _listeners:
        listener(Happening(event, project, id, code, path))
