"""How fast a whole notebook takes files in and analyses them."""

import http.client
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from labnotebook.demo.files import emission
from tests.benchmarks.measuring import Line
from tests.benchmarks.scripts import Script

FILES, ROUNDS, SIZE = 100, 3, 2**20
LEAST_OF_RAW = 0.5
SPECTRA, LEAST_OF_TWO = 40, 0.9


def _take(listener: socket.socket) -> None:
    """Read requests with a body of SIZE off one connection after the other, and keep each body on the disk."""
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream, tempfile.TemporaryFile() as file:
            while stream.readline().strip():
                pass
            file.write(stream.read(SIZE))
            file.flush()
            os.fsync(file.fileno())
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def raw_server() -> Iterator[Callable[[bytes], None]]:
    """Yield how a body is posted to a bare server in another process: the least that keeping a file takes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = multiprocessing.get_context("fork").Process(
            target=_take, args=(listener,), daemon=True
        )
        server.start()

        def post(body: bytes) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", "/", body)
            assert connection.getresponse().status == 201
            connection.close()

        try:
            yield post
        finally:
            server.terminate()
            server.join()


def test_a_hundred_files_are_taken_at_half_the_speed_of_the_wire(notebook, table):
    """Kept as *other*, which nothing is analysed of, so that the upload alone is measured."""
    script = Script(notebook)
    code = script.batch()
    ours, raw = [], []
    with raw_server() as post:
        post(bytes(SIZE))
        for _ in range(ROUNDS):
            contents = [os.urandom(SIZE) for _ in range(FILES)]
            began = time.perf_counter()
            for number, content in enumerate(contents):
                script.upload(f"{number}.bin", content, batch=code, technique="other")
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            for content in contents:
                post(content)
            raw.append(time.perf_counter() - began)
    table.add(
        Line(
            f"{FILES} files of 1 MB, one after the other",
            1e3 * statistics.median(ours),
            1e3 * statistics.median(raw),
            1 / LEAST_OF_RAW,
        )
    )


def test_two_workers_analyse_nearly_twice_as_fast_as_one(notebook, table):
    """The reference is half of what one worker takes."""
    taken = {}
    for workers in (1, 2):
        assert notebook.interrupt() == 0
        notebook.environment["WORKER_PROCESSES"] = str(workers)
        notebook.start()
        script = Script(notebook)
        code = script.batch()
        files = [emission(680 + k / 10, 0.034, 100 * workers + k) for k in range(SPECTRA)]
        script.upload("first.csv", emission(600, 0.034, workers), batch=code, technique="pl")
        script.wait()
        for number, content in enumerate(files):
            script.upload(f"{workers}-{number}.csv", content, batch=code, technique="pl")
        began = time.perf_counter()
        script.wait(0.2)
        taken[workers] = time.perf_counter() - began
    table.add(
        Line(
            f"{SPECTRA} PL spectra, two workers",
            1e3 * taken[2],
            1e3 * taken[1] / 2,
            1 / LEAST_OF_TWO,
        )
    )
