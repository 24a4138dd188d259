"""Roles: what a member of a project may do."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    """What a member is. What each may do stands in `MAY`; neither of witness and instrument includes the other."""

    VIEWER = "viewer", "Viewer"
    WITNESS = "witness", "Witness"
    INSTRUMENT = "instrument", "Instrument"
    EDITOR = "editor", "Editor"
    OWNER = "owner", "Owner"

    def includes(self, role: Role) -> bool:
        """Whether this role may do all that ``role`` may."""
        return MAY[self] >= MAY[role]

    @classmethod
    def at_least(cls, role: Role) -> list[str]:
        """Return the roles that include ``role``."""
        return [one.value for one in cls if one.includes(role)]


READ, WITNESS, UPLOAD, WRITE, OWN = "read", "sign as witness", "upload files", "write", "own"
MAY: dict[Role, frozenset[str]] = {
    Role.VIEWER: frozenset({READ}),
    Role.WITNESS: frozenset({READ, WITNESS}),
    Role.INSTRUMENT: frozenset({UPLOAD}),
    Role.EDITOR: frozenset({READ, WITNESS, UPLOAD, WRITE}),
    Role.OWNER: frozenset({READ, WITNESS, UPLOAD, WRITE, OWN}),
}
READERS = Role.at_least(Role.VIEWER)
# The same in a statement by hand: ``f"... AND m.{READS}"`` for memberships ``m``.
READS = f"role IN ({', '.join(repr(one) for one in READERS)})"


def read_by(user: Any, project: str = "project") -> Q:
    """Return the condition that ``user`` may read what is of the project at this path; "" is a project itself."""
    member = f"{project}__memberships" if project else "memberships"
    return Q(**{f"{member}__user": user, f"{member}__role__in": READERS})
