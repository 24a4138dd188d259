"""A lab to back up, and an empty database and data folder beside the tests' own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from labnotebook import environment
from labnotebook.records.models import Job
from labnotebook.records.services import jobs
from tests.factories import make_made_batch, make_project
from tests.labnotebook.backups import with_file
from tests.s3_server import KEYS, NAME, Server


class Fresh:
    """An empty database and data folder, used by other processes."""

    def __init__(self, url: str, data: Path) -> None:
        self.url, self.data = url, data
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            # A part of the broker in which nobody listens: the tests' worker has another database.
            "BROKER_URL": f"{settings.BROKER_URL}?virtual_host=7",
            "LABNOTEBOOK_DATA": str(data),
            "STATIC_MANIFEST": "false",
        }

    def manage(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def fresh(test_database_url, tmp_path):
    name = "restored_here"
    other = test_database_url.replace(f"/{settings.DATABASES['default']['NAME']}?", f"/{name}?")
    assert other != test_database_url
    address = test_database_url.replace("/" + connection.settings_dict["NAME"] + "?", "/postgres?")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    (tmp_path / "fresh").mkdir()
    yield Fresh(other, tmp_path / "fresh")
    with psycopg.connect(address, autocommit=True) as server:
        # Without FORCE, which stumbles over an autovacuum that is not ours to end; DROP ends it.
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
        server.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def s3_running(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def s3(s3_running, settings, tmp_path, monkeypatch):
    """The server with an empty bucket that keeps this notebook's files."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    name = s3_running.make(f"{NAME}-{tmp_path.name[-40:].replace('_', '-').strip('-')}")
    s3_running.name = name
    settings.DATA_DIR, settings.BLOB_ROOT = tmp_path, tmp_path / "blobs"
    settings.STORAGES = {
        **settings.STORAGES,
        **environment.bucket(name, s3_running.address, "us-east-1"),
    }
    yield s3_running
    if s3_running.process.poll() is not None:
        s3_running.start()


@pytest.fixture
def other_machine(settings, tmp_path):
    """Go to another machine: the same database and bucket, a data folder with nothing in it."""

    def go() -> Path:
        settings.DATA_DIR, settings.BLOB_ROOT = tmp_path / "other", tmp_path / "other" / "blobs"
        return settings.BLOB_ROOT

    return go


@pytest.fixture
def notebook(tmp_path, monkeypatch, wait_until):
    """A notebook with a batch and two files, with blobs and checkpoints of its own."""
    monkeypatch.setattr(settings, "BLOB_ROOT", tmp_path / "blobs")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path / "data")
    project = make_project()
    batch = make_made_batch(project)
    for name in ("xrd.xy", "pl.csv"):
        with_file(project, name, f"1,2\n3,4\n{name}".encode())
    # A worker of another test may be about to answer the forecast: nothing may move from here on.
    for job in Job.objects.all():
        jobs.run(job.pk)
    wait_until(lambda: not Job.objects.filter(state__in=["queued", "running"]).exists())
    return batch
