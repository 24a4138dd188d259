"""A web worker that gives a thread to a request only once the whole request is there.

gunicorn's threaded worker reads head and body in one of its few threads, so that eight clients that
send slowly stop every page. Here the worker's one event loop gathers each request without a thread. What is
too long to be held in memory (uploads of people who signed in; `labnotebook.middleware` turns strangers
away unread) gets a thread and has to keep up a pace. Connections that end are drained by the loop as well.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections import deque
from functools import partial
from typing import Any, NamedTuple

from gunicorn.workers.gthread import TConn, ThreadWorker

from labnotebook.embedded.memory import give_back

GATHER_S = 20.0  # for one whole short request
LINGER_S = 2.0  # for a client to take the end of an answer
LONGEST_HEAD = 64 * 1024
LONGEST_GATHERED = 5 * 1024**2  # above settings.DATA_UPLOAD_MAX_MEMORY_SIZE: any form, no upload
MOST_GATHERED = 96 * 1024**2  # of all connections of one worker
PIECE = 64 * 1024
SLOWEST_BYTES_S = 16 * 1024  # of a long body, after the grace
GRACE_S = 10.0

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n")
_LONG = re.compile(rb"\r\n(?:transfer-encoding|expect|upgrade):")


class Head(NamedTuple):
    """What the head of a request says: where its body begins, how long that is, if it is gathered."""

    end: int
    body: int
    is_long: bool


def read_head(data: bytes | bytearray) -> Head | None:
    """Return what a request says of itself; None while its head is not there, or is too long."""
    end = data.find(b"\r\n\r\n", 0, LONGEST_HEAD)
    if end < 0:
        return None
    head = bytes(data[: end + 2]).lower()
    said = _LENGTH.search(head)
    body = int(said[1]) if said else 0
    return Head(end + 4, body, bool(_LONG.search(head)) or body > LONGEST_GATHERED)


def is_complete(data: bytes | bytearray) -> bool:
    """Say whether a request is whole, or so long (or so odd) that a thread has to read it."""
    head = read_head(data)
    if head is None:
        return len(data) >= LONGEST_HEAD
    return len(data) >= head.end + (0 if head.is_long else head.body)


class PacedSocket:
    """What a thread reads the rest of a long request from: whoever falls behind the pace is cut off."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._began = time.monotonic()
        self._received = 0

    def recv(self, size: int) -> bytes:
        """Return the next bytes; raises TimeoutError for a client that is too slow."""
        allowed_s = GRACE_S + self._received / SLOWEST_BYTES_S
        left_s = self._began + allowed_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the client sends too slowly")
        self._socket.settimeout(min(left_s, GRACE_S))
        try:
            data = self._socket.recv(size)
        finally:
            self._socket.settimeout(None)
        self._received += len(data)
        return data


class GatheringConnection(TConn):
    """A connection with the bytes that came before a thread takes it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.gathered = bytearray()
        self.deadline = 0.0
        self.is_long = False

    def hand_over(self) -> None:
        """Let the parser read what was gathered, and the rest at a pace. Runs in a thread."""
        self.data_ready = True
        self.sock.setblocking(True)
        self.init()
        data, self.gathered = bytes(self.gathered), bytearray()
        self.parser.unreader.unread(data)
        self.parser.unreader.sock = PacedSocket(self.sock)


class GatheringWorker(ThreadWorker):
    """gunicorn's threaded worker behind a loop that gathers requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Both stay sorted by deadline, since each wait is equally long.
        self.gathering: dict[GatheringConnection, None] = {}
        self.lingering: dict[GatheringConnection, None] = {}
        self.gathered_bytes = 0
        self.long_running = 0
        self.has_answered = False  # since memory was given back
        self.long_waiting: deque[GatheringConnection] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection and begin to gather its first request."""
        try:
            client_sock, client_addr = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self._gather(
            GatheringConnection(self.cfg, client_sock, client_addr, listener.getsockname())
        )

    def on_client_socket_readable(self, conn: GatheringConnection, client: socket.socket) -> None:
        """Gather the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)

    def finish_request(self, conn: GatheringConnection, done: Any) -> None:
        """Keep the connection for its next request, or end it without holding up the loop."""
        self.has_answered = True
        if conn.is_long:
            conn.is_long = False
            self.long_running -= 1
            self._start_long()
        is_kept = not done.cancelled() and done.exception() is None and done.result() is True
        if not is_kept:
            self._linger(conn)
        elif ahead := conn.parser.unreader.take_buffered():
            self._gather(conn, ahead)  # what came behind the request belongs to the next one
        else:
            super().finish_request(conn, done)

    def handle(self, conn: GatheringConnection) -> bool:
        """Answer a request. Runs in a thread."""
        try:
            conn.hand_over()
        except OSError:
            return False
        return super().handle(conn) is True

    def _keepalive_after(self, conn: GatheringConnection, keepalive: bool) -> bool:
        """End a connection after a long request: what of it was not read is not waited for."""
        return not conn.is_long and super()._keepalive_after(conn, keepalive)

    def murder_pending(self) -> None:
        """End what did not send a whole request, or take its answer's end, in time; then tidy up."""
        super().murder_pending()
        now = time.monotonic()
        for waiting in (self.gathering, self.lingering):
            for conn in list(waiting):
                if conn.deadline > now:
                    break
                self._drop(conn)
        if self.has_answered and self._is_idle():
            self.has_answered = not give_back()

    def _is_idle(self) -> bool:
        """Whether no request is in a thread: all connections wait for something from outside."""
        waiting = (self.keepalived_conns, self.pending_conns, self.gathering, self.lingering)
        return self.nr_conns <= sum(map(len, waiting))

    def _gather(self, conn: GatheringConnection, data: bytes = b"") -> None:
        conn.gathered = bytearray(data)
        conn.sock.setblocking(False)
        if data and is_complete(conn.gathered):
            self._start(conn)
            return
        conn.deadline = time.monotonic() + GATHER_S
        self.gathered_bytes += len(data)
        self.gathering[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._more, conn))

    def _more(self, conn: GatheringConnection, client: socket.socket) -> None:
        try:
            data = client.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data or self.gathered_bytes + len(data) > MOST_GATHERED:
            self._drop(conn)
            return
        conn.gathered += data
        self.gathered_bytes += len(data)
        if is_complete(conn.gathered):
            self._forget(conn)
            self._start(conn)

    def _start(self, conn: GatheringConnection) -> None:
        """Give the request a thread; long ones never get the last of them."""
        head = read_head(conn.gathered)
        if head is None or head.is_long:
            self.long_waiting.append(conn)
            self._start_long()
        else:
            self.enqueue_req(conn)

    def _start_long(self) -> None:
        while self.long_waiting and self.long_running < max(1, self.cfg.threads // 2):
            conn = self.long_waiting.popleft()
            conn.is_long = True
            self.long_running += 1
            self.enqueue_req(conn)

    def _linger(self, conn: GatheringConnection) -> None:
        """Say that nothing more comes, and let the client read to the end before it is closed."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError, KeyError):
            self.nr_conns -= 1
            conn.close()
            return
        conn.deadline = time.monotonic() + LINGER_S
        self.lingering[conn] = None

    def _drain(self, conn: GatheringConnection, client: socket.socket) -> None:
        try:
            if client.recv(PIECE):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn)

    def _forget(self, conn: GatheringConnection) -> None:
        self.poller.unregister(conn.sock)
        if conn in self.gathering:
            del self.gathering[conn]
            self.gathered_bytes -= len(conn.gathered)
        self.lingering.pop(conn, None)

    def _drop(self, conn: GatheringConnection) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()
