"""Jobs: done once, whatever dies meanwhile."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone

from labnotebook.records.models import Job
from labnotebook.records.models.job import MAX_ATTEMPTS
from labnotebook.records.services import jobs

# Nothing is committed: a real worker that an earlier test left at work would take these jobs.
pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch):
    """A kind of job that notes what it wrote and how it ended."""
    seen = {"written": [], "ended": [], "during": lambda job: None}

    def work(job):
        seen["during"](job)
        if job.input.get("refuse"):
            raise jobs.JobRefused("This file is a picture.")
        if job.input.get("bug"):
            raise ZeroDivisionError("division by zero")
        if job.input.get("dies"):
            raise SystemExit  # as far as a row can see, the worker is gone
        return lambda: seen["written"].append(job.pk)

    monkeypatch.setitem(jobs._handlers, "test", work)
    monkeypatch.setitem(
        jobs._on_end, "test", lambda job: seen["ended"].append((job.pk, job.state, job.error))
    )
    return seen


def test_a_job_is_done_once_however_often_its_message_arrives(done):
    job = jobs.ask("test", {"n": 1})
    for _ in range(3):
        jobs.run(job.pk)
    assert done["written"] == [job.pk]
    assert Job.objects.get().state == "done"


def test_the_same_work_is_the_same_job():
    assert jobs.ask("test", {"a": 1, "b": 2}).pk == jobs.ask("test", {"b": 2, "a": 1}).pk


def test_a_refusal_fails_the_job_in_words_where_it_belongs(done):
    job = jobs.ask("test", {"refuse": True})
    jobs.run(job.pk)
    assert done["ended"] == [(job.pk, "failed", "This file is a picture.")]
    assert done["written"] == []


def test_two_workers_at_once_do_it_once(done):
    job = jobs.ask("test", {"n": 1})
    done["during"] = lambda mine: jobs.run(job.pk)  # the second delivery, while the first works
    jobs.run(job.pk)
    assert done["written"] == [job.pk]


def test_a_late_result_of_a_worker_that_lost_its_lease_is_dropped(done):
    job = jobs.ask("test", {"n": 1})

    def lose_lease(mine):
        if mine.attempts == 1:
            Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
            jobs.run(job.pk)

    done["during"] = lose_lease
    jobs.run(job.pk)
    assert done["written"] == [job.pk]
    assert Job.objects.get().attempts == 2


def test_a_dead_workers_job_is_taken_over_and_given_up_after_five_attempts(done):
    job = jobs.ask("test", {"dies": True})
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(SystemExit):
            jobs.run(job.pk)
        assert Job.objects.get().attempts == attempt
        Job.objects.update(
            lease_until=Now() - timedelta(seconds=1), sent_at=timezone.now() - timedelta(minutes=1)
        )
    sent = []
    jobs.sweep(lambda job_id, queue: sent.append((job_id, queue)))
    assert sent == []
    assert done["ended"][0][1] == "dead"
    assert "given up" in Job.objects.get().error


def test_the_relay_sends_what_was_never_sent_and_what_was_left(done):
    job = jobs.ask("test", {"n": 1})
    sent = []
    assert jobs.sweep(lambda job_id, queue: sent.append((job_id, queue))) == 1
    assert (
        jobs.sweep(lambda job_id, queue: sent.append((job_id, queue))) == 0
    )  # just sent: not again at once
    Job.objects.update(sent_at=timezone.now() - timedelta(seconds=11))
    jobs.sweep(lambda job_id, queue: sent.append((job_id, queue)))
    assert sent == [(job.pk, "celery")] * 2


def test_a_broker_that_is_away_marks_nothing_as_sent(done):
    jobs.ask("test", {"n": 1})

    def away(job_id, queue):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        jobs.sweep(away)
    assert Job.objects.get().sent_at is None


def test_a_fault_of_the_program_stands_on_the_row_with_its_class_and_sentence(done):
    job = jobs.ask("test", {"bug": True})
    jobs.run(job.pk)
    row = Job.objects.get()
    assert (row.state, row.error_class, row.faults) == ("queued", "ZeroDivisionError", 1)
    assert row.error == "ZeroDivisionError: division by zero (try 1 of 3)"
    assert (row.token, row.lease_until, done["ended"]) == (None, None, [])


def test_a_fault_that_comes_again_and_again_fails_the_job_where_it_belongs(done):
    job = jobs.ask("test", {"bug": True})
    for _ in range(5):
        jobs.run(job.pk)
    row = Job.objects.get()
    assert (row.state, row.error_class, row.attempts) == ("failed", "ZeroDivisionError", 3)
    assert "a fault of its own 3 times (ZeroDivisionError: division by zero)" in row.error
    assert done["ended"] == [(job.pk, "failed", row.error)]


def test_a_fault_while_writing_the_result_leaves_nothing_half_written(done, monkeypatch):
    def breaks(job):
        def write():
            jobs.ask("test", {"half": "written"})
            raise ValueError("no such column")

        return write

    monkeypatch.setitem(jobs._handlers, "test", breaks)
    job = jobs.ask("test", {"n": 1})
    jobs.run(job.pk)
    row = Job.objects.get()  # the half is rolled back
    assert (row.pk, row.state, row.error_class) == (job.pk, "queued", "ValueError")


def test_a_fault_that_passed_is_forgotten_when_the_job_is_done(done):
    job = jobs.ask("test", {"n": 1})
    done["during"] = lambda job: 1 / 0
    jobs.run(job.pk)
    done["during"] = lambda job: None
    jobs.run(job.pk)
    row = Job.objects.get()
    assert (row.state, row.error, row.error_class, row.faults) == ("done", "", "", 1)


def test_a_worker_that_died_is_told_apart(done):
    job = jobs.ask("test", {"dies": True})
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            jobs.run(job.pk)
        Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert jobs.give_up() == 1
    row = Job.objects.get()
    assert (row.state, row.error_class, row.faults) == ("dead", "", 0)
    assert "The worker stopped 5 times" in row.error


@pytest.mark.django_db(transaction=True)  # a statement that fails would break the one of the test
def test_a_database_that_is_away_when_a_fault_is_noted_leaves_the_job_to_the_relay(done):
    job = jobs.ask("test", {"bug": True})

    def away(execute, statement, *rest):
        if "error_class" in statement and statement.startswith("UPDATE"):
            raise OperationalError("gone")
        return execute(statement, *rest)

    with connection.execute_wrapper(away):
        jobs.run(job.pk)
    assert Job.objects.get().state == "running"
