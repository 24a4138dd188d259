"""Children that are forked from a process that has loaded everything, and so share its memory."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from labnotebook.embedded.processes import die_with_parent

LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Role:
    """What a forked child does, and how long it may take to stop."""

    name: str
    run: Callable[[], object]
    stop_s: float = 5.0


class Fork:
    """One forked child, leader of its own session; the same to a supervisor as a `Child`."""

    def __init__(self, role: Role, _data: Path) -> None:
        self.role = role
        self._code: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        arrange = die_with_parent(signal.SIGTERM)
        self.pid = os.fork()
        if self.pid == 0:
            _become(role, arrange)

    def exit_code(self) -> int | None:
        """Return the exit code, or None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def stop(self) -> None:
        """Ask it to end, wait as long as it may take, then end its whole group."""
        if self.exit_code() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            self._wait(self.role.stop_s)
        self.kill_group()

    def kill_group(self) -> None:
        """End what is left of its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._wait(10)

    def _wait(self, patience_s: float) -> None:
        until = time.monotonic() + patience_s
        while self.exit_code() is None and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)


def _become(role: Role, arrange: Callable[[], None] | None) -> None:
    """Run a role in the child and end; nothing of the parent's is run on the way out."""
    code = 1
    try:
        os.setsid()
        if arrange is not None:
            arrange()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        show_as(f"labnotebook: {role.name}")
        role.run()
        code = 0
    except SystemExit as wish:
        code = wish.code if isinstance(wish.code, int) else int(wish.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def show_as(title: str) -> None:
    """Let ``ps`` tell this process from its siblings, which all have their parent's command line."""
    try:
        words = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(words[45]), int(words[46])  # of the memory that holds the command line
    except (OSError, ValueError, IndexError):
        return  # not Linux
    room = end - start
    if room > 1:
        ctypes.memmove(start, title.encode()[: room - 1].ljust(room, b"\0"), room)
