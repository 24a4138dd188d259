"""PostgreSQL is killed while people write; what was answered is there afterwards."""

import json
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.labnotebook.test_up import a_notebook, named

pytestmark = pytest.mark.slow

WRITERS = 4
KILLS = 2


class Writer(threading.Thread):
    """Create projects one after the other; remember which were answered with 201."""

    def __init__(self, number: int, address: str, token: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.number, self.address, self.token, self.stopping = number, address, token, stop
        self.acknowledged: list[str] = []
        self.refused = 0

    def run(self) -> None:
        count = 0
        while not self.stopping.is_set():
            count += 1
            name = f"w{self.number}-{count}"
            try:
                status, said = call(self.address, self.token, "projects/", {"name": name})
            except OSError:
                status = 0
            if status == 201:
                self.acknowledged.append(said["slug"])
            else:
                self.refused += 1
                time.sleep(0.05)


def call(address: str, token: str, path: str, body=None):
    request = urllib.request.Request(
        path if path.startswith("http") else f"{address}/api/v1/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, {}


def test_no_acknowledged_write_is_lost_when_the_database_is_killed(
    outside_environment, wait_until, capsys
):
    with a_notebook(outside_environment) as notebook:
        notebook.start()
        made = notebook.command("create_token", "chemist").stdout
        token = next(word for word in made.split() if word.startswith("lab_"))
        address, stop = f"http://127.0.0.1:{notebook.port}", threading.Event()
        writers = [Writer(number, address, token, stop) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        away = []
        for _ in range(KILLS):
            time.sleep(1.0)
            named(notebook.children(), "servers/postgres").kill()
            killed = time.monotonic()
            # Counted afterwards: what is answered while one looks for the process is of before it.
            before = sum(len(writer.acknowledged) for writer in writers)
            wait_until(
                lambda seen=before: sum(len(w.acknowledged) for w in writers) > seen + WRITERS * 2,
                timeout_s=30,
            )
            away.append(time.monotonic() - killed)
        stop.set()
        for writer in writers:
            writer.join(15)
        there, page = set(), f"{address}/api/v1/projects/?page_size=1000"
        while page:
            status, said = call(address, token, page)
            assert status == 200
            there |= {row["slug"] for row in said["results"]}
            page = said["next"] and address + said["next"]
        acknowledged = {slug for writer in writers for slug in writer.acknowledged}
        assert acknowledged - there == set()
        assert notebook.command("verify_history").returncode == 0
    assert len(acknowledged) > 20
    with capsys.disabled():
        print(
            f"\n  database killed {KILLS} times: {len(acknowledged)} acknowledged, 0 lost,"
            f" {sum(w.refused for w in writers)} refused meanwhile, writing again after"
            f" {', '.join(f'{s:.1f}' for s in away)} s"
        )
