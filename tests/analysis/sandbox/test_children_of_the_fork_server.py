"""Children come from a server that has imported what they need; neither outlives who asked, and a lost server is replaced."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from analysis.sandbox import AnalysisStopped, parent, run_limited
from labnotebook.records.sandbox import fork_server, forked

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PATIENCE_S = 30


@pytest.fixture(autouse=True)
def _tasks(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("echo", "sleep"):
        monkeypatch.setitem(parent.TASKS, name, f"hostile_tasks:{name}")


def wait_for(what):
    until = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def running(number):
    """Whether a process runs: one that ended and was not reaped does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def child_of(number):
    """The first process that another has forked, 0 when there is none yet."""
    try:
        found = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    except FileNotFoundError:
        return 0
    return int(found[0]) if found else 0


def test_a_server_that_was_killed_is_replaced_and_its_task_tried_once_more():
    said = []

    def work():
        with pytest.raises(AnalysisStopped) as stop:
            run_limited("sleep", {})
        said.append(stop.value.reason)

    waiting = threading.Thread(target=work)
    waiting.start()
    killed = set()
    for _ in range(2):
        server = wait_for(lambda: forked._server and forked._server._process.pid)
        child = wait_for(lambda server=server: server not in killed and child_of(server))
        os.kill(server, signal.SIGKILL)
        killed.add(server)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)  # else it would stop itself when its time is up
        wait_for(lambda server=server: said or forked._server._process.pid != server)
    waiting.join(PATIENCE_S)
    assert said == ["died"]
    assert run_limited("echo", {"n": 1})["echo"] == {"n": 1}


_ASKS_AND_WAITS = """
import sys
sys.path[:0] = {path!r}
from analysis.sandbox import parent, run_limited
parent.TASKS["sleep"] = "hostile_tasks:sleep"
run_limited("sleep", {{}}, seconds=500)
"""


def test_a_child_ends_with_the_worker_that_asked_for_it():
    code = _ASKS_AND_WAITS.format(path=[str(ROOT), str(HERE)])
    with subprocess.Popen([sys.executable, "-c", code]) as worker:
        server = wait_for(lambda: child_of(worker.pid))
        child = wait_for(lambda: child_of(server))
        worker.kill()
    wait_for(lambda: not running(child))
    wait_for(lambda: not running(server))


def test_a_child_that_has_no_group_of_its_own_yet_is_killed_too():
    with subprocess.Popen(["sleep", "500"]) as child:
        fork_server._kill_group(child.pid)
        assert child.wait(PATIENCE_S) == -signal.SIGKILL


def test_a_server_without_work_gives_its_memory_back_and_goes_on():
    def libraries():
        return Path(f"/proc/{server._process.pid}/maps").read_text().count("numpy")

    def fork():
        child = server.fork(sys.path, ["numpy"])
        child.close_request()  # a child without a request ends at once
        wait_for(child.ended)
        child.kill()

    with closing(forked.ForkServer(idle_s=0.5)) as server:
        fork()
        assert libraries()
        wait_for(lambda: not libraries())
        fork()
        assert libraries()
