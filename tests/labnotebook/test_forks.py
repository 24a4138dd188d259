"""A forked child behaves to its supervisor as a started one does."""

import os
import signal
import time
from pathlib import Path

import pytest

from labnotebook.embedded.forks import Fork, Role, show_as


def ended(child: Fork) -> int | None:
    until = time.monotonic() + 10
    while child.exit_code() is None and time.monotonic() < until:
        time.sleep(0.01)
    return child.exit_code()


def exits():
    raise SystemExit(3)


def breaks():
    raise RuntimeError("expected in this test")


@pytest.mark.parametrize(("run", "code"), [(lambda: None, 0), (exits, 3), (breaks, 1)])
def test_its_end_is_told_by_its_exit_code(run, code):
    assert ended(Fork(Role("test", run), Path())) == code


def test_a_killed_one_is_told_by_its_signal():
    child = Fork(Role("test", lambda: time.sleep(60)), Path())
    assert child.exit_code() is None
    os.kill(child.pid, signal.SIGKILL)
    assert ended(child) == -signal.SIGKILL


def test_one_that_does_not_stop_is_killed_with_its_group():
    def stubborn():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(60)
        time.sleep(60)

    child = Fork(Role("test", stubborn, stop_s=0.5), Path())
    time.sleep(0.3)
    began = time.monotonic()
    child.stop()
    assert time.monotonic() - began < 5
    with pytest.raises(ProcessLookupError):
        for _ in range(200):
            os.killpg(child.pid, 0)
            time.sleep(0.02)


def test_it_stops_when_its_supervisor_is_killed(tmp_path):
    note = tmp_path / "pid"

    def supervises():
        child = Fork(Role("inner", lambda: time.sleep(60)), Path())
        note.write_text(str(child.pid))
        time.sleep(60)

    supervisor = Fork(Role("outer", supervises), Path())
    until = time.monotonic() + 10
    while not (note.exists() and note.read_text()) and time.monotonic() < until:
        time.sleep(0.01)
    inner = int(note.read_text())
    os.kill(supervisor.pid, signal.SIGKILL)
    assert ended(supervisor) == -signal.SIGKILL
    while Path(f"/proc/{inner}").exists() and "Z" not in Path(f"/proc/{inner}/stat").read_text():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_its_name_is_shown(tmp_path):
    note = tmp_path / "title"

    def tells():
        show_as("labnotebook: a test")
        note.write_bytes(Path("/proc/self/cmdline").read_bytes())

    assert ended(Fork(Role("named", tells), Path())) == 0
    assert note.read_bytes().rstrip(b"\0") == b"labnotebook: a test"
