"""`manage.py serve`: web, worker and relay as forks of one process that has loaded everything once.

Each of them alone would load Django and all rooms anew, some 100 MB a time. `manage.py up` keeps this
command running; it keeps the three running.
"""

import gc
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.db import connections

from labnotebook.embedded.forks import Fork, Role
from labnotebook.embedded.supervisor import Supervisor

WORKER_CLASS = "labnotebook.gathering.GatheringWorker"


class Command(BaseCommand):
    """Runs until SIGTERM, then stops web, worker and relay in this order."""

    help = "Run web, worker and relay on servers that run already; 'manage.py up' starts these as well."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        load_everything()
        supervisor = Supervisor(Path(settings.DATA_DIR), None, threading.Event(), start=Fork)
        supervisor.listen_for_signals()
        try:
            supervisor.start([WEB])
            load_numerics()  # pages need none of it, and should not wait for it
            supervisor.start([WORKER, RELAY])
            supervisor.watch(lambda: None)
        finally:
            supervisor.stop()


def load_everything() -> None:
    """Import what the three need, so that they share it; leave no connection and no thread behind."""
    import celery.apps.worker
    import celery.concurrency.prefork
    import celery.worker.consumer
    import gunicorn.app.wsgiapp
    from django.template import engines
    from django.urls import get_resolver

    import labnotebook.gathering
    import labnotebook.wsgi
    from labnotebook.celery import app
    from labnotebook.records.management.commands import relay  # noqa: F401

    assert gunicorn.app.wsgiapp, labnotebook.wsgi
    # Without Celery's command line, which brings a shell with it.
    assert celery.apps.worker, celery.worker.consumer
    assert celery.concurrency.prefork
    assert get_resolver().url_patterns, engines.all()
    app.loader.import_default_modules()
    app.finalize()
    _freeze()


def load_numerics() -> None:
    """Import what every forecast needs, once instead of once per worker process."""
    import scipy

    assert scipy.optimize, scipy.special  # touched, and so loaded
    _freeze()


def _freeze() -> None:
    connections.close_all()
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every page


def run_web() -> None:
    """Answer pages and the API."""
    from gunicorn.app.wsgiapp import run

    sys.argv = [
        "gunicorn",
        *("--worker-class", WORKER_CLASS, "--no-control-socket", "--threads", "4"),
        *("--bind", f"{settings.WEB_HOST}:{settings.PORT}", "--workers", str(settings.WEB_WORKERS)),
        *("--graceful-timeout", "3", "--timeout", "120", "--keep-alive", "30"),
        *("--log-level", "warning", "labnotebook.wsgi:application"),
    ]
    run(prog="gunicorn")


def run_worker() -> None:
    """Do the jobs."""
    from labnotebook.celery import app

    worker = app.Worker(
        concurrency=settings.WORKER_PROCESSES,
        without_gossip=True,
        without_mingle=True,
        loglevel="WARNING",
        quiet=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


def run_relay() -> None:
    """Hand jobs on."""
    from django.core.management import call_command

    call_command("relay")


WEB = Role("web (gunicorn)", run_web, 4.0)
WORKER = Role("worker (celery)", run_worker, 6.0)
RELAY = Role("relay", run_relay, 5.0)  # it signs a last checkpoint
