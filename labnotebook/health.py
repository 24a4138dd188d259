"""Whether the notebook works: database, broker, a worker and the relay."""

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from labnotebook import heartbeat
from labnotebook.broker import broker_client, relay_answers
from labnotebook.celery import app


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all answer, else 503 naming what does not."""
    failing = failing_parts()
    if not failing:
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "failing", "failing": failing}, status=503)


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
