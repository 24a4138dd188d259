"""What /healthz says."""

import json
import os
import signal
from datetime import UTC, datetime

import psycopg
import pytest
import redis
from django.test import RequestFactory

from labnotebook import health, heartbeat
from labnotebook.backup.noted import Attempt, note_attempt, note_backup
from labnotebook.broker import RELAY_KEY, broker_client
from labnotebook.records.services.checkpoints import write_checkpoint
from tests.factories import make_person


def ask():
    answer = health.healthz(RequestFactory().get("/healthz"))
    return answer.status_code, json.loads(answer.content)


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_healthy_notebook_says_ok(celery_worker_process):
    assert ask() == (200, {"status": "ok"})


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_hangs_is_named_although_it_lives(celery_worker_process, wait_until):
    os.kill(celery_worker_process.pid, signal.SIGSTOP)
    try:
        broker_client().delete(heartbeat.ALIVE_KEY)  # as if its last beat had faded
        status, said = wait_until(lambda: (found := ask())[0] == 503 and found)
        assert (status, said["failing"]) == (503, ["worker"])
    finally:
        os.kill(celery_worker_process.pid, signal.SIGCONT)
    broker_client().delete(heartbeat.ASKED_KEY)
    assert wait_until(lambda: ask()[0] == 200)


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_relay_that_hangs_is_named_although_it_lives(
    celery_worker_process,
    _worker_and_relay,  # noqa: PT019  (its second is the relay)
    wait_until,
):
    relay = _worker_and_relay[1]
    os.kill(relay.pid, signal.SIGSTOP)
    try:
        broker_client().delete(RELAY_KEY)  # as if its last mark had faded
        assert ask() == (503, {"status": "failing", "failing": ["relay"]})
    finally:
        os.kill(relay.pid, signal.SIGCONT)
    assert wait_until(lambda: ask()[0] == 200)


@pytest.mark.django_db
def test_a_broker_that_is_away_is_named(monkeypatch):
    away = redis.Redis.from_url("unix:///nowhere/valkey.sock")
    monkeypatch.setattr(health, "broker_client", lambda: away)
    status, said = ask()
    assert status == 503
    assert "broker" in said["failing"]
    assert "database" not in said["failing"]


def test_a_database_that_is_away_is_named(monkeypatch, settings):
    from django.db import OperationalError, connection

    def refuse():
        raise OperationalError from psycopg.OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    status, said = ask()
    assert status == 503
    assert "database" in said["failing"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/healthz?details"])
def test_who_is_signed_in_is_told_so_too(monkeypatch, client, address):
    from django.db import OperationalError, connection

    client.force_login(make_person())

    def refuse():
        raise OperationalError from psycopg.OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get(address)
    assert answer.status_code == 503
    assert "database" in answer.json()["failing"]


@pytest.mark.django_db
def test_an_administrator_is_told_what_the_machine_lacks_and_how_old_the_backup_is(
    settings, tmp_path, client
):
    settings.DATA_DIR = tmp_path
    person = make_person()
    client.force_login(person)
    assert "disk" not in client.get("/healthz?details").json()
    type(person).objects.filter(pk=person.pk).update(is_superuser=True)
    said = client.get("/healthz?details").json()
    assert said["walls_around_readers"].keys() == {"users", "files", "calls"}
    assert said["database_role_of_its_own"] is False  # the tests' own
    assert (said["backup_at"], said["checkpoint"]["number"]) == (None, 0)
    assert said["scheduled_backup"] is None
    settings.CHECKPOINT_FOLDERS = [str(tmp_path)]
    settings.BACKUP_FOLDER = "/backups"
    note_backup(datetime(2026, 11, 27, 3, 0, tzinfo=UTC))
    note_attempt(Attempt("/backups", "2025-11-27T03:00:00+00:00", trouble="The disk is away."))
    write_checkpoint()
    said = client.get("/healthz?details").json()
    assert said["backup_at"] == "2026-11-27T03:00:00+00:00"
    late = said["scheduled_backup"]
    assert (late["at"], late["late"]) == ("2025-11-27T03:00:00+00:00", True)
    assert (late["running"], late["trouble"]) == (False, "The disk is away.")
    assert said["checkpoint"]["number"] == 1
    assert said["checkpoint"]["told"] == {str(tmp_path): 0}


@pytest.mark.django_db
def test_nobody_else_is_told_more_than_whether_it_works(client):
    assert client.get("/healthz?details").json().keys() <= {"status", "failing"}
