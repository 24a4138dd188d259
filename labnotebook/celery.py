"""The Celery app: carries ids of jobs to workers, and nothing of value."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labnotebook.settings")

app = Celery("labnotebook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["labnotebook"], related_name="heartbeat")


@worker_init.connect
def start_fork_server(**_: Any) -> None:
    """Before the pool is forked, so that all of it shares one server that has imported what reads files."""
    from labnotebook.records.sandbox import start_fork_server

    start_fork_server()


@worker_ready.connect
def start_heartbeat(sender: Any, **_: Any) -> None:
    """Let the worker's timer ask for heartbeats; said anew after each lost connection."""
    from labnotebook import heartbeat

    heartbeat.ask_afresh()
    sender.timer.call_repeatedly(heartbeat.ASK_EVERY_S, heartbeat.ask)
