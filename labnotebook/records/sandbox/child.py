"""What runs inside the child: limits and walls first, then one task, then its answer as JSON.

Forked by `labnotebook.records.sandbox.fork_server`, which runs with ``python -I``. What it had imported by then
is there; nothing of the request was looked at before the limits stand.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

_FILE_BYTES = 1024 * 1024  # nothing that runs here has a file to write
_OPEN_FILES = 64
_SLICE = 20_000
# Python's own audit events: a reader or a method has no reason for any of them.
_FORBIDDEN = (
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.exec",
    "os.system",
    "subprocess.",
)
_FORBIDDEN_NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto")


class NotAllowed(RuntimeError):
    """The task tried to start a process or to reach the network."""


def main(answer_fd: int, walls: ModuleType) -> None:
    """Read the request from standard input, run it, write the answer to the pipe ``answer_fd``."""
    request = json.load(sys.stdin.buffer)
    walls.leave_the_users()
    set_limits(request["seconds"], request["memory_mb"])
    sys.path[:0] = [path for path in request["sys_path"] if path not in sys.path]
    sys.addaudithook(_forbid)
    walls.raise_walls(sys.path, request["reads"])
    answer = _run(request)
    with os.fdopen(answer_fd, "wb") as pipe:
        pipe.write(answer)
    # Not sys.exit: no thread or exit handler of a library may hold up or change what was answered.
    os._exit(0)


def set_limits(seconds: float, memory_mb: int) -> None:
    """Limit this process for good; a limit that is already lower stays."""
    cpu = math.ceil(seconds) + 1
    wanted = {
        resource.RLIMIT_AS: memory_mb * 1024 * 1024,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: _FILE_BYTES,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    if (
        os.getuid() != 0
    ):  # root is exempt from it; there the audit hook and the killed group stand in
        wanted[resource.RLIMIT_NPROC] = 0
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    # Should the parent be killed, nobody is left to stop this process: it stops itself.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 5)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) or event in _FORBIDDEN_NETWORK:
        raise NotAllowed(f"{event} is not allowed here")


def _run(request: dict[str, Any]) -> bytes:
    try:
        answer = {"ok": _task(request["target"])(request["payload"])}
        return _encode(answer)
    except MemoryError:
        return b'{"stopped": "memory"}'
    except Exception as refusal:
        return _refusal(refusal, request["refusals"])


def _task(target: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    from importlib import import_module

    module, _, name = target.partition(":")
    task: Callable[[dict[str, Any]], dict[str, Any]] = getattr(import_module(module), name)
    return task


def _refusal(refusal: Exception, known: list[str]) -> bytes:
    """Answer with a refusal that the caller knows by the dotted name of its class, else with a fault."""
    from traceback import format_exception

    names = {f"{cls.__module__}.{cls.__qualname__}" for cls in type(refusal).__mro__}
    for name in known:
        if name in names:
            reading = getattr(refusal, "reading", None)
            return _encode({"refusal": name, "message": str(refusal), "reading": reading})
    trace = "".join(format_exception(refusal))[-8000:]
    return _encode({"broke": type(refusal).__name__, "trace": trace})


def _encode(answer: dict[str, Any]) -> bytes:
    text = bytearray()  # all of it before the pipe gets any: a fault half-way must not send half
    for piece in _pieces(answer):
        text += piece.encode("utf-8", "replace")
    return bytes(text)


def _pieces(value: Any) -> Iterator[str]:
    """Yield the JSON of ``value``; long arrays slice by slice, as millions of numbers need the room."""
    if isinstance(value, dict):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{',' if number else ''}{json.dumps(str(key))}:"
            yield from _pieces(item)
        yield "}"
    elif hasattr(value, "__len__") and not isinstance(value, str) and len(value) > _SLICE:
        value = value if hasattr(value, "tolist") else list(value)
        for start in range(0, len(value), _SLICE):
            part = _dumps(value[start : start + _SLICE])[1:-1]
            yield f"{',' if start else '['}{part}"
        yield "]"
    else:
        yield _dumps(value)


def _dumps(value: Any) -> str:
    return json.dumps(plain(value), allow_nan=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """Return what JSON can hold: NaN and infinity become None, arrays lists, numpy numbers numbers."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # numpy arrays and scalars, without importing numpy
        return plain(value.tolist())
    raise TypeError(f"a task returned a {type(value).__name__}, which JSON cannot hold")
