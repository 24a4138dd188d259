"""Note what happened to accounts and rights, and what left, beside the record and in its chain."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from labnotebook.records.asked_from import asked_from
from labnotebook.records.history import recorded
from labnotebook.records.models import Project, SecurityEvent

Kind = SecurityEvent.Kind
NOBODY = "nobody signed in"


def note(
    kind: Kind,
    *,
    person: Any = None,
    by: Any = None,
    account: str = "",
    project: Project | None = None,
    about: str = "",
) -> None:
    """Write down one event, last in its transaction, with the address from which it was asked.

    ``person``: whose account it is about, else found by ``account``, the name that was typed. ``by``: who did it,
    where that is somebody else; or the name of a command. Passwords, codes and tokens are never given to this.
    """
    account = _shown(person.get_username() if person is not None else account, 150)
    if person is None and account:
        person = get_user_model().objects.filter(username=account).first()
    where = asked_from()
    actor = by or person or NOBODY
    with recorded(actor, Kind(kind).label.lower()):
        SecurityEvent.objects.create(
            kind=kind,
            person=person,
            account=account,
            by=None if isinstance(actor, str) or kind == Kind.TURNED_AWAY else actor,
            project=project,
            about=_shown(about, 200),
            ip=where.ip,
            browser=_shown(where.browser, 200),
        )


def _shown(text: str, most: int) -> str:
    """Return a text that the database takes, on one line."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:most]
