"""Web processes are killed while people write, also between commit and answer; a retry makes nothing twice."""

import json
import threading
import time
import urllib.error
import urllib.request
import uuid

import psutil
import pytest

from tests.labnotebook.test_up import a_notebook

pytestmark = pytest.mark.slow

WRITERS, KILLS = 3, 3
PATIENCE_S = 60


class Writer(threading.Thread):
    """Plan batches one after the other; each is asked for under one key until it is answered."""

    def __init__(self, address: str, token: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.address, self.token, self.stopping = address, token, stop
        self.codes: list[str] = []
        self.retried = 0
        self.odd: list[int] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            self.plan_one(str(uuid.uuid4()))

    def plan_one(self, key: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                self.codes.append(self.ask(key))
            except urllib.error.HTTPError as refused:
                self.odd.append(refused.code)
                return
            except OSError:
                self.retried += 1
                time.sleep(0.1)
            else:
                return
        self.odd.append(0)

    def ask(self, key: str) -> str:
        request = urllib.request.Request(
            f"{self.address}/api/v1/batches/",
            data=json.dumps({"recipe": "cspbi3-seed-core-shell"}).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 201
            return json.loads(answer.read())["code"]


def web_processes(notebook):
    def is_web(process: psutil.Process) -> bool:
        try:
            return "gunicorn" in " ".join(process.cmdline())
        except psutil.Error:
            return False

    return [one for one in notebook.children() if is_web(one)]


def test_a_retry_after_the_web_was_killed_makes_nothing_twice_and_loses_nothing(
    outside_environment, capsys
):
    with a_notebook(outside_environment) as notebook:
        notebook.start()
        made = notebook.command("create_token", "chemist").stdout
        token = next(word for word in made.split() if word.startswith("lab_"))
        address, stop = f"http://127.0.0.1:{notebook.port}", threading.Event()
        writers = [Writer(address, token, stop) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        for number in range(KILLS):
            seen = sum(len(writer.codes) for writer in writers)
            until = time.monotonic() + PATIENCE_S
            while sum(len(writer.codes) for writer in writers) < seen + 2 * WRITERS:
                assert time.monotonic() < until, "nobody could write"
                time.sleep(0.013 * (number + 1))  # another moment of a request each time
            processes = web_processes(notebook)
            assert len(processes) > 1, [one.cmdline() for one in notebook.children()]
            for process in processes:
                process.kill()
        stop.set()
        for writer in writers:
            writer.join(PATIENCE_S)
        codes = [code for writer in writers for code in writer.codes]
        ask = "from synthesis.models import Batch; print(*Batch.objects.values_list('code', flat=True))"
        there = notebook.command("shell", "-v", "0", "-c", ask).stdout.split()
        assert any(writer.retried for writer in writers), "no kill met a request"
        assert [status for writer in writers for status in writer.odd] == []
        assert len(codes) == len(set(codes))
        assert sorted(there) == sorted(codes)
    with capsys.disabled():
        print(
            f"\n  web killed {KILLS} times: {len(codes)} batches, none twice, none lost,"
            f" {sum(writer.retried for writer in writers)} asked again"
        )
