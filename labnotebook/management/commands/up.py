"""Start the whole notebook on one machine: database, broker, web, worker and relay."""

import socket
import sys
import threading
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from labnotebook.embedded import CannotStart, DataFolder, Services
from labnotebook.embedded.memory import ALLOCATOR
from labnotebook.embedded.processes import Program
from labnotebook.embedded.supervisor import Supervisor
from labnotebook.records.sandbox.machine import missing_walls


class Command(BaseCommand):
    """Runs until Ctrl-C, then stops web, worker, relay, broker and database in this order."""

    help = "Start the notebook with everything it needs, and stop it cleanly on Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        data = DataFolder(settings.DATA_DIR)
        try:
            data.hold()
            _demand_free_port(settings.WEB_HOST, settings.PORT)
            self._run(data)
        except CannotStart as refusal:
            self.stderr.write(str(refusal))
            sys.exit(1)
        finally:
            data.release()

    def _run(self, data: DataFolder) -> None:
        stopping = threading.Event()
        services = Services(data, stopping=stopping)
        supervisor = Supervisor(data.path, services, stopping)
        supervisor.listen_for_signals()
        try:
            services.start()
            if not self._prepare(supervisor, data, stopping):
                return
            supervisor.start(_programs(data))
            supervisor.watch(self._announce_once(data))
        finally:
            supervisor.stop()
        self.stdout.write("The notebook has stopped.")

    def _prepare(self, supervisor: Supervisor, data: DataFolder, stopping: threading.Event) -> bool:
        """Bring the database up to date; say False when Ctrl-C came first."""
        notes = data.path / "sign-in.txt"
        notes.unlink(missing_ok=True)
        code = supervisor.run_to_end(
            Program(
                "prepare",
                (sys.executable, "manage.py", "prepare", f"--sign-in={notes}"),
                folder=settings.BASE_DIR,
            )
        )
        if stopping.is_set():
            return False
        if code != 0:
            raise CannotStart("The database could not be brought up to date; see above for why.")
        return True

    def _announce_once(self, data: DataFolder) -> Any:
        """Return what prints address and sign-in as soon as everything answers."""
        notes = data.path / "sign-in.txt"
        address = f"http://{settings.WEB_HOST}:{settings.PORT}"

        def announce() -> None:
            if notes.exists() and _is_healthy(address):
                sentence = notes.read_text().strip()
                notes.unlink()
                lacking = "".join(f"This machine has {one}.\n" for one in missing_walls())
                self.stdout.write(
                    f"\nThe notebook runs at {address}\n{sentence}\n{lacking}"
                    "Stop it with Ctrl-C in this window.\n"
                )
                self.stdout.flush()

        return announce


def _demand_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise CannotStart(
                f"Port {port} of {host} cannot be used: {failure.strerror}. Stop the program "
                f"that uses it, or choose another port, as in 'PORT={port + 1} make run'."
            ) from failure


def _is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _programs(data: DataFolder) -> list[Program]:
    environment = {
        "LABNOTEBOOK_DATA": str(data.path),
        "OPENBLAS_NUM_THREADS": "1",  # the workers are the parallelism
        **ALLOCATOR,
    }
    serve = (sys.executable, "manage.py", "serve")
    return [Program("serve", serve, environment=environment, folder=settings.BASE_DIR, stop_s=15.0)]
