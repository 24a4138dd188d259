"""A direct line to the broker, for the few keys that are not Celery's."""

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry


@cache
def broker_client() -> redis.Redis:
    """Return the client of this process; it fails at once rather than wait for a dead broker."""
    return redis.Redis.from_url(
        settings.BROKER_URL.replace("redis+socket://", "unix://", 1),
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )
