"""Thirty people at one notebook: 80 of 100 requests read, 15 write, 5 upload, at 70 % of what it can take.

``BENCH_MINUTES`` says for how long (10). First everybody asks as fast as answers come, which says what the notebook
can take; then requests are due at fixed moments, and late ones count their waiting. The people are threads of this
process, on the same cores as the notebook.
"""

import itertools
import json
import os
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from labnotebook.demo.files import emission
from tests.benchmarks.bench_memory import memory_mib
from tests.benchmarks.measuring import Line, Times
from tests.benchmarks.scripts import Script

PEOPLE, SHARE = 30, 0.7
MINUTES = float(os.environ.get("BENCH_MINUTES", "10"))
SATURATION_S = 30.0
MOST_P99_MS, MOST_GROWTH = 500.0, 1.05
PAGES = ("batches/", "history/?ordering=-planned_at", "recipes/", "lots/", "measurements/")


class Person:
    """What one of them does: a seeded row of reads, entries at the bench and files."""

    def __init__(self, script: Script, number: int) -> None:
        self.script, self.number = script, number
        self.random = random.Random(number)
        self.code = script.batch()
        self.files = itertools.count(1)

    def act(self) -> None:
        """Ask once; raise on any refusal."""
        drawn = self.random.random()
        if drawn < 0.80:
            self.script(self.random.choice((*PAGES, f"batches/{self.code}/")))
        elif drawn < 0.95:
            said = {"id": str(uuid.uuid4()), "kind": "note", "value": f"seen by {self.number}"}
            self.script(f"batches/{self.code}/events/", json.dumps([said]).encode())
        else:
            spectrum = emission(680, 0.034, 1000 * self.number + next(self.files))
            self.script.upload("pl.csv", spectrum, batch=self.code, technique="pl")


def all_at_once(people: list[Person], seconds: float) -> float:
    """Let everybody ask as fast as answers come; return requests per second."""
    end = time.monotonic() + seconds

    def work(person: Person) -> int:
        done = 0
        while time.monotonic() < end:
            person.act()
            done += 1
        return done

    with ThreadPoolExecutor(len(people)) as pool:
        return sum(pool.map(work, people)) / seconds


def in_turn(people: list[Person], per_second: float, seconds: float) -> tuple[list[float], int]:
    """Ask at fixed moments; return how long each took from its moment on, in ms, and how many failed."""
    began, total = time.monotonic(), int(per_second * seconds)
    moments, lock = iter(range(total)), threading.Lock()
    taken: list[float] = []
    failed: list[BaseException] = []

    def work(person: Person) -> None:
        while True:
            with lock:
                turn = next(moments, None)
            if turn is None:
                return
            due = began + turn / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                person.act()
            except (AssertionError, OSError) as refused:
                failed.append(refused)
            taken.append(1000 * (time.monotonic() - due))

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(work, people))
    if failed:
        print(f"\nthe first that failed: {failed[0]}")
    return taken, len(failed)


def test_thirty_people_get_their_answers(notebook, table):
    script = Script(notebook)
    people = [Person(script, number) for number in range(PEOPLE)]
    most = all_at_once(people, SATURATION_S)
    script.wait()
    before = memory_mib(notebook)
    taken, failed = in_turn(people, SHARE * most, 60 * MINUTES)
    script.wait()
    growth = memory_mib(notebook) / before
    times = Times([taken])
    p50, p99 = times.quantile_ms(0.5), times.quantile_ms(0.99)
    table.add(Line(f"{PEOPLE} people, p50", p50))
    table.add(Line(f"{PEOPLE} people, p99", p99, MOST_P99_MS, 1.0, "p99 against its limit"))
    print(
        f"\n{len(taken):,} requests in {MINUTES:g} min, {SHARE * most:.0f} of {most:.0f} a second; "
        f"{failed} failed; p50 {p50:.0f} ms, p99 {p99:.0f} ms; memory x {growth:.3f}"
    )
    assert failed == 0
    assert p99 <= MOST_P99_MS
    assert growth <= MOST_GROWTH
