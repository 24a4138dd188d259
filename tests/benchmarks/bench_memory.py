"""What the whole notebook takes of the memory: idle, and after people worked with it.

Shared pages are counted once (PSS), over every process that ``manage.py up`` started, the database and the
broker included.
"""

import contextlib
import json
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from labnotebook.demo.files import emission
from tests.labnotebook.notebook_process import Notebook, free_port

IDLE_MIB, AFTER_LOAD_MIB = 450, 600
WARM_START_S = 5.0
PEOPLE, ROUNDS = 8, 6
PAGES = ("batches/", "history/", "recipes/", "history.csv", "schema/", "lots/", "measurements/")


@pytest.fixture
def notebook(outside_environment):
    place = Path(tempfile.mkdtemp(prefix="labnotebook-memory-")).resolve()
    place.chmod(0o711)
    notebook = Notebook(place / "data", outside_environment, free_port())
    try:
        yield notebook.start()
    finally:
        notebook.end()
        shutil.rmtree((notebook.data / "servers").resolve(), ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)


def memory_mib(notebook: Notebook) -> float:
    """Return the proportional set size of the supervisor and all that it started."""
    total = 0
    for process in [psutil.Process(notebook.process.pid), *notebook.children()]:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 2**20


class Script:
    """A person's script."""

    def __init__(self, notebook: Notebook) -> None:
        self.base = f"http://127.0.0.1:{notebook.port}/api/v1/"
        self.token = notebook.command("create_token", "chemist").stdout.split()[-1]

    def __call__(self, path: str, body: bytes | None = None, kind: str = "application/json"):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = urllib.request.Request(self.base + path, data=body, headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{path}: {refused.code} {refused.read()[:500]!r}") from refused
        with answer:
            said = answer.read()
        return json.loads(said) if answer.headers["Content-Type"] == "application/json" else said

    def work(self, number: int) -> None:
        """Plan a batch, measure it, and look around."""
        said = {"recipe": "cspbi3-seed-core-shell", "ratio_ca_pb": 0.5, "lead_mmol": 0.376}
        code = self("batches/", json.dumps(said).encode())["code"]
        parts = [("batch", code), ("technique", "pl")]
        lines = [
            f'--B\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts
        ]
        lines.append('--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n')
        body = "".join(lines).encode() + emission(680, 0.034, number) + b"\r\n--B--\r\n"
        self("measurements/", body, "multipart/form-data; boundary=B")
        for page in (*PAGES, f"batches/{code}/"):
            self(page)


def waiting(script: Script) -> bool:
    rows = script("measurements/?page_size=1000")["results"]
    return any(row["analysis"]["state"] in ("waiting", "running") for row in rows)


def test_memory_of_the_whole_notebook(notebook):
    time.sleep(5)
    idle = memory_mib(notebook)
    script = Script(notebook)
    with ThreadPoolExecutor(PEOPLE) as people:
        list(people.map(script.work, range(PEOPLE * ROUNDS)))
    until = time.monotonic() + 300
    while waiting(script):
        assert time.monotonic() < until
        time.sleep(1)
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
