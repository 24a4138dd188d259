"""Note who is here: sessions, people and tokens, each at most once a minute from one process."""

from __future__ import annotations

import time
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import connection

from labnotebook.records.asked_from import asked_from
from labnotebook.records.services.security import Kind, note

EVERY_S = 60
MOST_REMEMBERED = 10_000

_noted: dict[tuple[str, Any], float] = {}  # what was noted when, by the clock of this process

_SESSION_SQL = """
WITH session AS (
  INSERT INTO usersessions_usersession AS old
    (user_id, session_key, ip, user_agent, created_at, last_seen_at, data)
    VALUES (%(user)s, %(session)s, %(ip)s, %(agent)s, clock_timestamp(), clock_timestamp(), '{}')
    ON CONFLICT (session_key) DO UPDATE SET user_id = excluded.user_id, ip = excluded.ip,
      user_agent = excluded.user_agent, last_seen_at = clock_timestamp()
    WHERE old.last_seen_at > clock_timestamp() - %(idle)s
      AND old.created_at > clock_timestamp() - %(longest)s
    RETURNING user_id
), person AS (
  INSERT INTO records_personseen (user_id, at) SELECT user_id, clock_timestamp() FROM session
  ON CONFLICT (user_id) DO UPDATE SET at = clock_timestamp()
)
SELECT (%(demanded)s OR EXISTS (SELECT FROM records_membership m
      JOIN records_project p ON p.id = m.project_id AND p.needs_second_factor
      WHERE m.user_id = %(user)s))
    AND NOT EXISTS (SELECT FROM mfa_authenticator f
      WHERE f.user_id = %(user)s AND f.type IN ('totp', 'webauthn'))
  FROM session
"""
_USE_SQL = """
WITH person AS (
  INSERT INTO records_personseen (user_id, at) VALUES (%(user)s, clock_timestamp())
  ON CONFLICT (user_id) DO UPDATE SET at = clock_timestamp()
), use AS (
  INSERT INTO records_tokenuse (token_id, at) VALUES (%(token)s, clock_timestamp())
  ON CONFLICT (token_id) DO UPDATE SET at = clock_timestamp()
), address AS (
  INSERT INTO records_tokenaddress (token_id, ip) SELECT %(token)s, %(ip)s::inet
  WHERE %(ip)s::inet IS NOT NULL ON CONFLICT DO NOTHING RETURNING ip
)
SELECT EXISTS (SELECT FROM address)
"""


class SessionIs(Enum):
    """What a browser's session is good for."""

    GOOD = "good"
    OWING = "its person has yet to set up a second factor"
    OVER = "not used for too long, or begun too long ago"


def note_session(
    *, user_id: int, session_key: str, ip: str, user_agent: str, demanded: bool = False
) -> SessionIs:
    """Note a request of a browser's session, and say what the session is good for.

    ``demanded``: the server demands a second factor; whether a project does is looked up with the note. Who owes
    one is asked at every request, so that it is known at once when it is there.
    """
    if not is_due("session", session_key):
        return SessionIs.GOOD
    said = {
        "user": user_id,
        "session": session_key,
        "ip": ip,
        "agent": user_agent[:200],
        "demanded": demanded,
        "idle": settings.SESSION_IDLE,
        "longest": settings.SESSION_LONGEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SESSION_SQL, said)
        row = cursor.fetchone()
    if row == (False,):
        return SessionIs.GOOD
    _noted.pop(("session", session_key), None)
    return SessionIs.OVER if row is None else SessionIs.OWING


def note_token(*, user: Any, token_id: int, name: str) -> None:
    """Note a request that brought a token; its first one from an address is a security event."""
    ip = asked_from().ip
    if not is_due("token", (token_id, ip)):
        return
    with connection.cursor() as cursor:
        cursor.execute(_USE_SQL, {"user": user.pk, "token": token_id, "ip": ip})
        (is_new,) = cursor.fetchone()
    if is_new:
        note(Kind.TOKEN_ELSEWHERE, person=user, about=name)


def note_stranger(*, account: str = "", about: str) -> None:
    """Note that an address was turned away, once a minute: what is kept for good, no stranger fills at will."""
    if is_due("stranger", asked_from().ip):
        note(Kind.TURNED_AWAY, account=account, about=about)


def is_due(kind: str, key: Any) -> bool:
    """Say whether something was last noted by this process a minute ago or earlier; then it is noted now."""
    now = time.monotonic()
    if now - _noted.get((kind, key), -EVERY_S) < EVERY_S:
        return False
    if len(_noted) >= MOST_REMEMBERED:
        _noted.clear()
    _noted[kind, key] = now
    return True
