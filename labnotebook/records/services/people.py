"""Let people in and out: make them, switch them off and on, and say who is an administrator."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from labnotebook.records.history import recorded
from labnotebook.records.permissions import is_administrator, require_managing
from labnotebook.records.refusals import NotPermitted, Refusal
from labnotebook.records.services.projects import hand_over
from labnotebook.records.services.security import Kind, note
from labnotebook.records.services.sessions import end_sessions

User = get_user_model()


def free_username(username: str) -> str:
    """Return a sign-in name that can be given, refuse one that cannot."""
    username = User.normalize_username(username.strip())
    try:
        User._meta.get_field("username").clean(username, None)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), field="username") from error
    if User.objects.filter(username__iexact=username).exists():
        raise Refusal(
            f"There is already somebody called {username}. Choose another sign-in name.",
            field="username",
        )
    return username


def switch_off(*, by: Any, person: Any, new_owner: str = "") -> int:
    """Let a person in no more: her sessions end, her tokens stop. What she recorded stays.

    ``new_owner``: the sign-in name of who owns from now on what she owns alone; without it she is then
    refused to be switched off. Returns how many sessions were ended.
    """
    require_managing(by, person)
    if person.pk == by.pk:
        raise Refusal("You cannot switch yourself off. Another administrator can.")
    with recorded(by, f"{person.get_username()} switched off"):
        person = _lock_with_administrators(by, person)
        if person.is_active:
            hand_over(by=by, person=person, new_owner=new_owner.strip())
            person.is_active = False
            person.save(update_fields=["is_active"])
        ended = end_sessions(person)
        note(Kind.ACCOUNT, person=person, by=by, about="switched off")
    return ended


def switch_on(*, by: Any, person: Any) -> None:
    """Let a person in again, with the password and the tokens that she had."""
    require_managing(by, person)
    with recorded(by, f"{person.get_username()} switched on"):
        person = User.objects.select_for_update().get(pk=person.pk)
        if not person.is_active:
            person.is_active = True
            person.save(update_fields=["is_active"])
            note(Kind.ACCOUNT, person=person, by=by, about="switched on")


def set_administrator(*, by: Any, person: Any, to: bool) -> None:
    """Make a person an administrator of the server, or no longer; one is always left."""
    if not is_administrator(by):
        raise NotPermitted("Only an administrator makes administrators.")
    word = "an administrator" if to else "no administrator"
    with recorded(by, f"{person.get_username()} is now {word}"):
        person = _lock_with_administrators(by, person)
        if to and not person.is_active:
            raise Refusal(f"{person.get_username()} is switched off. Switch the account on first.")
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
        if not to and person.is_superuser and not others.exists():
            raise Refusal(
                f"{person.get_username()} is the only administrator. Make somebody else one first."
            )
        person.is_superuser = person.is_staff = to
        person.save(update_fields=["is_superuser", "is_staff"])
        note(Kind.RIGHTS, person=person, by=by, about=word)


def _lock_with_administrators(by: Any, person: Any) -> Any:
    """Return ``person`` as she is now; no two people change administrators at the same time.

    Without it two administrators could switch one another off, and nobody would be left.
    """
    list(User.objects.select_for_update().filter(is_superuser=True).order_by("pk"))
    was_administrator = by.is_superuser
    by = User.objects.get(pk=by.pk)
    if not by.is_active or (was_administrator and not by.is_superuser):
        raise NotPermitted("Somebody took this right from you in the meantime.")
    return User.objects.select_for_update().get(pk=person.pk)


def describe(*, by: Any, first_name: str, last_name: str, email: str) -> None:
    """Keep what a person says of herself."""
    changed = "e-mail" if email != by.email else "name"
    with recorded(by, "account described"):
        by.first_name, by.last_name, by.email = first_name, last_name, email
        by.save(update_fields=["first_name", "last_name", "email"])
        note(Kind.ACCOUNT, person=by, about=f"{changed} changed")
