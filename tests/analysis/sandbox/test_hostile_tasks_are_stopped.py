"""Whatever runs in the child, the parent answers in a bounded time with a sentence."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis.reading import UnreadableFile
from analysis.result import NoResult
from analysis.sandbox import AnalysisBroke, AnalysisStopped, parent, run_limited

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SLACK_S = 15  # a loaded machine: start of a child, and the kill


@pytest.fixture(autouse=True)
def _tasks(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    names = [
        "echo",
        "where",
        "loop",
        "sleep",
        "memory_bomb",
        "slow_memory_bomb",
        "big_output",
        "flood_stderr",
        "segfault",
        "vanish",
        "fork",
        "shell",
        "network",
        "huge_write",
        "many_files",
        "unreadable",
        "no_result",
        "fault",
        "not_json",
    ]
    for name in names:
        monkeypatch.setitem(parent.TASKS, name, f"hostile_tasks:{name}")


def stopped(task, **limits):
    began = time.monotonic()
    with pytest.raises(AnalysisStopped) as stop:
        run_limited(task, {}, **limits)
    assert time.monotonic() - began < limits.get("seconds", 30) + SLACK_S
    assert str(stop.value).endswith((".", "server."))
    assert "the file is" in str(stop.value) or "not kept; the file is" in str(stop.value)
    return stop.value


def test_an_answer_comes_back_with_numbers_that_json_cannot_hold_as_null():
    answer = run_limited("echo", {"text": "λ", "n": 1})
    assert answer == {"echo": {"text": "λ", "n": 1}, "nan": [None, None, 1.5]}


def test_a_large_request_is_handed_over_whole():
    text = "y" * 3_000_000
    assert run_limited("echo", {"text": text})["echo"]["text"] == text


def test_the_child_has_no_environment_no_input_and_a_group_of_its_own(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    seen = run_limited("where", {})
    assert "SECRET_KEY" not in seen["environment"]
    assert "PYTHONPATH" not in seen["environment"]
    assert "OPENBLAS_NUM_THREADS" in seen["environment"]
    assert seen["flags"] == [1, 1]
    assert seen["cwd"] == "/"
    assert seen["stdin"] == ""
    assert seen["group"]


@pytest.mark.parametrize("task", ["loop", "sleep"])
def test_an_endless_task_is_stopped_when_its_time_is_up(task):
    stop = stopped(task, seconds=1)
    assert stop.reason == "time"
    assert "longer than 1 s" in str(stop)


@pytest.mark.parametrize("task", ["memory_bomb", "slow_memory_bomb"])
def test_a_memory_bomb_is_stopped(task):
    stop = stopped(task, memory_mb=300)
    assert stop.reason == "memory"
    assert "more than 300 MB" in str(stop)


def test_a_flood_of_output_is_cut():
    stop = stopped("big_output", memory_mb=2048)
    assert stop.reason == "output"


def test_a_flood_of_error_output_neither_blocks_nor_fills_the_memory():
    assert run_limited("flood_stderr", {}, seconds=20) == {"done": True}


def test_a_crash_is_told_with_its_signal():
    stop = stopped("segfault")
    assert stop.reason == "died"
    assert "SIGSEGV" in str(stop)


def test_a_child_that_vanishes_without_an_answer_is_told():
    assert "exit code 3" in str(stopped("vanish"))


@pytest.mark.parametrize("task", ["fork", "shell", "network"])
def test_a_task_can_start_no_process_and_reach_no_network(task):
    stop = stopped(task, seconds=10)
    assert stop.reason == "fault"
    assert "NotAllowed" in str(stop) or "PermissionError" in str(
        stop
    )  # of the kernel, which is asked first


@pytest.mark.parametrize("task", ["huge_write", "many_files"])
def test_a_task_can_fill_neither_the_disk_nor_the_file_table(task):
    assert "(OSError)" in str(stopped(task))


@pytest.mark.parametrize(
    ("task", "why"), [("fault", "ZeroDivisionError"), ("not_json", "TypeError")]
)
def test_a_fault_of_ours_is_a_sentence_for_the_chemist_and_a_traceback_for_the_log(task, why):
    with pytest.raises(AnalysisBroke) as broke:
        run_limited(task, {})
    assert why in str(broke.value)
    assert "Traceback" in broke.value.detail


def test_refusals_travel_as_they_were_said():
    with pytest.raises(UnreadableFile, match=r"^This is a PNG picture, not a PL spectrum\.$"):
        run_limited("unreadable", {})
    with pytest.raises(NoResult, match=r"^No peak stands out of the noise\.$"):
        run_limited("no_result", {})


def test_an_unregistered_task_is_not_run():
    with pytest.raises(KeyError):
        run_limited("os:system", {})


def test_nothing_is_left_running_and_no_pipe_open():
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    running = set(children.read_text().split()) if children.exists() else set()
    before = len(os.listdir("/proc/self/fd"))
    for task in ("echo", "segfault", "fork"):
        with contextlib.suppress(AnalysisStopped):
            run_limited(task, {}, seconds=10)
    assert len(os.listdir("/proc/self/fd")) == before
    if children.exists():
        assert set(children.read_text().split()) <= running


# A daemonic process that was forked, as Celery's prefork workers are.
_IN_A_FORKED_WORKER = """
import json, multiprocessing, sys
sys.path[:0] = {path!r}
from analysis.sandbox import parent, run_limited
parent.TASKS["echo"] = "hostile_tasks:echo"
def work(queue):
    queue.put(run_limited("echo", {{"n": 7}})["echo"])
fork = multiprocessing.get_context("fork")
queue = fork.Queue()
worker = fork.Process(target=work, args=(queue,), daemon=True)
worker.start()
print(json.dumps(queue.get(timeout=30)))
worker.join()
"""


def test_it_works_in_a_forked_daemonic_worker():
    code = _IN_A_FORKED_WORKER.format(path=[str(ROOT), str(HERE)])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout or "null") == {"n": 7}, done.stderr


def reachable_by_an_ordinary_user():
    try:
        done = subprocess.run(
            [sys.executable, "-c", "import numpy"], **ORDINARY, capture_output=True
        )
    except PermissionError:
        return False
    return done.returncode == 0


ORDINARY = {"user": 65534, "group": 65534, "extra_groups": [], "env": {}, "cwd": "/"}


@pytest.mark.skipif(os.getuid() != 0, reason="the other tests already run as an ordinary user")
def test_it_works_as_an_ordinary_user():
    if not reachable_by_an_ordinary_user():
        pytest.skip("the interpreter lies in a folder that an ordinary user cannot read")
    code = _IN_A_FORKED_WORKER.format(path=[str(ROOT), str(HERE)])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, **ORDINARY
    )
    assert json.loads(done.stdout or "null") == {"n": 7}, done.stderr


def test_the_kernel_refuses_forks_of_an_ordinary_user():
    code = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from labnotebook.records.sandbox import child
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
child.set_limits(5, 512)
try:
    os.fork()
except BlockingIOError:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "refused\n", done.stderr
