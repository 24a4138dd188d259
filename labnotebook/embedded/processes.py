"""Child processes that end with us, and those that an earlier start left behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from labnotebook.embedded.owner import Owner

MARK = "LABNOTEBOOK_SUPERVISED_FROM"  # in the environment of every child: the data folder
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a child and how to stop it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    owner: Owner | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_s: float = 5.0
    output: Callable[[], IO[bytes]] | None = None


class Child:
    """One running program, leader of its own session: Ctrl-C reaches only its supervisor."""

    def __init__(self, program: Program, data: Path) -> None:
        self.program = program
        output = program.output() if program.output else None
        try:
            self._process = subprocess.Popen(
                program.command,
                env={**os.environ, **program.environment, MARK: str(data)},
                cwd=program.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
                preexec_fn=die_with_parent(program.stop_signal),
                **(program.owner.popen_arguments() if program.owner else {}),
            )
        finally:
            if output:
                output.close()

    @property
    def pid(self) -> int:
        """The child's process id, which is also its group's."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """Ask it to end, wait as long as it may take, then end its whole group."""
        if self._process.poll() is None:
            self._process.send_signal(self.program.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self.program.stop_s)
        self.kill_group()

    def kill_group(self) -> None:
        """End what is left of its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what a child runs first: end when the process that starts it is killed."""
    if _libc is None:
        return None
    supervisor = os.getpid()
    prctl: Any = _libc.prctl

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != supervisor:  # it was killed in between
            os._exit(1)

    return arrange


def stop_left_behind(data: Path, server_folders: Iterable[Path], patience_s: float = 5.0) -> int:
    """End processes that an earlier start from this data folder left, and return how many.

    To be called while the data folder is held. A process is ours when its environment carries our
    mark, or when it is a server working inside our folders (PostgreSQL overwrites its environment).
    """
    folders = {str(folder) for folder in server_folders}
    left = [process for process in psutil.process_iter() if _is_ours(process, str(data), folders)]
    for process in left:
        with contextlib.suppress(psutil.Error):  # it may end by itself meanwhile
            quick = signal.SIGQUIT if process.name() == "postgres" else signal.SIGTERM
            process.send_signal(quick)
    _, alive = psutil.wait_procs(left, timeout=patience_s)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=patience_s)
    return len(left)


def _is_ours(process: psutil.Process, data: str, folders: set[str]) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        if process.environ().get(MARK) == data:
            return process.pid not in _ancestors()
        return process.name() in {"postgres", "valkey-server"} and process.cwd() in folders
    except (psutil.Error, OSError):
        return False


def _ancestors() -> set[int]:
    return {parent.pid for parent in psutil.Process().parents()}


def wait_until(ready: Callable[[], bool], child: Child, timeout_s: float) -> bool:
    """Wait until ready or until the child ended; return whether it became ready."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if child.exit_code() is not None:
            return False
        if ready():
            return True
        time.sleep(0.02)
    return False
