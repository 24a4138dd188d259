"""A worker proves that it hears by running a tiny task that came through the queue.

The worker's own timer asks for it, so a worker whose queue went deaf, or whose event loop hangs,
falls silent although its process lives.
"""

import logging

import redis
from celery import shared_task
from kombu.exceptions import OperationalError

from labnotebook.broker import broker_client

ASK_EVERY_S = 3.0
ALIVE_S = 20  # how long one beat counts
ASKED_S = 30  # after this an unanswered question is put again
ALIVE_KEY = "labnotebook:worker-alive"
SEEN_KEY = "labnotebook:worker-seen"
SEEN_S = 3600
ASKED_KEY = "labnotebook:worker-asked"

logger = logging.getLogger(__name__)


@shared_task(name="labnotebook.heartbeat", acks_late=False, ignore_result=True)
def beat() -> None:
    """Leave a mark that fades."""
    client = broker_client()
    client.set(ALIVE_KEY, "1", ex=ALIVE_S)
    client.set(SEEN_KEY, "1", ex=SEEN_S)
    client.delete(ASKED_KEY)


def ask() -> None:
    """Queue one beat, unless one is still on its way."""
    try:
        if broker_client().set(ASKED_KEY, "1", nx=True, ex=ASKED_S):
            beat.apply_async(expires=ASKED_S)
    except (redis.RedisError, OperationalError) as failure:
        logger.warning("The broker does not take a heartbeat: %s", failure)


def ask_afresh() -> None:
    """Forget a question that an earlier worker took with it, and ask at once."""
    try:
        broker_client().delete(ASKED_KEY)
    except redis.RedisError as failure:
        logger.warning("The broker does not answer: %s", failure)
    ask()


def heard_lately() -> bool:
    """Say whether a worker ran a beat within the last seconds."""
    return bool(broker_client().exists(ALIVE_KEY))


def heard_this_hour() -> bool:
    """Say whether there has been a worker at all, who might now have its hands full."""
    return bool(broker_client().exists(SEEN_KEY))
