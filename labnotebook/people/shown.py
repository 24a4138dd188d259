"""The sessions of a person as pages show them."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession

from labnotebook.people.browsers import browser_name
from labnotebook.records.models import SecurityEvent
from labnotebook.records.services.sessions import living_sessions


def shown_sessions(person: Any) -> list[UserSession]:
    """Return the living sessions, each with the name of its browser."""
    found = living_sessions(person)
    for session in found:
        session.browser = browser_name(session.user_agent)
    return found


def with_browsers(events: list[SecurityEvent]) -> list[SecurityEvent]:
    """Return security events, each with the name of its browser."""
    for event in events:
        event.browser_name = browser_name(event.browser) if event.browser else ""
    return events
