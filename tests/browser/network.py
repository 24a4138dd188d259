"""A network between a browser and the server that can really be cut.

A browser's own "offline" is a pretence: a request that outlives its page goes through all the same.
"""

from __future__ import annotations

import contextlib
import socket
import threading

# What Chromium calls it when a connection is cut: which of them depends on how far the request had come.
CUT = (
    "ERR_CONNECTION_CLOSED",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_SOCKET_NOT_CONNECTED",
)


class Network:
    """Carries every connection to one server, until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._is_cut = False
        self._lock = threading.Lock()
        self._wires: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self) -> str:
        """Where the server is reached through it."""
        return f"http://localhost:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Drop what is under way, answer nothing from now on."""
        with self._lock:
            self._is_cut = True
            for wire in self._wires:
                _end(wire)

    def mend(self) -> None:
        """Carry again."""
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        """End it for good."""
        self.cut()
        _end(self._listener)
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError), socket.create_connection(self._server) as far:
            with self._lock:
                if self._is_cut:
                    return
                self._wires |= {near, far}
            back = threading.Thread(target=_carry, args=(far, near), daemon=True)
            back.start()
            _carry(near, far)
            back.join()
            with self._lock:
                self._wires -= {near, far}


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until either side ends, then tell the other."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _end(target)


def _end(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
