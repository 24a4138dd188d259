"""Second factors: who has which, who must have one, and how a lost one is taken away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from labnotebook.records.history import recorded
from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import require_managing, require_role
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.security import Kind, note

# Recovery codes stand in for one of these, and are none by themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def factors_of(person: Any) -> QuerySet[Authenticator]:
    """Return the second factors of a person, the first one first."""
    return Authenticator.objects.filter(user=person, type__in=FACTORS).order_by("pk")


def server_demands(person: Any) -> bool:
    """Whether the settings demand a second factor of this person."""
    wanted = settings.SECOND_FACTOR
    return wanted == "everybody" or (wanted == "administrators" and person.is_superuser)


def is_demanded(person: Any) -> bool:
    """Whether the server, or a project to which the person belongs, demands a second factor."""
    demanding = Project.objects.filter(memberships__user=person, needs_second_factor=True)
    return server_demands(person) or demanding.exists()


def demand(*, by: Any, project: Project, to: bool) -> None:
    """Say that everybody in a project needs a second factor, or no longer."""
    require_role(by, project, Role.OWNER)
    if to and not factors_of(by).exists():
        raise Refusal("Set up a second factor yourself first, under Your account.")
    with recorded(by, "a second factor is needed" if to else "no second factor is needed"):
        project.set_fields(needs_second_factor=to)
        word = "needed" if to else "not needed any more"
        note(Kind.RIGHTS, person=by, project=project, about=f"a second factor is {word}")


def remove_all(*, by: Any, person: Any) -> int:
    """Take all second factors and recovery codes from a person who lost them; return how many."""
    require_managing(by, person)
    return take_away(by, person)


def take_away(by: Any, person: Any) -> int:
    """Do so whoever asks; ``by`` is a person, or the name of a command."""
    with recorded(by, f"second factors of {person.get_username()} removed"):
        removed = Authenticator.objects.filter(user=person).delete()[0]
        note(Kind.SECOND_FACTOR, person=person, by=by, about="all removed")
    return removed
