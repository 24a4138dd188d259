"""Children of the fork server: how one is asked for, and what is held of it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

_SCRIPT = Path(__file__).with_name("fork_server.py")
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
IDLE_S = 30.0  # after which the server gives the memory of its libraries back
_FATE_S = 10.0  # a child that was killed is reaped at once, unless the server imports what it needs


class NoForkServer(RuntimeError):
    """The fork server could not be reached, and a new one neither."""


class Forked:
    """A child: ``request`` is written to, ``answer`` and ``errors`` are read from, ``fate`` says how it ended."""

    def __init__(self, request: int, answer: int, errors: int, fate: int, lifeline: int) -> None:
        self.request = request
        self.answer = answer
        self.errors = errors
        self.fate = fate
        self._lifeline = lifeline
        self._code: int | None = None

    def ended(self) -> bool:
        """Tell whether it ended, and whatever it had started was killed."""
        if self._code is None and select.select([self.fate], [], [], 0)[0]:
            self._code = _code(os.read(self.fate, 32))
        return self._code is not None

    def kill(self) -> int:
        """Make sure that it ended; return its exit code, negative the signal that ended it."""
        self._close("_lifeline")
        if self._code is None:
            told = select.select([self.fate], [], [], _FATE_S)[0]
            self._code = _code(os.read(self.fate, 32) if told else b"")
        for name in ("request", "answer", "errors", "fate"):
            self._close(name)
        return self._code

    def close_request(self) -> None:
        """Say that the request is whole."""
        self._close("request")

    def _close(self, name: str) -> None:
        descriptor = getattr(self, name)
        if descriptor >= 0:
            setattr(self, name, -1)
            os.close(descriptor)


class ForkServer:
    """The end of the socket that messages are sent to. Processes that are forked from its owner share it."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", str(_SCRIPT), str(its.fileno()), str(idle_s)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(its.fileno(),),
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )
        self._control = ours

    def fork(self, sys_path: Sequence[str], preload: Sequence[str]) -> Forked:
        """Ask for a child; raises `OSError` when the server is gone."""
        message = json.dumps({"sys_path": list(sys_path), "preload": list(preload)}).encode()
        request, answer, errors, fate, lifeline = (os.pipe() for _ in range(5))
        given = [request[0], answer[1], errors[1], fate[1], lifeline[0]]
        kept = [request[1], answer[0], errors[0], fate[0], lifeline[1]]
        try:
            socket.send_fds(self._control, [message], given)
        except BaseException:
            for descriptor in kept:
                os.close(descriptor)
            raise
        finally:
            for descriptor in given:
                os.close(descriptor)
        return Forked(*kept)

    def close(self) -> None:
        """Let the server go; it ends when the processes that share it have gone too."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0)


_lock = threading.Lock()
_server: ForkServer | None = None


def start_fork_server() -> None:
    """Start it now, so that all processes which are forked from this one share it."""
    global _server
    with _lock:
        _server = _server or ForkServer()


def fork_child(sys_path: Sequence[str], preload: Sequence[str]) -> Forked:
    """Return a child of the server; of a new server where the one that was there is gone."""
    global _server
    with _lock:
        if _server is not None:
            try:
                return _server.fork(sys_path, preload)
            except OSError:
                _server.close()
        _server = ForkServer()
        try:
            return _server.fork(sys_path, preload)
        except OSError as gone:
            raise NoForkServer("the process that reads files could not be started") from gone


def _code(told: bytes) -> int:
    """Return the exit code; of a child whose server went with it, that of a killed one."""
    return int(told) if told else -9


def _environment() -> dict[str, str]:
    needed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {**needed, **dict.fromkeys(_ONE_THREAD, "1"), "LANG": "C.UTF-8", "PATH": os.defpath}
