"""Analyse in a child process, and say how that ended in the words of a chemist."""

from __future__ import annotations

from typing import Any

from analysis.reading import UnreadableFile
from analysis.result import NoResult
from labnotebook.records.sandbox import RESULT_MB, ChildRefused, ChildStopped, run_in_child

TASKS = {
    "analyse": "analysis.sandbox.tasks:analyse",
    "read": "analysis.sandbox.tasks:read_only",
    "picture": "analysis.sandbox.pictures:picture",
}
# What nearly every analysis needs: imported once, by the process that its children are forked from.
_PRELOAD = (
    "analysis.sandbox.tasks",
    "scipy.integrate",
    "scipy.interpolate",
    "scipy.linalg",
    "scipy.ndimage",
    "scipy.optimize",
    "scipy.signal",
    "scipy.sparse",
    "scipy.stats",
)
_UNREADABLE, _NO_RESULT = "analysis.reading.UnreadableFile", "analysis.result.NoResult"


class AnalysisStopped(RuntimeError):
    """The child was stopped or died; the message says why, for the chemist.

    ``reason`` is ``time``, ``memory``, ``output``, ``died`` or ``fault``; ``detail`` is for the log.
    """

    def __init__(self, message: str, reason: str, detail: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.detail = detail


class AnalysisBroke(AnalysisStopped):
    """A fault of ours: the task raised what it should not; ``detail`` holds the traceback."""


class UnreadableButSeen(UnreadableFile):
    """The file was not read, but ``reading["preview"]`` shows what a person may say of it."""

    def __init__(self, message: str, reading: dict[str, Any]) -> None:
        super().__init__(message)
        self.reading = reading


class NoResultFromReading(NoResult):
    """The file was read but the method refused; ``reading`` is there to be drawn."""

    def __init__(self, message: str, reading: dict[str, Any]) -> None:
        super().__init__(message)
        self.reading = reading


def run_limited(
    task: str, payload: dict[str, Any], *, seconds: float = 30, memory_mb: int = 1024
) -> dict[str, Any]:
    """Run a registered task on a JSON-ready payload in a child process and return its answer.

    Raises
    ------
    UnreadableFile, NoResult
        what the task refused, in its own words (`NoResultFromReading` when the file was read).
    AnalysisStopped
        when the child took too long, too much memory, answered too much or died.
    """
    try:
        return run_in_child(
            TASKS[task],
            payload,
            refusals=(_UNREADABLE, _NO_RESULT),
            seconds=seconds,
            memory_mb=memory_mb,
            reads=_files_of(payload),
            preload=_PRELOAD,
        )
    except ChildRefused as refused:
        if refused.kind == _UNREADABLE and refused.reading:
            raise UnreadableButSeen(str(refused), refused.reading) from None
        if refused.kind == _UNREADABLE:
            raise UnreadableFile(str(refused)) from None
        if refused.reading:
            raise NoResultFromReading(str(refused), refused.reading) from None
        raise NoResult(str(refused)) from None
    except ChildStopped as stop:
        kind = AnalysisBroke if stop.reason == "fault" else AnalysisStopped
        sentence = _sentence(stop, seconds, memory_mb)
        raise kind(sentence, stop.reason, stop.detail) from None


def _files_of(payload: dict[str, Any]) -> list[str]:
    """Return the files that a task is told of: the one it is for, and those that its parameters name."""
    told = [payload, *payload.get("named", {}).values()]
    return [one["path"] for one in told if "path" in one]


def _sentence(stop: ChildStopped, seconds: float, memory_mb: int) -> str:
    if stop.reason == "time":
        return (
            f"Reading this file took longer than {seconds:g} s and was stopped; the file is kept."
        )
    if stop.reason == "memory":
        return (
            f"Reading this file needed more than {memory_mb} MB of memory and was stopped; the file is kept. "
            "Upload a smaller export, such as a single scan."
        )
    if stop.reason == "output":
        return (
            f"The result of this file is larger than {RESULT_MB} MB and was not kept; the file is. "
            "Upload a smaller export, such as a single scan."
        )
    if stop.reason == "died":
        return (
            f"The program that reads this file ended unexpectedly ({stop.what}); the file is kept. Upload it "
            "in another format, or tell who runs this server."
        )
    return (
        f"Reading this file met a fault of the program ({stop.what}); the file is kept. "
        "Tell who runs this server: it is not the file's owner who can mend this."
    )
