"""Whether the notebook works: database, broker, a worker and the relay."""

import shutil
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from labnotebook import heartbeat
from labnotebook.backup import scheduled
from labnotebook.backup.noted import last_backup
from labnotebook.broker import broker_client, relay_answers
from labnotebook.celery import app
from labnotebook.records.rights import has_its_own_role
from labnotebook.records.sandbox.machine import standing_walls
from labnotebook.records.services.checkpoint_copies import places, sent
from labnotebook.records.services.checkpoints import read_checkpoints
from labnotebook.records.services.time_stamps import read_stamps


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all answer, else 503 naming what does not.

    An administrator who asks for ``?details`` is told more: what the machine lacks, and how old backup and checkpoint are.
    """
    failing = failing_parts()
    said: dict[str, Any] = (
        {"status": "failing", "failing": failing} if failing else {"status": "ok"}
    )
    if "details" in request.GET and "database" not in failing and request.user.is_superuser:
        said |= details()
    return JsonResponse(said, status=503 if failing else 200)


def details() -> dict[str, Any]:
    """Return what who runs the notebook wants to know of it."""
    checkpoints, stamps, told = read_checkpoints(), read_stamps(), sent()
    disk = shutil.disk_usage(settings.DATA_DIR)
    return {
        "walls_around_readers": standing_walls(),
        "database_role_of_its_own": has_its_own_role(),
        "disk": {"free_bytes": disk.free, "total_bytes": disk.total},
        "backup_at": last_backup(),
        "scheduled_backup": scheduled.state(),
        "checkpoint": {
            "number": checkpoints[-1]["number"] if checkpoints else 0,
            "at": checkpoints[-1]["at"] if checkpoints else None,
            "told": {place: told.get(place, 0) for place in places()},
            "stamped": stamps[-1]["number"] if stamps else 0,
        },
    }


def failing_parts() -> list[str]:
    """Return the names of the parts that do not answer."""
    failing = [] if database_answers() else ["database"]
    if not broker_answers():
        return [*failing, "broker", "worker"]  # no worker can be heard without it
    if not worker_answers():
        failing.append("worker")
    return failing if relay_is_at_work() else [*failing, "relay"]


def database_answers() -> bool:
    """Say whether the database runs a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    """Say whether the broker answers."""
    try:
        return bool(broker_client().ping())
    except redis.RedisError:
        return False


def worker_answers() -> bool:
    """Say whether a worker takes messages, or has its hands full with tasks it took before."""
    try:
        if heartbeat.heard_lately():
            return True
        return heartbeat.heard_this_hour() and _a_worker_is_busy()
    except (redis.RedisError, OperationalError, OSError):
        return False


def relay_is_at_work() -> bool:
    """Say whether the relay hands jobs on."""
    try:
        return relay_answers()
    except redis.RedisError:
        return False


def _a_worker_is_busy() -> bool:
    active = app.control.inspect(timeout=1.0).active() or {}
    return any(active.values())
