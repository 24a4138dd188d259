"""`manage.py relay`: publish job ids that were never sent or whose worker died; tidy; checkpoint."""

import logging
import signal
import threading
import time
from collections.abc import Callable

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from kombu.exceptions import OperationalError
from redis import RedisError

from labnotebook.broker import relay_was_here
from labnotebook.records.files import sweep_incoming
from labnotebook.records.services import checkpoints, idempotency, jobs
from labnotebook.records.tasks import run_job

log = logging.getLogger(__name__)
ADVISORY_LOCK = 7_309_551  # one relay at a time
TIDY_EVERY_S = 600
CHORES = (idempotency.forget_old_keys, sweep_incoming, checkpoints.write_checkpoint)


class Command(BaseCommand):
    help = "Send waiting jobs to the workers; one process of this is enough."
    tidy_at = 0.0

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

    def sweep(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            if not cursor.fetchone()[0]:
                return
        # Tidy first: no broker is needed for that, and one that is away ends the sweep.
        if time.monotonic() > self.tidy_at:
            self.tidy_at = time.monotonic() + TIDY_EVERY_S
            for chore in CHORES:
                self.do(chore)
        jobs.sweep(lambda job_id: run_job.apply_async(kwargs={"job_id": job_id}, retry=False))
        relay_was_here()

    def do(self, chore: Callable[[], object]) -> None:
        """Tidy; whatever breaks there must not keep the jobs waiting."""
        try:
            chore()
        except DatabaseError:
            raise
        except Exception:
            log.exception("the relay could not %s; it goes on", chore.__name__)
