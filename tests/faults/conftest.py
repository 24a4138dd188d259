"""Real analyses on committed rows, and what became of them."""

import os
import threading
import time
from dataclasses import dataclass

import psutil
import pytest
from django.conf import settings

from analysis.models import Analysis
from analysis.services.measurements import add_measurement
from labnotebook.demo.files import emission
from labnotebook.embedded.supervisor import Supervisor
from labnotebook.records.models import Job
from labnotebook.records.services.files import hashed_upload
from tests.conftest import wait_for_a_worker
from tests.factories import make_batch, make_person, make_project

OPEN = ("queued", "running")
TIMES = int(os.environ.get("FAULTS_TIMES", "1"))  # how often each fault is tried; `make faults`


def pytest_generate_tests(metafunc):
    if TIMES > 1:
        metafunc.fixturenames.append("_turn")
        metafunc.parametrize("_turn", range(TIMES))


@dataclass
class Bench:
    """One batch to which files are sent."""

    person: object
    batch: object

    def send(self, count: int, content: bytes | None = None, name: str = "pl.csv") -> list[int]:
        """Upload so many spectra (each another one, unless ``content`` is given); return analyses."""
        found = []
        for number in range(count):
            made = add_measurement(
                by=self.person,
                subject=self.batch,
                technique="pl",
                upload=hashed_upload(content or emission(680 + number % 20, 0.034, number), name),
            )
            found.append(made.analyses.get().pk)
        return found


@pytest.fixture
def bench(transactional_db):
    person = make_person()
    return Bench(person, make_batch(make_project(person)))


@pytest.fixture
def minded_worker(transactional_db, worker_and_relay_programs):
    """A worker and a relay that are started again when they end, as the notebook does it.

    Celery's worker may end over a broker that went away (kombu 5.7: its connection, closed, is asked for
    the name of its host), so what is promised of them is promised of minded ones.
    """
    stopping = threading.Event()
    supervisor = Supervisor(settings.DATA_DIR, None, stopping)
    supervisor.start(worker_and_relay_programs)
    minding = threading.Thread(target=supervisor.watch, args=(lambda: None,))
    minding.start()
    try:
        wait_for_a_worker()
        yield
    finally:
        stopping.set()
        minding.join()
        supervisor.stop()


@pytest.fixture
def settled():
    """Wait until no job is open; return how long it took and how the jobs ended."""

    def wait(timeout_s: float = 55.0) -> tuple[float, dict[str, int]]:
        start = time.monotonic()
        while Job.objects.filter(state__in=OPEN).exists():
            waited = time.monotonic() - start
            assert waited < timeout_s, list(Job.objects.values("kind", "state", "attempts"))
            time.sleep(0.1)
        ended: dict[str, int] = {}
        for state in Job.objects.values_list("state", flat=True):
            ended[state] = ended.get(state, 0) + 1
        return time.monotonic() - start, ended

    return wait


@pytest.fixture
def done_once():
    """Assert that analyses are done, each with one result; return how many ran twice."""

    def check(analyses: list[int]) -> int:
        rows = Analysis.objects.filter(pk__in=analyses)
        assert set(rows.values_list("state", flat=True)) == {"done"}
        assert rows.count() == len(analyses)
        return Job.objects.filter(kind="analyse", attempts__gt=1).count()

    return check


def children_of(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)
