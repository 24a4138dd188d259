"""A whole notebook as a person starts it: ``manage.py up`` in a process group of its own."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[2]
READY_S = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Notebook:
    """Start with ``start()``; whatever happens, ``end()`` leaves nothing behind."""

    data: Path
    environment: dict[str, str]
    port: int
    process: subprocess.Popen | None = None

    @property
    def log(self) -> Path:
        return self.data.parent / "up.log"

    def start(self) -> "Notebook":
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=PROJECT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + READY_S
        while self.healthz()[0] != 200:
            assert self.process.poll() is None, f"it ended: {self.log.read_text()[-2000:]}"
            assert time.monotonic() < until, f"not ready: {self.log.read_text()[-2000:]}"
            time.sleep(0.1)
        return self

    def healthz(self) -> tuple[int, dict]:
        """Return status and body; status 0 when nobody listens."""
        try:
            address = f"http://127.0.0.1:{self.port}/healthz"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            said = refused.read()
            return refused.code, json.loads(said) if said.startswith(b"{") else {}
        except OSError:
            return 0, {}

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def people(self) -> str:
        """Return what the database says about who may sign in."""
        found = self.command("shell", "-v", "0", "-c", PEOPLE)
        return found.stdout.strip()

    def children(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self) -> int:
        """Press Ctrl-C: the whole group gets SIGINT. Return the exit code."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        left = self.children()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.interrupt()
        self.kill()
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()

    def said(self, pattern: str) -> str:
        """Return the first group of what is printed, waiting a little for it."""
        until = time.monotonic() + 15
        while not (found := re.search(pattern, self.log.read_text())):
            assert time.monotonic() < until, self.log.read_text()[-2000:]
            time.sleep(0.1)
        return found.group(1)

    def _environment(self) -> dict[str, str]:
        return {**self.environment, "LABNOTEBOOK_DATA": str(self.data), "PORT": str(self.port)}


PEOPLE = (
    "from django.contrib.auth import get_user_model as u;"
    "print(*[p.username + ' ' + p.password for p in u().objects.all()])"
)
