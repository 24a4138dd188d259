"""A lab with BENCH_BATCHES made-up batches (100,000 unless said), a token, and the table to print."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from labnotebook.records.services.tokens import create_token
from tests.benchmarks.measuring import Table
from tests.factories import make_batch
from tests.labnotebook.notebook_process import Notebook, free_port

BATCHES = int(os.environ.get("BENCH_BATCHES", "100000"))


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    table = Table()
    yield table
    print(f"\n\n{BATCHES:,} batches\n{table}\n")


@pytest.fixture(scope="session")
def lab(django_test_environment, django_db_blocker, table) -> Iterator[SimpleNamespace]:
    """The benchmark lab, committed and read outside any transaction, in a database of its own."""
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
        call_command("seed_history", batches=BATCHES, yes=True)
        user = get_user_model().objects.get(username="benchmark")
        project = user.memberships.get().project
        _, token = create_token(user=user, name="benchmark", scope="read")
        yield SimpleNamespace(
            user=user, project=project, token=token, batch=make_batch(project, by=user)
        )
        teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="session")
def reference(lab) -> Iterator[psycopg.Connection]:
    """A bare connection to the same database, as fast as psycopg goes: prepared and binary."""
    of = connection.settings_dict
    with psycopg.connect(
        host=of["HOST"],
        port=of["PORT"] or None,
        user=of["USER"],
        password=of["PASSWORD"],
        dbname=of["NAME"],
        autocommit=True,
        prepare_threshold=0,
    ) as bare:
        bare.execute("SET TIME ZONE 'UTC'")
        yield bare


@pytest.fixture
def notebook(outside_environment) -> Iterator[Notebook]:
    """A whole notebook as a person starts it, empty; a test may set its environment and start it again."""
    place = Path(tempfile.mkdtemp(prefix="labnotebook-bench-")).resolve()
    place.chmod(0o711)
    notebook = Notebook(place / "data", outside_environment, free_port())
    try:
        yield notebook.start()
    finally:
        notebook.end()
        shutil.rmtree((notebook.data / "servers").resolve(), ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
