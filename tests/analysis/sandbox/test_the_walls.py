"""The kernel keeps a child within its walls, whatever native code it runs: no network, no process, no other file."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.sandbox import parent, run_limited
from labnotebook.records.sandbox import machine, walls

HERE = Path(__file__).resolve().parent


def this_machine():
    done = subprocess.run(
        [sys.executable, "-I", walls.__file__], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


MACHINE = this_machine()
has_files = pytest.mark.skipif(not MACHINE["files"], reason="this kernel has no Landlock")
has_calls = pytest.mark.skipif(not MACHINE["calls"], reason="this kernel has no seccomp")


@pytest.fixture
def run(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))

    def run(task, **payload):
        monkeypatch.setitem(parent.TASKS, task, f"hostile_tasks:{task}")
        return run_limited(task, payload)

    return run


@pytest.fixture
def secret(tmp_path):
    """What a child may not reach: a secret, or a file of another project."""
    path = tmp_path / "secret_key"
    path.write_text("do not tell")
    return path


def refused(told):
    return told["answer"] == -1 and told["errno"] in {errno.EPERM, errno.EACCES}


@has_calls
@pytest.mark.parametrize("task", ["native_socket", "native_fork", "native_exec"])
def test_native_code_gets_no_socket_and_no_process(run, task):
    assert refused(run(task))


@has_calls
@pytest.mark.parametrize("task", ["native_kill", "native_trace"])
def test_native_code_reaches_no_other_process(run, task):
    assert refused(run(task, pid=os.getppid()))


@has_files
@pytest.mark.parametrize("task", ["native_open", "native_write", "native_unlink"])
def test_native_code_reaches_no_file_that_it_was_not_given(run, secret, task):
    told = run(task, secret=str(secret))
    assert refused(told)
    assert secret.read_text() == "do not tell"


@has_files
def test_native_code_reads_no_environment_of_another_process(run):
    assert refused(run("native_open", secret=f"/proc/{os.getpid()}/environ"))


@has_files
def test_native_code_writes_nothing_anywhere(run, tmp_path):
    for place in (tmp_path / "new", Path("/tmp/labnotebook-escape"), Path("/dev/shm/escape")):
        assert refused(run("native_write", secret=str(place)))
        assert not place.exists()


@has_calls
def test_native_code_changes_no_rights(run, secret):
    secret.chmod(0o600)
    assert refused(run("native_chmod", secret=str(secret)))
    assert secret.stat().st_mode & 0o777 == 0o600


def test_the_file_that_it_is_for_is_read_and_a_thread_runs(run, secret):
    assert run("own_file", path=str(secret)) == {"text": "do not tell"}
    assert run("native_thread") == {"told": [1]}


def test_a_reader_that_the_machine_killed_is_tried_once_more(run, monkeypatch):
    ends = []
    real = parent.run_in_child.__globals__["_run_child"]

    def killed_once(*arguments):
        end = real(*arguments)
        if not ends:
            end.answer, end.code = bytearray(), -9
        ends.append(end.code)
        return end

    monkeypatch.setitem(parent.run_in_child.__globals__, "_run_child", killed_once)
    assert run("echo", n=3)["echo"] == {"n": 3}
    assert ends == [-9, 0]


def test_a_wall_that_the_machine_cannot_give_is_told_in_a_sentence(monkeypatch, tmp_path):
    lame = tmp_path / "walls.py"
    lame.write_text('print(\'{"users": true, "files": false}\')')
    monkeypatch.setattr(machine, "_SCRIPT", lame)
    machine.standing_walls.cache_clear()
    try:
        told = machine.missing_walls()
    finally:
        machine.standing_walls.cache_clear()
    assert [one.split(":")[0] for one in told] == ["no Landlock", "no seccomp"]
