"""From where the request at work was asked, and of which project a file is that leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar


class From(NamedTuple):
    """An address, None where nobody says; and what a browser or script calls itself."""

    ip: str | None = None
    browser: str = ""


NOWHERE = From()
_current: ContextVar[From] = ContextVar("asked_from", default=NOWHERE)


def asked_from() -> From:
    """Return from where the request at work was asked; nowhere for a command or a job."""
    return _current.get()


@contextmanager
def asking(where: From) -> Iterator[None]:
    """Answer a request that was asked from there."""
    marker = _current.set(where)
    try:
        yield
    finally:
        _current.reset(marker)


STORED = object()  # a file that somebody stored, and takes back

Answer = TypeVar("Answer")


def leaving(answer: Answer, project: Any) -> Answer:
    """Say of which project the file is that an answer hands out, or that it is STORED; return the answer."""
    answer.leaves_project = project  # type: ignore[attr-defined]
    return answer
