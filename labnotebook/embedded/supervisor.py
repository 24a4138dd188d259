"""Keep the notebook's processes alive, and stop them in order."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from labnotebook.embedded.processes import Child, Program
from labnotebook.embedded.refusals import CannotStart
from labnotebook.embedded.services import Services

SHORTEST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
STEADY_S = 60.0  # a child that ran this long has earned a fresh start
LOOK_EVERY_S = 0.2

logger = logging.getLogger(__name__)


class Restarts:
    """How long to wait before a program is started again: twice as long each time."""

    def __init__(self) -> None:
        self.started_at = time.monotonic()
        self.due_at: float | None = None
        self._failures = 0

    def died(self) -> float:
        """Note a death, and return the pause before the next start in seconds."""
        if time.monotonic() - self.started_at > STEADY_S:
            self._failures = 0
        pause_s = min(SHORTEST_PAUSE_S * 2**self._failures, LONGEST_PAUSE_S)
        self._failures += 1
        self.due_at = time.monotonic() + pause_s
        return pause_s

    def is_due(self) -> bool:
        """Say whether the pause is over."""
        return self.due_at is not None and time.monotonic() >= self.due_at

    def started(self) -> None:
        """Note a start."""
        self.due_at = None
        self.started_at = time.monotonic()


class Supervisor:
    """Runs the servers and the programs of one data folder until it is told to stop.

    ``start`` makes a child of a program: a new process (`Child`), or a fork of this one (`forks.Fork`).
    """

    def __init__(
        self,
        data: Path,
        services: Services | None,
        stopping: threading.Event,
        start: Callable[[Any, Path], Any] = Child,
    ) -> None:
        self._data = data
        self._services = services  # None when somebody else runs them
        self._start = start
        self._stopping = stopping
        self._programs: dict[str, Any] = {}
        self._children: dict[str, Any] = {}
        self._restarts: dict[str, Restarts] = {}

    def listen_for_signals(self) -> None:
        """Take Ctrl-C, a closed window and a polite kill as the wish to stop; repeats are calm."""

        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    def run_to_end(self, program: Program) -> int | None:
        """Run a program that ends by itself; return its exit code, None when we must stop."""
        child = Child(program, self._data)
        while child.exit_code() is None and not self._stopping.wait(0.02):
            pass
        code = child.exit_code()
        child.stop()
        return code

    def start(self, programs: Sequence[Any]) -> None:
        """Start the programs; they are kept running from now on."""
        for program in programs:
            self._programs[program.name] = program
            self._children[program.name] = self._start(program, self._data)
            self._restarts[program.name] = Restarts()

    def watch(self, on_look: Callable[[], None]) -> None:
        """Start again what ended, until it is time to stop."""
        while not self._stopping.wait(LOOK_EVERY_S):
            self._mind_services()
            self._mind_programs()
            on_look()

    def stop(self) -> None:
        """Stop the programs in the order they were started, then broker and database."""
        for name in list(self._children):
            self._children.pop(name).stop()
        if self._services is not None:
            self._services.stop()

    def _mind_services(self) -> None:
        if self._services is None:
            return
        for name in self._services.dead():
            restarts = self._restarts.setdefault(name, Restarts())
            if restarts.due_at is None:
                pause_s = restarts.died()
                logger.error("%s ended by itself; starting it again in %.1f s", name, pause_s)
            elif restarts.is_due():
                restarts.started()
                try:
                    self._services.restart(name)
                except CannotStart as failure:
                    logger.error("%s", failure)

    def _mind_programs(self) -> None:
        for name, child in self._children.items():
            restarts = self._restarts[name]
            code = child.exit_code()
            if code is None:
                continue
            if restarts.due_at is None:
                pause_s = restarts.died()
                logger.error("%s ended (%d); starting it again in %.1f s", name, code, pause_s)
            elif restarts.is_due():
                child.kill_group()
                restarts.started()
                self._children[name] = self._start(self._programs[name], self._data)
