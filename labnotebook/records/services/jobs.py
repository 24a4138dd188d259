"""Jobs: asked for in a transaction, claimed with a lease, finished once.

Celery only carries the id. A handler is called with the job and returns what to write; it may run
twice and takes effect once, since its results are written in the transaction that finishes the job,
and only by whoever still holds the job's token.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.models import Job, Project
from labnotebook.records.models.job import LEASE_SECONDS, MAX_ATTEMPTS, MAX_FAULTS
from labnotebook.records.refusals import StorageAway

log = logging.getLogger(__name__)

# A handler works outside any transaction and returns a function that writes the results inside the
# finishing one. It raises JobRefused to fail in words.
Handler = Callable[[Job], Callable[[], None]]
_handlers: dict[str, Handler] = {}
_on_end: dict[str, Callable[[Job], None]] = {}
_background: set[str] = set()
_outside: set[str] = set()
INSIDE, OUTSIDE = "celery", "outside"  # queues
RESENT_SECONDS = 10  # after which what was sent and not begun is sent again
IN_BACKGROUND = 16  # jobs of these kinds that workers are given at a time


class JobRefused(Exception):
    """The work cannot be done, and trying again would say the same; ``str()`` says why."""


def handles(
    kind: str,
    *,
    on_end: Callable[[Job], None],
    background: bool = False,
    outside: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the handler for jobs of ``kind``.

    ``on_end`` is called, in the same transaction, when the job failed or was given up, so that the
    record it works for can say so. Of a kind in the ``background`` a few are sent at a time, so that
    a thousand of them keep nobody's upload waiting. A kind that goes ``outside`` reaches other machines: it
    is sent by the queue of that name, since the worker that reads files may have no network.
    """

    def register(handler: Handler) -> Handler:
        if background:
            _background.add(kind)
        if outside:
            _outside.add(kind)
        _handlers[kind] = handler
        _on_end[kind] = on_end
        return handler

    return register


def ask(
    kind: str,
    payload: dict[str, Any],
    *,
    project: Project | None = None,
    after_seconds: float | None = None,
) -> Job:
    """Write a job in the caller's transaction; the relay sends it within half a second of the commit.

    The same work asked for twice is the same job. With ``after_seconds`` it is sent that much later, as if it
    had been sent before and got lost: for what is better done once for many, or tried again later.
    """
    job = ask_many(kind, [(payload, project)])[0]
    if after_seconds is not None:
        sent_at = timezone.now() - timedelta(seconds=RESENT_SECONDS - after_seconds)
        Job.objects.filter(pk=job.pk, sent_at=None).update(sent_at=sent_at)
    return job


def ask_many(kind: str, asked: Sequence[tuple[dict[str, Any], Project | None]]) -> list[Job]:
    """Write jobs of one kind in one statement, as `ask` writes one; no two of the same work.

    Of a job that is there already only the key is read back.
    """
    return Job.objects.bulk_create(
        [
            Job(kind=kind, input=payload, input_sha256=_digest(payload), project=project)
            for payload, project in asked
        ],
        # The row that is there already is "updated" to what it says, so that its key comes back.
        update_conflicts=True,
        unique_fields=["kind", "input_sha256"],
        update_fields=["kind"],
    )


def _digest(payload: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()


def take_back(rows: QuerySet[Job]) -> int:
    """Take back those of the jobs that no worker has begun; return how many.

    Only for work of which no record speaks yet.
    """
    with transaction.atomic():
        waiting = rows.filter(state=Job.State.QUEUED, attempts=0)
        found = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Job.objects.filter(pk__in=found).delete()
    return len(found)


def claim(job_id: int) -> Job | None:
    """Take a job that is waiting or whose worker is gone; None when there is nothing to do."""
    token = uuid.uuid4()
    claimed = (
        Job.objects.filter(pk=job_id, attempts__lt=MAX_ATTEMPTS)
        .filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now()))
        .update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            token=token,
            lease_until=Now() + timedelta(seconds=LEASE_SECONDS),
        )
    )
    return Job.objects.get(pk=job_id) if claimed else None


def run(job_id: int) -> None:
    """Do one job, if it is still to be done.

    What the handler raises besides a refusal is noted on the job's row, and the job waits to be tried
    again; after MAX_FAULTS it has failed. A worker that dies can note nothing, and is told apart by that.
    """
    job = claim(job_id)
    if job is None:
        return
    try:
        with _lease_renewed(job):
            write = _handlers[job.kind](job)
        _finish(job, Job.State.DONE, "", write=write)
    except JobRefused as refusal:
        _finish(job, Job.State.FAILED, str(refusal), write=None)
    except StorageAway as away:
        _wait_for_storage(job, away)
    except Exception as fault:
        log.exception("job %s (%s) met a fault", job.pk, job.kind)
        _note_fault(job, fault)


def _wait_for_storage(job: Job, away: StorageAway) -> None:
    """Hand a job back whose file cannot be had now; it waits for as long as that lasts, and loses no try by it."""
    sent_at = timezone.now() + timedelta(seconds=away.wait_s - RESENT_SECONDS)
    _hand_back(job, attempts=job.attempts - 1, sent_at=sent_at, error=away.sentence)


def _hand_back(job: Job, **values: Any) -> None:
    """Let a job that this worker holds wait again."""
    Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING).update(
        state=Job.State.QUEUED, lease_until=None, token=None, **values
    )


def _note_fault(job: Job, fault: Exception) -> None:
    """Write down what the program met; hand the job back, or end it when this was the last try."""
    said = " ".join(str(fault).split())[:500]
    name = type(fault).__name__
    what = f"{name}: {said}" if said else name
    try:
        job.error_class, job.faults = name[:120], job.faults + 1
        if job.faults >= MAX_FAULTS:
            sentence = (
                f"The program met a fault of its own {MAX_FAULTS} times ({what}). What was sent is kept."
                " Tell who runs this notebook: it is not for you to mend."
            )
            _finish(job, Job.State.FAILED, sentence, write=None)
            return
        _hand_back(
            job,
            sent_at=timezone.now(),  # the relay sends it again after its usual wait
            error=f"{what} (try {job.faults} of {MAX_FAULTS})",
            error_class=job.error_class,
            faults=job.faults,
        )
    except DatabaseError as failure:  # then it looks like a worker that died, and is taken over
        log.warning("the fault of job %s could not be noted: %s", job.pk, failure)


def _finish(job: Job, state: str, error: str, *, write: Callable[[], None] | None) -> bool:
    """Write the results and end the job, unless somebody else took it over meanwhile."""
    with recorded(f"worker, job {job.pk}", job.kind):
        mine = Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING).update(
            state=state,
            error=error,
            error_class=job.error_class if state == Job.State.FAILED else "",
            faults=job.faults,
            finished_at=timezone.now(),
            lease_until=None,
            token=None,
        )
        if not mine:
            log.warning("job %s was taken over; its late result is dropped", job.pk)
            return False
        job.state, job.error = state, error
        if write is not None:
            write()
        else:
            _on_end[job.kind](job)
    return True


@contextmanager
def _lease_renewed(job: Job) -> Iterator[None]:
    """Keep the lease while the work goes on, from a thread with a connection of its own."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(LEASE_SECONDS / 3):
            close_old_connections()
            Job.objects.filter(pk=job.pk, token=job.token).update(
                lease_until=Now() + timedelta(seconds=LEASE_SECONDS)
            )
        connection.close()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def sweep(publish: Callable[[int, str], None], *, batch: int = 200) -> int:
    """Send what was never sent, what got lost, and what a dead worker left; return how many.

    ``publish`` is given the key of a job and the queue it goes by. It raises when the broker is away; then
    nothing is marked as sent and the next sweep tries again.
    """
    give_up()
    now = timezone.now()
    due = (
        Job.objects.filter(~Q(kind__in=_background) | Q(pk__in=_turn()), attempts__lt=MAX_ATTEMPTS)
        .filter(
            Q(state=Job.State.QUEUED, sent_at=None)
            | Q(state=Job.State.QUEUED, sent_at__lt=now - timedelta(seconds=RESENT_SECONDS))
            | Q(state=Job.State.RUNNING, lease_until__lt=Now())
        )
        .filter(Q(sent_at=None) | Q(sent_at__lt=now - timedelta(seconds=RESENT_SECONDS)))
        .order_by("pk")
        .values_list("pk", "kind")[:batch]
    )
    sent = 0
    for job_id, kind in due:
        publish(job_id, OUTSIDE if kind in _outside else INSIDE)
        Job.objects.filter(pk=job_id).update(sent_at=timezone.now())
        sent += 1
    return sent


def _turn() -> list[int]:
    """Return the jobs in the background whose turn it is: the oldest that have not ended."""
    if not _background:
        return []
    open_ = Job.objects.filter(
        kind__in=_background, state__in=[Job.State.QUEUED, Job.State.RUNNING]
    )
    return list(open_.order_by("pk").values_list("pk", flat=True)[:IN_BACKGROUND])


def give_up() -> int:
    """Park the jobs whose worker died at every attempt, and say so where they belong."""
    dead = 0
    for job in Job.objects.filter(
        state=Job.State.RUNNING, attempts__gte=MAX_ATTEMPTS, lease_until__lt=Now()
    ):
        sentence = (
            f"The worker stopped {MAX_ATTEMPTS} times while doing this, so it was given up. The file"
            " is kept; run the analysis again, or ask the administrator to look at the worker's log."
        )
        dead += _finish(job, Job.State.DEAD, sentence, write=None)
    return dead
