"""One PostgreSQL cluster in the data folder, reached by a unix socket only."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from labnotebook.embedded.data_folder import DataFolder
from labnotebook.embedded.memory import ALLOCATOR
from labnotebook.embedded.owner import Owner
from labnotebook.embedded.processes import Child, Program, wait_until
from labnotebook.embedded.programs import major_version, postgres_programs
from labnotebook.embedded.refusals import CannotStart

SUPERUSER = "labnotebook_admin"
ROLE = DATABASE = "labnotebook"
APPLICATION_ROLE = "labnotebook_app"  # of web, worker and relay: it owns nothing
PORT = "5432"  # only the socket's name
START_S = 60.0


def postgres_program(
    data: DataFolder, servers: Path, sockets: Path, owner: Owner, settings: Mapping[str, str]
) -> Program:
    """Return how to start the cluster; make it first when there is none."""
    programs = postgres_programs(owner, servers)
    cluster = servers / "postgres"
    _make_cluster(programs, cluster, data.secret("database_superuser_password"), owner)
    # No living server works in the cluster (the folder is held and leftovers were ended), so a
    # lock file is stale, even when its process number has been given to someone else since.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    for stale in sockets.glob(".s.PGSQL.*"):
        stale.unlink()
    flags = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "port": PORT,
        "timezone": "UTC",
        **settings,
    }
    options = [part for name, value in flags.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgresql",
        command=(str(programs / "postgres"), "-D", str(cluster), *options),
        environment=ALLOCATOR,
        folder=cluster,
        owner=owner,
        stop_signal=signal.SIGINT,  # "fast": ends sessions, then writes a checkpoint
        stop_s=10.0,
        output=lambda: data.log("postgresql"),
    )


def start_postgres(
    program: Program, data: DataFolder, sockets: Path, stopping: threading.Event
) -> Child:
    """Start the cluster and wait until it answers, trying again while leftovers let go of it."""
    until = time.monotonic() + START_S
    password = data.secret("database_superuser_password")
    while time.monotonic() < until and not stopping.is_set():
        child = Child(program, data.path)
        if wait_until(lambda: _answers(sockets, password), child, until - time.monotonic()):
            return child
        child.stop()
        stopping.wait(0.3)
    raise CannotStart(
        "PostgreSQL did not start within a minute. The last lines of "
        f"{data.path / 'logs' / 'postgresql.log'} say why: {_last_line(data)}"
    )


def make_role_and_database(data: DataFolder, sockets: Path) -> None:
    """Make the database with the role that owns it and the role of the application; set their passwords."""
    with _connect(sockets, data.secret("database_superuser_password")) as connection:
        # Creating databases is for restore drills and tests; the cluster is ours alone.
        _set_role(connection, ROLE, "CREATEDB", data.secret("database_password"))
        _set_role(connection, APPLICATION_ROLE, "NOCREATEDB", data.secret("database_app_password"))
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone()
        if not found:
            owner = sql.Identifier(ROLE)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), owner)
            )


def _set_role(connection: psycopg.Connection, role: str, may: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
            sql.SQL("ALTER" if known else "CREATE"),
            sql.Identifier(role),
            sql.SQL(may),
            sql.Literal(password),
        )
    )


def _make_cluster(programs: Path, cluster: Path, password: str, owner: Owner) -> None:
    """Run ``initdb``; a cluster appears under its name only when it is complete."""
    if (cluster / "PG_VERSION").exists():
        _demand_same_version(programs, cluster)
        return
    draft = Path(tempfile.mkdtemp(prefix="new-", dir=cluster.parent))
    owner.owns(draft)
    password_file = draft / "password"
    with open(os.open(password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(password)
    owner.owns(password_file)
    provider = "builtin" if major_version(programs) >= 17 else "libc"
    made = subprocess.run(
        [
            str(programs / "initdb"),
            f"--pgdata={draft / 'cluster'}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            f"--locale-provider={provider}",
            "--locale=C.UTF-8",
            "--data-checksums",
        ],
        capture_output=True,
        text=True,
        cwd=draft,
        **owner.popen_arguments(),
    )
    password_file.unlink()
    if made.returncode != 0:
        raise CannotStart(f"PostgreSQL could not make its files: {made.stderr.strip()}")
    (draft / "cluster").replace(cluster)
    draft.rmdir()


def _demand_same_version(programs: Path, cluster: Path) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    found = str(major_version(programs))
    if made_by != found:
        raise CannotStart(
            f"The database in {cluster} was made by PostgreSQL {made_by}, but {found} is "
            f"installed. Install PostgreSQL {made_by} again, take a backup with "
            "'manage.py backup', and restore it into a new data folder."
        )


def _connect(sockets: Path, password: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(sockets),
        port=PORT,
        user=SUPERUSER,
        password=password,
        dbname="postgres",
        autocommit=True,
        connect_timeout=5,
    )


def _answers(sockets: Path, password: str) -> bool:
    try:
        _connect(sockets, password).close()
    except psycopg.OperationalError:
        return False
    return True


def _last_line(data: DataFolder) -> str:
    lines = (data.path / "logs" / "postgresql.log").read_text(errors="replace").splitlines()
    return lines[-1] if lines else "(the log is empty)"
