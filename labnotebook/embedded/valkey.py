"""One Valkey in the data folder, reached by a unix socket only, with an append-only file."""

import socket
import threading
import time
from pathlib import Path

from labnotebook.embedded.data_folder import DataFolder
from labnotebook.embedded.owner import Owner
from labnotebook.embedded.processes import Child, Program, wait_until
from labnotebook.embedded.programs import valkey_program as find_valkey
from labnotebook.embedded.refusals import CannotStart

START_S = 30.0
ANSWER_S = 2.0
SOCKET = "valkey.sock"


def valkey_program(data: DataFolder, servers: Path, sockets: Path, owner: Owner) -> Program:
    """Return how to start the broker."""
    folder = owner.makes(servers / "valkey")
    (sockets / SOCKET).unlink(missing_ok=True)
    flags = {
        "port": "0",
        "unixsocket": str(sockets / SOCKET),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "set-proc-title": "no",  # it would overwrite the mark by which we know our own
    }
    options = [part for name, value in flags.items() for part in (f"--{name}", value)]
    return Program(
        name="valkey",
        command=(str(find_valkey(owner, servers)), *options),
        folder=folder,
        owner=owner,
        stop_s=2.0,
        output=lambda: data.log("valkey"),
    )


def start_valkey(
    program: Program, data: DataFolder, sockets: Path, stopping: threading.Event
) -> Child:
    """Start the broker and wait until it answers."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and not stopping.is_set():
        child = Child(program, data.path)
        if wait_until(lambda: _answers(sockets), child, until - time.monotonic()):
            return child
        child.stop()
        stopping.wait(0.3)
    raise CannotStart(
        f"Valkey did not start within {START_S:.0f} s. {data.path / 'logs' / 'valkey.log'} says "
        "why; a damaged append-only file is mended with valkey-check-aof, or may be removed: it "
        "holds no data of value."
    )


def _answers(sockets: Path) -> bool:
    """Ask without a client library: the supervisor outlives everything, and should stay small."""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(ANSWER_S)
        try:
            door.connect(str(sockets / SOCKET))
            door.sendall(b"PING\r\n")
            return door.recv(16) == b"+PONG\r\n"
        except OSError:
            return False
