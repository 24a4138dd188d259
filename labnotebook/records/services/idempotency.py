"""A POST sent twice creates once: the first answer is kept with its key.

The key is written in the same transaction as what the request creates, so of two at once the second
waits for the first and then gets its answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from labnotebook.records.history import as_a_whole
from labnotebook.records.models import IdempotencyKey
from labnotebook.records.refusals import KeyReused, Refusal

KEPT_FOR = timedelta(days=7)
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: status, body text, and where the created thing is."""

    status: int
    body: str
    location: str = ""
    replayed: bool = False


def request_digest(method: str, path: str, *parts: bytes) -> str:
    """Return a digest of what was asked."""
    digest = hashlib.sha256(f"{method} {path}".encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def once(*, user: Any, key: str, request_sha256: str, create: Callable[[], Answer]) -> Answer:
    """Return the first answer given under ``key``, creating it now when there is none.

    A refusal raised by ``create`` rolls everything back, the key included: it may be sent again.
    """
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refusal(f"An Idempotency-Key has at most {LONGEST_KEY} printable characters.")
    with as_a_whole():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO records_idempotencykey (user_id, key, request_sha256, body, location,"
                " created_at) VALUES (%s, %s, %s, '', '', now())"
                " ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
                [user.pk, key, request_sha256],
            )
            mine = cursor.fetchone()
        if mine is None:
            known = IdempotencyKey.objects.get(user=user, key=key)
            if known.request_sha256 != request_sha256:
                raise KeyReused(
                    "This Idempotency-Key was already used for another request. Use a new key for"
                    " each new thing to create."
                )
            return Answer(known.status, known.body, known.location, replayed=True)
        answer = create()
        IdempotencyKey.objects.filter(pk=mine[0]).update(
            status=answer.status, body=answer.body, location=answer.location
        )
        return answer


def forget_old_keys() -> int:
    """Remove keys that nobody will repeat any more."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
