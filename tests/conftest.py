"""Fixtures for every test: the emptied database, a real worker, the flushed broker."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import quote

import hypothesis
import pytest
from django.conf import settings
from django.core.management.commands import flush as flush_command
from django.db import OperationalError, connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings

from labnotebook.broker import relay_answers
from labnotebook.embedded.processes import Child, Program
from labnotebook.records.services.checkpoints import forget_checkpoints
from synthesis.services.recipes import load_shipped

# How long an example takes says how busy the machine is; speed is for the benchmarks.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

WORKER_READY_S = 30.0
FLUSHES = 5
# Files of few tests that take minutes begin, so that no process waits for one of them at the end; then those
# of most tests; what kills servers comes last, beside as little else as can be.
LONG = (
    "test_every_page_for_everybody.py",
    "test_who_may_do_what.py",
    "test_up.py",
    "test_backup.py",
    "test_demo.py",
    "test_a_plugin_is_one_folder.py",
    "test_drafts.py",
    "test_random_histories.py",
    "test_the_story.py",
    "test_an_old_lab_moves_in.py",
    "test_a_recipe_from_nothing.py",
)
_what_ships: dict[str, bytes] = {}  # by table and columns, as COPY writes them


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests of the same id, of which a run in several processes would try only one, and order the files."""
    for test, times in Counter(item.nodeid for item in items).items():
        if times > 1:
            raise pytest.UsageError(f"{times} tests are called {test}. Give each its own name.")
    tests_of = Counter(item.path for item in items)

    def turn(item: pytest.Item) -> tuple[int, int]:
        if item.path.name in LONG:
            return 0, LONG.index(item.path.name)
        return 2 if item.path.parent.name == "faults" else 1, -tests_of[item.path]

    items.sort(key=turn)


@pytest.fixture(scope="session", autouse=True)
def _tests_leave_what_ships() -> Iterator[None]:
    """Leave what ships, and nothing else, after a test that commits, beside a worker at work.

    The tables' own rules stay in force inside every test. Rows are deleted, which for a test's few
    is quicker than TRUNCATE of every table, and what ships is copied back, which is quicker than to
    publish it again. A worker or a page that is not done yet may hold what this waits for and wait
    for what this holds: PostgreSQL then ends one of the two, and it is tried again.
    """

    def delete_rows(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        names = sorted(self.quote_name(table) for table in tables)
        return [
            "SET LOCAL session_replication_role = replica",
            f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE",
            "; ".join(f"DELETE FROM {name}" for name in names),
        ]

    def flush(sql_list):
        with transaction.atomic(), connection.cursor() as cursor:
            for sql in sql_list:
                cursor.execute(sql)
            for rows, content in _what_ships.items():
                with cursor.copy(f"COPY {rows} FROM STDIN") as copy:
                    copy.write(content)

    def flush_again_after_a_deadlock(self, sql_list):
        for _ in range(FLUSHES - 1):
            try:
                flush(sql_list)
                break
            except OperationalError:
                time.sleep(0.1)
        else:
            flush(sql_list)
        forget_checkpoints()  # they speak of rows that are gone

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", delete_rows)
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_again_after_a_deadlock)
        # Permissions and kinds of content are among what is copied back.
        patch.setattr(f"{flush_command.__name__}.emit_post_migrate_signal", lambda *_: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_fast() -> Iterator[None]:
    """Hash the passwords of made-up people quickly: slowness is what the real hash is for."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Load what ships with the product once, as a real notebook does at its start: every test has it."""
    with django_db_blocker.unblock():
        load_shipped()
        _what_ships.update(_every_row())


def _every_row() -> dict[str, bytes]:
    """Return what every table holds, by table and columns as COPY names them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(include_views=False):
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
                " WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            )
            rows = f"{connection.ops.quote_name(table)} ({cursor.fetchone()[0]})"
            with cursor.copy(f"COPY {rows} TO STDOUT") as copy:
                if content := b"".join(bytes(part) for part in copy):
                    found[rows] = content
    return found


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A transaction around the tests of a file: what a module's fixture makes in it each of them finds unchanged."""
    from tests.api.lab import one_connection

    with django_db_blocker.unblock(), one_connection(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def without_reference_data(db) -> None:
    """A database with nothing in it at all; what ships comes back after the test."""
    tables = ("stepparameter", "recipestep", "ingredient", "recipeversion", "recipe", "chemical")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in (f"synthesis_{name}" for name in tables):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture(scope="session")
def test_database_url(django_db_setup) -> str:
    """The address of the test database, for other processes."""
    of = connection.settings_dict
    query = "&".join(f"{name}={quote(str(value))}" for name, value in of["OPTIONS"].items())
    return (
        f"postgresql://{quote(of['USER'], safe='')}:{quote(of['PASSWORD'], safe='')}@/"
        f"{quote(of['NAME'], safe='')}?host={quote(of['HOST'], safe='')}"
        + (f"&port={of['PORT']}" if of["PORT"] else "")
        + (f"&{query}" if query else "")
    )


@pytest.fixture(scope="session")
def worker_and_relay_programs(test_database_url) -> list[Program]:
    """A real Celery worker and relay of the test database."""
    environment = {
        "DATABASE_URL": test_database_url,
        "BROKER_URL": settings.BROKER_URL,
        "LABNOTEBOOK_DATA": str(settings.DATA_DIR),
        "OPENBLAS_NUM_THREADS": "1",
    }
    celery = (sys.executable, "-m", "celery", "--quiet", "--app", "labnotebook", "worker")
    commands = {
        "worker": (*celery, "--concurrency", "2", "--without-gossip", "--without-mingle"),
        "relay": (sys.executable, "manage.py", "relay"),
    }
    return [
        Program(name, command, environment, folder=settings.BASE_DIR, stop_s=5)
        for name, command in commands.items()
    ]


@pytest.fixture(scope="module")
def _worker_and_relay(worker_and_relay_programs) -> Iterator[tuple[Child, Child]]:
    """Both, for one file: left at work they would take the jobs that the next file means to do itself."""
    children = [Child(program, settings.DATA_DIR) for program in worker_and_relay_programs]
    yield children[0], children[1]
    for child in children:
        child.stop()


@pytest.fixture
def celery_worker_process(transactional_db, _worker_and_relay) -> Child:
    """A real Celery worker and relay at work on the test database (committed rows only)."""
    wait_for_a_worker(lambda: all(child.exit_code() is None for child in _worker_and_relay))
    return _worker_and_relay[0]


def wait_for_a_worker(is_well: Callable[[], bool] = lambda: True) -> None:
    """Wait until a worker hears and a relay sends."""
    from labnotebook import heartbeat

    until = time.monotonic() + WORKER_READY_S
    while not (heartbeat.heard_lately() and relay_answers()):
        assert is_well(), "it ended"
        assert time.monotonic() < until, "the worker did not get ready"
        time.sleep(0.05)


@pytest.fixture
def wait_until():
    """Wait, at most some seconds, for something to become true; return it."""

    def wait(condition, timeout_s: float = 20.0, every_s: float = 0.05):
        until = time.monotonic() + timeout_s
        while not (found := condition()):
            assert time.monotonic() < until, f"not so within {timeout_s:.0f} s"
            time.sleep(every_s)
        return found

    return wait


@pytest.fixture(scope="session")
def outside_environment() -> dict[str, str]:
    """The environment of a person's shell: nothing in it points to the tests' own servers."""
    ours = {"DATABASE_URL", "BROKER_URL", "LABNOTEBOOK_DATA", "STATIC_MANIFEST", "SECRET_KEY"}
    ours.add("LABNOTEBOOK_DATABASE_ROLE")
    ours |= {"DJANGO_ALLOW_ASYNC_UNSAFE", "PORT"}
    return {name: value for name, value in os.environ.items() if name not in ours}
