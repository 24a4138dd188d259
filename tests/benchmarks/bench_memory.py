"""What the whole notebook takes of the memory: idle, and after people worked with it.

Shared pages are counted once (PSS), over every process that ``manage.py up`` started, the database and the
broker included.
"""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psutil

from labnotebook.demo.files import emission
from tests.benchmarks.scripts import Script
from tests.labnotebook.notebook_process import Notebook

IDLE_MIB, AFTER_LOAD_MIB = 450, 600
WARM_START_S = 5.0
PEOPLE, ROUNDS = 8, 6
PAGES = ("batches/", "history/", "recipes/", "history.csv", "schema/", "lots/", "measurements/")


def memory_mib(notebook: Notebook) -> float:
    """Return the proportional set size of the supervisor and all that it started."""
    total = 0
    for process in [psutil.Process(notebook.process.pid), *notebook.children()]:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 2**20


def work(script: Script, number: int) -> None:
    """Plan a batch, measure it, and look around."""
    code = script.batch()
    script.upload("a.csv", emission(680, 0.034, number), batch=code, technique="pl")
    for page in (*PAGES, f"batches/{code}/"):
        script(page)


def test_memory_of_the_whole_notebook(notebook):
    time.sleep(5)
    idle = memory_mib(notebook)
    script = Script(notebook)
    with ThreadPoolExecutor(PEOPLE) as people:
        list(people.map(partial(work, script), range(PEOPLE * ROUNDS)))
    script.wait()
    time.sleep(3)
    loaded = memory_mib(notebook)
    assert notebook.interrupt() == 0
    began = time.monotonic()
    notebook.start()
    warm_s = time.monotonic() - began
    print(f"\nmemory of the whole notebook (PSS): idle {idle:.0f} MiB (goal {IDLE_MIB}), after")
    print(
        f"{PEOPLE * ROUNDS} batches and files by {PEOPLE} people {loaded:.0f} MiB (goal {AFTER_LOAD_MIB})"
    )
    print(f"start of an installed notebook: {warm_s:.1f} s (goal {WARM_START_S:.0f})")
    assert idle <= IDLE_MIB
    assert loaded <= AFTER_LOAD_MIB
