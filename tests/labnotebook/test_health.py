"""What /healthz says."""

import json
import os
import signal

import psycopg
import pytest
import redis
from django.test import RequestFactory

from labnotebook import health, heartbeat
from labnotebook.broker import RELAY_KEY, broker_client


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
