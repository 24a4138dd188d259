"""Post one delivery: to the address that was checked and no other, within a time, reading little."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlunsplit

from labnotebook.webhooks.hosts import checked, resolved

WAIT_S = 5.0  # for each word
LONGEST_S = 15.0  # for all of it
MOST_BYTES = 2048  # of the answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or None with the reason why nothing did."""

    status: int | None
    said: str

    @property
    def is_good(self) -> bool:
        """Whether it was taken. A redirect is not followed, and so is none."""
        return self.status is not None and 200 <= self.status < 300


def post(address: str, body: bytes, headers: Mapping[str, str], allowed: Sequence[str]) -> Answer:
    """Post a body and return the answer; refuses nothing, a failure is an answer without a status."""
    try:
        parts = checked(address, allowed)
        ip, port = resolved(parts, allowed)
        connection = _connect(parts.scheme, str(parts.hostname), ip, port)
        over = threading.Timer(LONGEST_S, _cut, [connection])
        over.start()
        try:
            path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            sent = {"Content-Type": "application/json", "User-Agent": "labnotebook", **headers}
            connection.request("POST", path, body, sent)
            answer = connection.getresponse()
            said = answer.read(MOST_BYTES).decode(errors="replace")
            return Answer(answer.status, said)
        finally:
            over.cancel()
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as failure:
        return Answer(None, str(failure) or type(failure).__name__)


def _connect(scheme: str, host: str, ip: str, port: int) -> http.client.HTTPConnection:
    """Return a connection to this IP: the name is not asked for again, it might lead elsewhere by then."""
    raw = socket.create_connection((ip, port), timeout=WAIT_S)
    connection = http.client.HTTPConnection(host, port, timeout=WAIT_S)
    if scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=WAIT_S)
        try:
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        except OSError:
            raw.close()
            raise
    connection.sock = raw
    return connection


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
