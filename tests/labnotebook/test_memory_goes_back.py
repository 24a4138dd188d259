"""What requests and jobs leave behind goes back to the system, and a busy worker is not held up by it."""

import os
import subprocess
import sys

import pytest
from gunicorn.config import Config

from labnotebook import gathering
from labnotebook.embedded.memory import ALLOCATOR
from labnotebook.gathering import GatheringWorker
from labnotebook.records import tasks

LEFT_BEHIND = """
import psutil
from labnotebook.embedded.memory import give_back
def held_mb(): return psutil.Process().memory_info().rss / 1e6
blocks = [bytearray(2000) for _ in range(50_000)]
last = bytearray(2000)  # behind them, so that the heap cannot simply end earlier
del blocks
before = held_mb()
print(give_back(), give_back(), before - held_mb())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc")
def test_free_memory_goes_back_and_not_twice_at_once():
    said = subprocess.run(
        [sys.executable, "-c", LEFT_BEHIND],
        env={**os.environ, **ALLOCATOR},
        capture_output=True,
        text=True,
        check=True,
    )
    first, again, megabytes = said.stdout.split()
    assert (first, again) == ("True", "False")
    assert float(megabytes) > 50


@pytest.fixture
def given(monkeypatch):
    """A list that grows each time memory is given back."""
    calls = []
    monkeypatch.setattr(gathering, "give_back", lambda: not calls.append(1))
    return calls


def test_a_web_worker_gives_back_once_it_has_answered_and_rests(given):
    worker = GatheringWorker(1, os.getpid(), [], None, 30, Config(), None)
    worker.murder_pending()
    assert given == []  # nothing was asked yet
    worker.has_answered = True
    worker.nr_conns = 1  # in a thread
    worker.murder_pending()
    assert given == []
    worker.nr_conns = 0
    worker.murder_pending()
    worker.murder_pending()
    assert given == [1]


def test_a_job_gives_back_what_it_took(monkeypatch):
    done = []
    monkeypatch.setattr(tasks.jobs, "run", lambda job_id: done.append(job_id))
    monkeypatch.setattr(tasks, "give_back", lambda: done.append("given"))
    tasks.run_job(job_id=7)
    assert done == [7, "given"]
