"""Both servers together, as ``manage.py up`` and the tests use them."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path

from labnotebook.embedded.data_folder import DataFolder
from labnotebook.embedded.postgres import make_role_and_database, postgres_program, start_postgres
from labnotebook.embedded.processes import Child, Program, stop_left_behind
from labnotebook.embedded.valkey import start_valkey, valkey_program


class Services:
    """PostgreSQL and Valkey of one data folder, which must be held.

    A server whose address is given in the environment (DATABASE_URL, BROKER_URL) is not started.
    """

    def __init__(
        self,
        data: DataFolder,
        postgres_settings: Mapping[str, str] | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        self._stopping = stopping or threading.Event()
        self._data = data
        self._postgres_settings = postgres_settings or {}
        self._children: dict[str, Child] = {}
        self._programs: dict[str, Program] = {}
        self.sockets = Path()

    def start(self) -> None:
        """End leftovers of an earlier start, then start what is needed and wait for it."""
        data = self._data
        owner = data.owner()
        servers = data.servers(owner)
        stop_left_behind(data.path, [servers / "postgres", servers / "valkey"])
        self.sockets = data.sockets(servers, owner)
        data.secret("secret_key")
        try:
            if not os.environ.get("DATABASE_URL", "").strip():
                self._programs["postgresql"] = postgres_program(
                    data, servers, self.sockets, owner, self._postgres_settings
                )
                self._start_one("postgresql")
                make_role_and_database(data, self.sockets)
            if not os.environ.get("BROKER_URL", "").strip():
                self._programs["valkey"] = valkey_program(data, servers, self.sockets, owner)
                self._start_one("valkey")
        except BaseException:
            self.stop()
            raise
        data.note(sockets=str(self.sockets))

    def dead(self) -> list[str]:
        """Return the names of servers that ended by themselves."""
        return [name for name, child in self._children.items() if child.exit_code() is not None]

    def restart(self, name: str) -> None:
        """Start a server again after it ended, and wait until it answers."""
        self._children[name].kill_group()
        self._start_one(name)

    def stop(self) -> None:
        """Stop the broker, then the database ("fast")."""
        for name in reversed(list(self._children)):
            self._children.pop(name).stop()

    def _start_one(self, name: str) -> None:
        start = start_postgres if name == "postgresql" else start_valkey
        self._children[name] = start(self._programs[name], self._data, self.sockets, self._stopping)
