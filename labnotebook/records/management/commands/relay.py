"""`manage.py relay`: publish job ids that were never sent or whose worker died; tidy; checkpoint."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Max
from kombu.exceptions import OperationalError
from redis import RedisError

from labnotebook.broker import relay_was_here
from labnotebook.records.blobs import sweep_incoming
from labnotebook.records.models import Signature
from labnotebook.records.services import (
    checkpoint_copies,
    checkpoints,
    idempotency,
    jobs,
    time_stamps,
)
from labnotebook.records.services.periodic import BESIDE
from labnotebook.records.tasks import run_job

log = logging.getLogger(__name__)
ADVISORY_LOCK = 7_309_551  # one relay at a time
TIDY_EVERY_S = 600
CHORES = (idempotency.forget_old_keys, sweep_incoming)


class Command(BaseCommand):
    help = "Send waiting jobs to the workers; one process of this is enough."
    tidy_at = 0.0
    is_the_one = False
    signed_upto = 0  # the last signature that a checkpoint covers

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.beside: dict[Callable[[], object], threading.Thread] = {}

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="sweep once and stop")

    def handle(self, *args, once: bool = False, **options):
        self.stopping = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stopping.set())
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self.sweep()
            except (DatabaseError, OperationalError, RedisError) as error:
                # The database or the broker is away: what is due stays due.
                log.warning("relay waits: %s", error)
                connection.close()
            except Exception:
                if once:
                    raise
                # A fault of ours must not end the one process that hands jobs on.
                log.exception("the relay met a fault; it goes on")
                connection.close()
            if once:
                return
            self.stopping.wait(0.5)
        if self.is_the_one:
            with suppress(DatabaseError):  # away already: the next start signs
                self.do(checkpoints.write_checkpoint)

    def sweep(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            self.is_the_one = cursor.fetchone()[0]
        if not self.is_the_one:
            return
        # Tidy first: no broker is needed for that, and one that is away ends the sweep.
        signed = Signature.objects.aggregate(last=Max("pk"))["last"] or 0
        if is_due := time.monotonic() > self.tidy_at:
            self.tidy_at = time.monotonic() + TIDY_EVERY_S
            for chore in CHORES:
                self.do(chore)
            for work in BESIDE:
                self.start_beside(work)
        if is_due or signed > self.signed_upto:
            self.do(checkpoints.write_checkpoint)
            self.signed_upto = signed
            self.start_beside(_tell_outside)
        jobs.sweep(_publish)
        relay_was_here()

    def start_beside(self, work: Callable[[], object]) -> None:
        """Do what may take long, as a place that is slow to answer or a backup, beside the jobs."""
        if work in self.beside and self.beside[work].is_alive():
            return  # the next time is soon
        self.beside[work] = threading.Thread(target=_try, args=[work], daemon=True)
        self.beside[work].start()

    def do(self, chore: Callable[[], object]) -> None:
        """Tidy; whatever breaks there must not keep the jobs waiting."""
        try:
            chore()
        except DatabaseError:
            raise
        except Exception:
            log.exception("the relay could not %s; it goes on", chore.__name__)


def _publish(job_id: int, queue: str) -> None:
    run_job.apply_async(kwargs={"job_id": job_id}, queue=queue, retry=False)


def _tell_outside() -> None:
    """Send what was signed away from here."""
    for tell in (checkpoint_copies.send_copies, time_stamps.stamp_newest):
        _try(tell)


def _try(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("the relay could not %s; it goes on", work.__name__)
