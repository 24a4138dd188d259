"""The process that children are forked from: it has imported what they need, and opens no file of anybody.

Started as a script by `labnotebook.records.sandbox.forked` with ``python -I`` and without an environment. It
reads one message for each child from the socket whose number it is given, ends when nobody holds the other end
any longer, and starts afresh when it had nothing to do for a while, so that an idle notebook keeps no libraries.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

_MESSAGE_BYTES = 1 << 16
_PIPES = 5  # request, answer, errors, fate, lifeline
_ANSWER_FD = 3
_HIGHEST_FD = 4096  # far above what the server itself can have open: two for each running child


@dataclass(frozen=True, slots=True)
class _Running:
    """A child that has not been reaped: its fate goes to ``fate``; ``lifeline`` ends when nobody waits for it."""

    fate: int
    lifeline: int


def main() -> None:
    """Fork a child for each message until nobody can send one."""
    os.chdir("/")
    control, idle_s = sys.argv[1:]
    child, walls = _beside("child"), _beside("walls")
    Server(
        socket.socket(fileno=int(control)), float(idle_s), lambda fd: child.main(fd, walls)
    ).serve()


class Server:
    """One thread, one loop: messages, lifelines that were let go, children that ended."""

    def __init__(
        self, control: socket.socket, idle_s: float, run_child: Callable[[int], None]
    ) -> None:
        self.control = control
        self.idle_s = idle_s
        self.run_child = run_child
        self.running: dict[int, _Running] = {}
        self.tried: set[str] = set()
        self.selector = selectors.DefaultSelector()
        self.woken, self.waker = os.pipe()
        for end in (self.woken, self.waker):
            os.set_blocking(end, False)

    def serve(self) -> None:
        """Return when the other end of the socket is closed everywhere."""
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self.selector.register(self.control, selectors.EVENT_READ)
        self.selector.register(self.woken, selectors.EVENT_READ)
        while True:
            idle = not self.running and self.tried
            ready = self.selector.select(self.idle_s if idle else None)
            if not ready and idle:
                self._start_afresh()
            for key, _ in ready:
                if key.fileobj is self.control:
                    if not self._take():
                        self._end_all()
                        return
                elif key.fd == self.woken:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self.woken, 4096)
                else:
                    self._let_go(key.fd)
            self._reap()

    def _take(self) -> bool:
        """Fork a child for one message; False when nobody can send another."""
        try:
            message, pipes, _flags, _sender = socket.recv_fds(self.control, _MESSAGE_BYTES, _PIPES)
        except ConnectionError:
            return False
        if not message:
            return False
        if len(pipes) == _PIPES:
            wanted = json.loads(message)
            self._prepare(wanted["sys_path"], wanted["preload"])
            self._fork(pipes)
        else:
            _close(pipes)
        return True

    def _prepare(self, sys_path: list[str], modules: list[str]) -> None:
        """Import once what many children need; one that cannot be imported is the child's to tell."""
        new = [name for name in modules if name not in self.tried]
        if new:
            sys.path[:0] = [path for path in sys_path if path not in sys.path]
        for name in new:
            self.tried.add(name)
            with contextlib.suppress(Exception):
                import_module(name)

    def _fork(self, pipes: list[int]) -> None:
        request, answer, errors, fate, lifeline = pipes
        try:
            number = os.fork()
        except OSError:
            _close(pipes)  # without a word on the pipe of its fate: the child could not be started
            return
        if number == 0:
            self._become_child(request, answer, errors)
        _close((request, answer, errors))
        self.running[number] = _Running(fate, lifeline)
        self.selector.register(lifeline, selectors.EVENT_READ)

    def _become_child(self, request: int, answer: int, errors: int) -> None:
        """Keep nothing of the server but its modules, then run the task; never returns."""
        try:
            os.setsid()  # a group of its own, killed as a whole
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            kept = [
                os.dup(end) for end in (request, os.open(os.devnull, os.O_WRONLY), errors, answer)
            ]
            for place, end in enumerate(kept):
                os.dup2(end, place)
            os.closerange(_ANSWER_FD + 1, _HIGHEST_FD)
            self.run_child(_ANSWER_FD)
        except BaseException:
            from traceback import format_exc

            with contextlib.suppress(OSError):
                os.write(2, format_exc().encode("utf-8", "replace"))
        finally:
            os._exit(1)

    def _let_go(self, lifeline: int) -> None:
        """Kill the child that nobody waits for."""
        self.selector.unregister(lifeline)
        for number, child in self.running.items():
            if child.lifeline == lifeline:
                _kill_group(number)

    def _reap(self) -> None:
        """Tell the fate of those that ended. What they may have started is killed while the number is still theirs."""
        for number in list(self.running):
            if os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            _kill_group(number)
            _, status = os.waitpid(number, 0)
            child = self.running.pop(number)
            with contextlib.suppress(KeyError):
                self.selector.unregister(child.lifeline)
            with contextlib.suppress(OSError):
                os.write(child.fate, b"%d" % os.waitstatus_to_exitcode(status))
            _close((child.fate, child.lifeline))

    def _end_all(self) -> None:
        for number in self.running:
            _kill_group(number)

    def _start_afresh(self) -> None:
        self.control.set_inheritable(True)
        told = [str(self.control.fileno()), str(self.idle_s)]
        os.execv(sys.executable, [sys.executable, "-I", "-B", __file__, *told])  # noqa: S606


def _beside(name: str) -> ModuleType:
    """Load a module from beside this file: the package around it would bring in what no child needs."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _kill_group(number: int) -> None:
    """Kill a child that was not reaped, and what it started; by its own number until it has made its group."""
    try:
        os.killpg(number, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(number, signal.SIGKILL)
    except PermissionError:  # all that is left of the group has ended
        pass


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)


if __name__ == "__main__":
    main()
