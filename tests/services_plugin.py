"""Give a test run its own PostgreSQL and Valkey in a temporary folder, before Django looks.

Named with ``-p`` in pyproject.toml, so that it comes before pytest-django. A server named in
DATABASE_URL or BROKER_URL is used instead of an own one. The data folder is never ``./data``.
Of a run in several processes (``make test``), each has servers of its own.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from labnotebook.embedded import DataFolder, Services
from labnotebook.embedded.postgres import PORT, ROLE, SUPERUSER

# The durability of a test database is of no use; crash tests start servers of their own.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_running: list[tuple[Services, DataFolder]] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config, parser, args):
    options = early_config.known_args_namespace
    if not (options.help or options.version):
        _start(servers=not _hands_tests_out(options))
    return (yield)


def _hands_tests_out(options) -> bool:
    """Whether this process only hands tests out to others, which start servers for themselves."""
    if "PYTEST_XDIST_WORKER" in os.environ or not getattr(options, "numprocesses", None):
        return False
    if os.environ.get("BROKER_URL", "").strip():
        raise pytest.UsageError("Processes cannot share the broker of BROKER_URL: leave -n out.")
    return True


def pytest_unconfigure(config):
    while _running:
        services, data = _running.pop()
        services.stop()
        servers = (data.path / "servers").resolve()
        data.release()
        shutil.rmtree(servers, ignore_errors=True)
        shutil.rmtree(data.path, ignore_errors=True)


def _start(*, servers: bool) -> None:
    path = Path(tempfile.mkdtemp(prefix="labnotebook-tests-")).resolve()
    data = DataFolder(path)
    data.hold()
    services = Services(data, FAST)
    if servers:
        services.start()
    _running.append((services, data))
    if servers and not os.environ.get("DATABASE_URL", "").strip():
        _let_tests_empty_protected_tables(data, services.sockets)
    (path / "static").mkdir()
    os.environ["LABNOTEBOOK_DATA"] = str(path)
    os.environ["STATIC_MANIFEST"] = "false"
    os.environ["LABNOTEBOOK_DATABASE_ROLE"] = "owner"  # tests make databases
    os.environ["OPENBLAS_NUM_THREADS"] = (
        "1"  # as in the notebook: its processes are the parallelism
    )
    os.environ.pop("DEBUG", None)


def _let_tests_empty_protected_tables(data: DataFolder, sockets: Path) -> None:
    """Allow the tests' role, and no other, to empty append-only tables between two tests."""
    with psycopg.connect(
        host=str(sockets),
        port=PORT,
        user=SUPERUSER,
        password=data.secret("database_superuser_password"),
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute(
            sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                sql.Identifier(ROLE)
            )
        )
