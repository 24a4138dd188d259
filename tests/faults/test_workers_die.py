"""Workers die at any moment; every analysis is done all the same, and has its effect once."""

import contextlib
import time
from datetime import timedelta

import psutil
import pytest
from django.conf import settings
from django.db.models.functions import Now

from analysis.models import Analysis
from labnotebook.records.models import Job
from labnotebook.records.tasks import run_job
from tests.faults.conftest import children_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker, pytest.mark.slow]

POISON = {
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "half a line": b"Wavelength (nm),Intensity\n600,1\n601,",
    "a bomb of numbers": b"x,y\n" + b"1e308,1e308\n" * 200_000,
    "nothing but names": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b '"
    + b"c" * 10_000
    + b"'>]><a>&b;&b;</a>",
    "one endless line": b"600 1 " * 1_000_000,
}


def analysing(worker) -> psutil.Process | None:
    """Return a child of the worker in which a file is being read, if one is there now."""
    for process in children_of(worker.pid):
        with contextlib.suppress(psutil.Error):
            if "sandbox" in " ".join(process.cmdline()):
                return process
    return None


def started() -> bool:
    return Job.objects.filter(kind="analyse", state="running").exists()


def the_lease_runs_out() -> int:
    """Let what the dead were doing be taken over now, as if the minute of their lease had passed."""
    a_minute_ago = Now() - timedelta(minutes=1)
    return Job.objects.filter(state="running").update(
        lease_until=a_minute_ago, sent_at=a_minute_ago
    )


def test_a_killed_analysis_is_said_or_done_again(
    celery_worker_process, bench, wait_until, settled, capsys
):
    """kill -9 of the process that reads the file: the worker lives, the analysis ends in words."""
    found = bench.send(2)
    victim = wait_until(lambda: analysing(celery_worker_process), timeout_s=20, every_s=0.005)
    with contextlib.suppress(psutil.Error):
        victim.kill()
    took, ended = settled()
    assert celery_worker_process.exit_code() is None
    rows = Analysis.objects.filter(pk__in=found)
    for row in rows:
        assert row.state == "done" or (row.state == "failed" and len(row.failure) > 20)
    assert rows.filter(state="done").count() >= 1
    with capsys.disabled():
        print(f"\n  analysis killed: {ended} after {took:.1f} s")


def test_a_killed_worker_child_loses_nothing(
    celery_worker_process, bench, wait_until, settled, done_once, capsys
):
    """kill -9 of one process of the pool in the middle of an analysis."""
    found = bench.send(4)
    reading = wait_until(lambda: analysing(celery_worker_process), every_s=0.005)
    reading.parent().kill()
    left = the_lease_runs_out()
    took, _ended = settled()
    again = done_once(found)
    with capsys.disabled():
        print(
            f"\n  pool process killed: 0 of {len(found)} lost, {left} left open, {again} ran twice, {took:.1f} s"
        )


def test_a_killed_worker_loses_nothing(
    celery_worker_process, bench, wait_until, settled, done_once, capsys
):
    """kill -9 of the whole worker in the middle of analyses; a new one takes over."""
    found = bench.send(4)
    wait_until(started, every_s=0.01)
    worker = celery_worker_process
    worker.kill_group()
    left = the_lease_runs_out()
    worker.__init__(worker.program, settings.DATA_DIR)  # the same place in the session's fixture
    took, _ended = settled()
    again = done_once(found)
    with capsys.disabled():
        print(
            f"\n  worker killed: 0 of {len(found)} lost, {left} left open, {again} ran twice, {took:.1f} s"
        )


def test_every_message_thrice_is_every_analysis_once(
    celery_worker_process, bench, settled, done_once, capsys
):
    found = bench.send(5)
    for job in Job.objects.all():
        for _ in range(3):
            run_job.apply_async(kwargs={"job_id": job.pk}, retry=False)
    took, _ended = settled()
    assert done_once(found) == 0
    results = Analysis.objects.filter(pk__in=found).values_list("version", flat=True)
    assert len(set(results)) == 1, "some were written more often than others"
    with capsys.disabled():
        print(f"\n  three messages each: {len(found)} analyses, each once, {took:.1f} s")


def test_poison_fails_in_words_and_delays_nobody(
    celery_worker_process, bench, settled, done_once, capsys
):
    alone = time.monotonic()
    bench.send(3)
    settled()
    alone = time.monotonic() - alone
    poison = {what: bench.send(1, content)[0] for what, content in POISON.items()}
    good = bench.send(3)
    start = time.monotonic()
    while Analysis.objects.filter(pk__in=good, state="done").count() < len(good):
        assert time.monotonic() - start < 45
        time.sleep(0.1)
    beside = time.monotonic() - start
    took, ended = settled()
    for what, pk in poison.items():
        row = Analysis.objects.get(pk=pk)
        assert row.state == "failed", f"{what} is {row.state}"
        assert len(row.failure) > 20, what
    assert celery_worker_process.exit_code() is None
    with capsys.disabled():
        print(
            f"\n  five poison files: {ended}; three good ones {beside:.1f} s behind them,"
            f" {alone:.1f} s alone, all settled {took:.1f} s later"
        )
