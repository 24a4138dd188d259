"""The relay survives what breaks while it tidies."""

import pytest

from labnotebook.broker import RELAY_KEY, broker_client
from labnotebook.records.management.commands import relay
from labnotebook.records.models import Job
from labnotebook.records.services import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(monkeypatch):
    sent = []
    monkeypatch.setattr(relay.run_job, "apply_async", lambda kwargs, **_: sent.append(kwargs))
    # A real relay may be at work for other tests of this session, and holds its lock.
    monkeypatch.setattr(relay, "ADVISORY_LOCK", relay.ADVISORY_LOCK + 1)
    command = relay.Command()
    command.sent = sent
    return command


def test_a_chore_that_breaks_does_not_keep_the_jobs_waiting(command, monkeypatch, caplog):
    def write_checkpoint():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(relay, "CHORES", (write_checkpoint,))
    job = jobs.ask("forecast_batch", {"batch": 1})
    command.sweep()
    assert command.sent == [{"job_id": job.pk}]
    assert Job.objects.get().sent_at is not None
    assert "could not write_checkpoint" in caplog.text


def test_a_sweep_leaves_a_mark_for_healthz(command, monkeypatch):
    monkeypatch.setattr("labnotebook.broker._said_at", float("-inf"))
    broker_client().delete(RELAY_KEY)
    command.sweep()
    assert 0 < broker_client().ttl(RELAY_KEY) <= 20
