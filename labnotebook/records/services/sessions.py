"""Sessions of browsers: which a person has, and their end."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from labnotebook.records.services.security import Kind, note


def living_sessions(person: Any) -> list[UserSession]:
    """Return the sessions in which a person is signed in, the last used first."""
    now = timezone.now()
    alive = [
        one
        for one in UserSession.objects.purge_and_list(person)
        if one.last_seen_at > now - settings.SESSION_IDLE
        and one.created_at > now - settings.SESSION_LONGEST
    ]
    return sorted(alive, key=lambda one: one.last_seen_at, reverse=True)


def end_sessions(person: Any, *, but: str = "") -> int:
    """Sign a person out everywhere, but for the session with the key ``but``; return of how many.

    All sessions are looked through, so that none is left that was begun before they were listed.
    """
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but):
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
            ended += 1
    UserSession.objects.filter(user=person).exclude(session_key=but).delete()
    if ended:
        note(Kind.SESSION_ENDED, person=person, about=f"{ended} at once")
    return ended


def end_over(person: Any, session_key: str) -> None:
    """Forget a session that was not used for too long."""
    UserSession.objects.filter(session_key=session_key).delete()
    note(Kind.SESSION_ENDED, person=person, about="not used for too long, or begun too long ago")


def end_session(session: UserSession) -> None:
    """Sign out one browser."""
    session.end()
    note(Kind.SESSION_ENDED, person=session.user, about=f"by hand, of {session.ip}")
