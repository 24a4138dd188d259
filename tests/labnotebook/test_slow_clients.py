"""However many clients send slowly, a page is answered at once: real sockets, a real web worker."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labnotebook import gathering
from labnotebook.gathering import PacedSocket, is_complete
from labnotebook.management.commands.serve import WORKER_CLASS
from tests.labnotebook.notebook_process import free_port

HERE = Path(__file__).parent
HEAD = b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nlogin=a"
AT_ONCE_S = 2.0
THREADS = 2


@pytest.fixture(scope="module")
def port():
    number = free_port()
    options = ("--workers", "1", "--threads", str(THREADS), "--no-control-socket")
    address = ("--log-level", "warning", "--bind", f"127.0.0.1:{number}", "echoing_app:application")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--worker-class", WORKER_CLASS, *options, *address],
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )
    until = time.monotonic() + 20
    while socket.socket().connect_ex(("127.0.0.1", number)):
        assert server.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    yield number
    server.terminate()
    assert server.wait(10) == 0


@pytest.fixture
def connect(port):
    opened = []

    def connect(data: bytes = b"") -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        opened[-1].sendall(data)
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def ask(port: int, method: str = "GET", path: str = "/page", body: bytes | None = None) -> str:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request(method, path, body)
    said = client.getresponse().read().decode()
    client.close()
    return said


def answers_at_once(port: int) -> bool:
    began = time.monotonic()
    return ask(port) == "/page 0" and time.monotonic() - began < AT_ONCE_S


def read_until(sock: socket.socket, wanted: bytes) -> bytes:
    found = b""
    while wanted not in found:
        piece = sock.recv(4096)
        assert piece, found
        found += piece
    return found


@pytest.mark.parametrize(
    "said",
    [b"", b"POST", b"POST / HTTP/1.1\r\nHost: local", HEAD, HEAD.replace(b"100000", b"4000000")],
    ids=["silent", "half a word", "half a head", "half a body", "a long form"],
)
def test_a_hundred_slow_clients_do_not_stop_a_page(port, connect, said):
    slow = [connect(said) for _ in range(100)]
    assert all(answers_at_once(port) for _ in range(3))
    for one in slow:  # a byte now and then does not help them
        one.sendall(b"a")
    assert answers_at_once(port)


def test_uploads_that_stall_leave_a_thread_for_pages(port, connect):
    head = HEAD.replace(b"100000", b"60000000")
    for _ in range(20):
        connect(head)
    assert all(answers_at_once(port) for _ in range(3))


def test_clients_that_do_not_close_after_their_answer_hold_nobody_up(port, connect):
    done = b"GET /bye HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    for _ in range(20):
        read_until(connect(done), b"/bye 0")
    assert answers_at_once(port)


@pytest.mark.parametrize("size", [0, 1, 100_000, 5 * 1024**2, 5 * 1024**2 + 1, 40_000_000])
def test_a_body_arrives_whole_whatever_its_length(port, size):
    assert ask(port, "POST", "/in", b"x" * size) == f"/in {size}"


def test_a_request_in_many_pieces_arrives_whole(port, connect):
    sock = connect()
    for byte in HEAD.replace(b"100000", b"7"):
        sock.sendall(bytes([byte]))
    assert read_until(sock, b"/slow 7")


def test_requests_one_behind_the_other_are_each_answered(port, connect):
    one = b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
    two = one.replace(b"/a", b"/b")
    sock = connect(one + two + one[:20])
    read_until(sock, b"/b 3")
    assert answers_at_once(port)  # the half request behind them waits without a thread
    sock.sendall(one[20:])
    assert read_until(sock, b"/a 3")


def test_a_kept_connection_is_used_again(port):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number in range(5):
        client.request("POST", f"/{number}", b"x" * number)
        assert client.getresponse().read().decode() == f"/{number} {number}"
    client.close()


def test_a_client_that_waits_for_leave_to_send_gets_it(port, connect):
    sock = connect(
        b"POST /leave HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    )
    assert read_until(sock, b"100 Continue")
    sock.sendall(b"abc")
    assert read_until(sock, b"/leave 3")


def test_a_body_that_was_not_read_ends_the_connection(port, connect):
    sock = connect(HEAD.replace(b"/slow", b"/unread").replace(b"100000", b"60000000"))
    assert read_until(sock, b"/unread 0")
    assert answers_at_once(port)


def test_what_is_complete():
    assert not is_complete(b"GET / HTTP/1.1\r\nHost: x\r\n")
    assert is_complete(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not is_complete(b"POST / HTTP/1.1\r\nCONTENT-LENGTH:  3 \r\n\r\nab")
    assert is_complete(b"POST / HTTP/1.1\r\nCONTENT-LENGTH:  3 \r\n\r\nabc")
    assert is_complete(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")  # a thread reads it
    assert is_complete(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert is_complete(b"x" * gathering.LONGEST_HEAD)  # gunicorn refuses it in its own words


def test_a_long_body_has_to_keep_up_a_pace(monkeypatch):
    monkeypatch.setattr(gathering, "GRACE_S", 0.3)
    monkeypatch.setattr(gathering, "SLOWEST_BYTES_S", 1000)
    ours, theirs = socket.socketpair()
    paced = PacedSocket(ours)
    theirs.sendall(b"x" * 500)
    assert len(paced.recv(1000)) == 500
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        for _ in range(100):
            theirs.sendall(b"x")
            paced.recv(1000)
            time.sleep(0.05)
    assert 0.5 < time.monotonic() - began < 2
    ours.close(), theirs.close()
