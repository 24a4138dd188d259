"""Guesses at a password inside the notebook are limited as those at its door are."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.db import connection, transaction

from labnotebook.records.refusals import Refusal, TooManyTries
from labnotebook.records.services.security import Kind, note

WRONG_TRIES = 5
WITHIN_S = 300  # allauth's own limit for a person at the door: 5 in 5 minutes


def check_password(person, password: str, *, action: str) -> bool:
    """Say whether the password is the person's own; after five wrong ones refuse to look.

    The tries are kept in the database's cache, one person's one after the other, so that neither
    several web processes nor many tries at once get round the limit.
    """
    key = f"guesses:{action}:{person.pk}"
    with transaction.atomic(durable=not connection.in_atomic_block):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        now = time.time()
        wrong = [at for at in cache.get(key, []) if at > now - WITHIN_S]
        if len(wrong) >= WRONG_TRIES:
            wait_s = max(1, round(wrong[0] + WITHIN_S - now))
            raise TooManyTries(
                f"The password was wrong {WRONG_TRIES} times. Wait {wait_s // 60 + 1} min, then try"
                " again.",
                field="password",
                wait_s=wait_s,
            )
        if person.check_password(password):
            cache.delete(key)
            return True
        cache.set(key, [*wrong, now], WITHIN_S)
    note(Kind.TURNED_AWAY, person=person, about=f"a wrong password to {action}")
    return False


def demand_password(person, password: str) -> None:
    """Refuse a signature by who does not know the password of the person who signs."""
    if not person.has_usable_password():
        raise Refusal(
            "You sign with a password, and have none here yet: set one under Your account, then sign.",
            field="password",
        )
    if not check_password(person, password, action="sign"):
        raise Refusal(
            "The password is not right. Signing asks for it again, so that it is you.",
            field="password",
        )
