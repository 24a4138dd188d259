"""The folder that holds everything a notebook has: its lock, secrets, servers and notes."""

import fcntl
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import IO

from labnotebook.embedded.owner import Owner, choose_owner
from labnotebook.embedded.refusals import CannotStart

LONGEST_SOCKET_FOLDER = 85  # bytes; the kernel allows 107 for folder and socket name together
STATE_FOLDER = Path("/var/lib/labnotebook")


class AlreadyRunning(CannotStart):
    """Another process runs the notebook in this data folder."""


class DataFolder:
    """A data folder, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def hold(self) -> None:
        """Make the folder if need be and lock it; raise ``AlreadyRunning`` when it is held."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = open(self.path / "lock", "a+")  # noqa: SIM115  (held until the process ends)
        except OSError as failure:
            raise CannotStart(
                f"The data folder {self.path} cannot be used: {failure.strerror}. "
                "Name another one in LABNOTEBOOK_DATA."
            ) from failure
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise AlreadyRunning(
                f"The notebook in {self.path} is already running (process {holder}). Stop it with "
                "Ctrl-C in its window, or name another folder in LABNOTEBOOK_DATA."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Let the next one have the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def secret(self, name: str) -> str:
        """Return a secret of this notebook, made at random the first time it is asked for."""
        folder = self.path / "secrets"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / name
        if not path.exists() or not path.read_text().strip():
            draft = path.with_suffix(".new")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        return path.read_text().strip()

    def owner(self) -> Owner:
        """Return who runs the servers, and let that user pass through this folder, no more."""
        owner = choose_owner(self.path)
        if owner.drops_root and not owner.can_enter(self.path):
            self.path.chmod(self.path.stat().st_mode | 0o011)
        return owner

    def servers(self, owner: Owner) -> Path:
        """Return the folder of the servers, as the path that their user can reach."""
        folder = self.path / "servers"
        if not folder.exists() and not owner.can_enter(self.path):
            # As root in a folder that the servers' user cannot reach (below /root, say): no
            # parent is opened up, the servers live in the system's place for state instead.
            STATE_FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
            elsewhere = Path(tempfile.mkdtemp(prefix=f"{self.path.name}-", dir=STATE_FOLDER))
            owner.makes(elsewhere)
            folder.symlink_to(elsewhere)
        folder.mkdir(mode=0o700, exist_ok=True)
        return owner.makes(folder.resolve())

    def sockets(self, servers: Path, owner: Owner) -> Path:
        """Return a folder for unix sockets whose path is short enough for the kernel."""
        folder = servers / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return owner.makes(folder)
        short = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108
        return owner.owns(Path(tempfile.mkdtemp(prefix="labnotebook-", dir=short)))

    def note(self, **values: str) -> None:
        """Write down for other commands what runs where (``runtime.json``)."""
        draft = self.path / "runtime.json.new"
        with draft.open("w") as file:
            file.write(json.dumps(values, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "runtime.json")

    def log(self, name: str) -> IO[bytes]:
        """Open a log for appending; one that grew beyond 10 MB is kept once as ``.old``."""
        folder = self.path / "logs"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{name}.log"
        if path.exists() and path.stat().st_size > 10_000_000:
            path.replace(path.with_suffix(".old"))
        return open(path, "ab")
