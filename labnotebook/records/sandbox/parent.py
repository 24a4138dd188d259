"""Ask for a child, feed it, wait no longer than allowed, and turn its end into an answer or its reason."""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labnotebook.records.sandbox.forked import Forked, fork_child

RESULT_MB = 128
_ROOT = Path(__file__).resolve().parents[3]
_ERROR_BYTES = 16 * 1024


class ChildStopped(RuntimeError):
    """The child was stopped or died, or the task met a fault of ours.

    ``reason`` is ``time``, ``memory``, ``output``, ``died`` or ``fault``; ``what`` is the signal, the exit
    code or the class of the exception; ``detail`` is for the log.
    """

    def __init__(self, reason: str, what: str = "", detail: str = "") -> None:
        super().__init__(f"{reason}: {what}" if what else reason)
        self.reason = reason
        self.what = what
        self.detail = detail


class ChildRefused(RuntimeError):
    """What the task refused, in its own words.

    ``kind`` is the dotted name of the refusal's class; ``reading`` is what it had read by then, None
    when it carries nothing.
    """

    def __init__(self, kind: str, message: str, reading: dict[str, Any] | None) -> None:
        super().__init__(message)
        self.kind = kind
        self.reading = reading


@dataclass(slots=True)
class _End:
    """How a child ended. ``cut`` names what stopped it: ``time``, ``output`` or "" when it ended itself."""

    answer: bytearray = field(default_factory=bytearray)
    errors: bytearray = field(default_factory=bytearray)
    cut: str = ""
    code: int = 0


def run_in_child(
    target: str,
    payload: dict[str, Any],
    *,
    refusals: Sequence[str],
    seconds: float,
    memory_mb: int,
    reads: Sequence[str] = (),
    preload: Sequence[str] = (),
) -> dict[str, Any]:
    """Run ``module:function`` on a JSON-ready payload in a child process and return its answer.

    ``target`` is never anything that a person sent. ``refusals``: dotted names of the exceptions that
    are sentences and no faults. ``reads``: the files it may read, and no others. ``preload``: modules that many such tasks need; they are imported once, by
    the server that the children are forked from.

    Raises
    ------
    ChildRefused
        when the task raised one of ``refusals``.
    ChildStopped
        when the child took too long, too much memory, answered too much, died or met a fault.
    """
    request = {
        "target": target,
        "payload": payload,
        "refusals": list(refusals),
        "seconds": seconds,
        "memory_mb": memory_mb,
        "reads": list(reads),
        "sys_path": [str(_ROOT), *(os.path.abspath(path) for path in sys.path if path)],
    }
    try:
        return _judge(_run_child(request, preload, seconds))
    except ChildStopped as stop:
        if (stop.reason, stop.what) != ("died", "SIGKILL"):
            raise
    # Nothing in a child kills it like that: the machine was short of memory, perhaps through others.
    return _judge(_run_child(request, preload, seconds))


def _run_child(request: dict[str, Any], preload: Sequence[str], seconds: float) -> _End:
    end = _End()
    child = fork_child(request["sys_path"], preload)
    try:
        _talk(child, json.dumps(request).encode(), time.monotonic() + seconds, end)
    finally:  # also when the process itself is told to stop
        end.code = child.kill()
    return end


def _talk(child: Forked, message: bytes, deadline: float, end: _End) -> None:
    """Write the request and gather the answer until the child ends, floods or the time is up."""
    unsent = memoryview(message)
    with selectors.DefaultSelector() as selector:
        for descriptor in (child.request, child.errors, child.answer):
            os.set_blocking(descriptor, False)
        selector.register(child.request, selectors.EVENT_WRITE)
        selector.register(child.errors, selectors.EVENT_READ)
        selector.register(child.answer, selectors.EVENT_READ)
        selector.register(child.fate, selectors.EVENT_READ)
        while True:
            ended = child.ended()  # asked before reading, so that its last bytes are not missed
            left = deadline - time.monotonic()
            if left <= 0 and not ended:
                end.cut = "time"
                return
            events = selector.select(0 if ended else left)
            read_something = False
            for key, _ in events:
                if key.fd == child.fate:
                    continue
                if key.fd == child.request:
                    unsent = _send(child, selector, unsent)
                    continue
                chunk = _take(key.fd)
                if chunk is None:
                    continue
                if not chunk:
                    selector.unregister(key.fd)
                    continue
                read_something = True
                if key.fd == child.answer:
                    end.answer += chunk
                    if len(end.answer) > RESULT_MB * 1024 * 1024:
                        end.cut = "output"
                        return
                elif len(end.errors) < _ERROR_BYTES:
                    end.errors += chunk[:_ERROR_BYTES]
            if ended and not read_something:
                return


def _send(child: Forked, selector: selectors.BaseSelector, unsent: memoryview) -> memoryview:
    try:
        unsent = unsent[os.write(child.request, unsent) :]
    except BlockingIOError:
        return unsent
    except BrokenPipeError:
        unsent = memoryview(b"")  # the child is gone; its end says why
    if not unsent:
        selector.unregister(child.request)
        child.close_request()
    return unsent


def _take(descriptor: int) -> bytes | None:
    """Return what is there, b"" at the end of the pipe, None when there is nothing yet."""
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None


def _judge(end: _End) -> dict[str, Any]:
    detail = end.errors.decode("utf-8", "replace")
    if end.cut == "time" or -end.code in (signal.SIGXCPU, signal.SIGALRM):
        raise ChildStopped("time", detail=detail)
    if end.cut == "output":
        raise ChildStopped("output", detail=detail)
    try:
        answer = json.loads(end.answer)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        if "MemoryError" in detail or "bad_alloc" in detail or "emory allocation" in detail:
            raise ChildStopped("memory", detail=detail)
        raise ChildStopped("died", _how(end.code), detail)
    if "ok" in answer:
        result: dict[str, Any] = answer["ok"]
        return result
    if answer.get("stopped") == "memory":
        raise ChildStopped("memory", detail=detail)
    if "refusal" in answer:
        raise ChildRefused(answer["refusal"], str(answer["message"]), answer["reading"])
    trace = str(answer.get("trace", detail))
    raise ChildStopped("fault", str(answer.get("broke", "unknown")), trace)


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
