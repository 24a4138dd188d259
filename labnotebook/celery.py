"""The Celery app: carries ids of jobs to workers, and nothing of value."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labnotebook.settings")

app = Celery("labnotebook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["labnotebook"], related_name="heartbeat")


@worker_ready.connect
def start_heartbeat(sender: Any, **_: Any) -> None:
    """Let the worker's timer ask for heartbeats; said anew after each lost connection."""
    from labnotebook import heartbeat

    heartbeat.ask_afresh()
    sender.timer.call_repeatedly(heartbeat.ASK_EVERY_S, heartbeat.ask)
