"""A direct line to the broker, for the few keys that are not Celery's."""

import time
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry


@cache
def broker_client() -> redis.Redis:
    """Return the client of this process; it fails at once rather than wait for a dead broker."""
    return redis.Redis.from_url(
        # Celery's spelling of a socket and of its database, in redis-py's.
        settings.BROKER_URL.replace("redis+socket://", "unix://", 1).replace(
            "virtual_host=", "db="
        ),
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )


RELAY_KEY = "labnotebook:relay-alive"
RELAY_ALIVE_S = 20  # how long one sign of life counts
_said_at = float("-inf")


def relay_was_here() -> None:
    """Leave a mark that fades: the relay has just finished a sweep. Said every few seconds."""
    global _said_at
    if time.monotonic() - _said_at > RELAY_ALIVE_S / 6:
        broker_client().set(RELAY_KEY, "1", ex=RELAY_ALIVE_S)
        _said_at = time.monotonic()


def relay_answers() -> bool:
    """Say whether the relay finished a sweep within the last seconds."""
    return bool(broker_client().exists(RELAY_KEY))
