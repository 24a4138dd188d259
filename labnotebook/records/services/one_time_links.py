"""Links that work once, by which people join or choose a password. Shown once, kept as a digest."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from labnotebook.records.history import recorded
from labnotebook.records.models import Membership, OneTimeLink, Project, Role
from labnotebook.records.permissions import (
    is_administrator,
    may_manage,
    require_looking_after_people,
    require_managing,
    require_role,
)
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from labnotebook.records.services.people import free_username
from labnotebook.records.services.security import Kind, note
from labnotebook.records.services.sessions import end_sessions
from labnotebook.records.services.tokens import token_digest

User = get_user_model()
JOIN_DAYS = 7
PASSWORD_HOURS = 24


def invite(
    *, by: Any, project: Project | None = None, role: str = "", email: str = "", username: str = ""
) -> tuple[OneTimeLink, str]:
    """Make a link by which somebody joins the notebook; return it with its text, shown only now.

    With a project the person also joins that, as ``role``. With a ``username`` the person is made at
    once and the link chooses her password; without, she chooses her sign-in name herself. Only an
    administrator invites without a project.
    """
    require_looking_after_people(by)
    email = _checked_email(email)
    if project is None and not is_administrator(by):
        raise Refusal("Say into which of your projects.", field="project")
    if project is not None:
        require_role(by, project, Role.OWNER)
        if role not in Role.values:
            raise Refusal(f"{role!r} is no role.", field="role")
    role = role if project is not None else ""
    if not username.strip():
        with recorded(by, f"invited {email}".strip()):
            made = _make(
                by,
                OneTimeLink.Purpose.JOIN,
                JOIN_DAYS * 24,
                project=project,
                role=role,
                email=email,
            )
            about = " ".join(filter(None, ("invited", email, role and f"as {role}")))
            note(Kind.RIGHTS, person=by, project=project, about=about)
        return made
    username = free_username(username)
    with recorded(by, f"{username} made"):
        person = User.objects.create_user(username=username, email=email)  # without a password
        if project is not None:
            Membership.objects.create(project=project, user=person, role=role)
        note(Kind.ACCOUNT, person=person, by=by, project=project, about=f"made {role}".strip())
        return _make(by, OneTimeLink.Purpose.PASSWORD, JOIN_DAYS * 24, person=person, email=email)


def offer_password(*, by: Any, person: Any) -> tuple[OneTimeLink, str]:
    """Make a link by which a person chooses a new password. Until it is used the old one holds."""
    require_managing(by, person)
    if not person.is_active:
        raise WrongState(f"{person.get_username()} is switched off. Switch the account on first.")
    with recorded(by, f"new password offered to {person.get_username()}"):
        _withdraw_all(OneTimeLink.objects.filter(person=person, purpose="password"))
        note(Kind.PASSWORD, person=person, by=by, about="link for a new one made")
        return _make(
            by, OneTimeLink.Purpose.PASSWORD, PASSWORD_HOURS, person=person, email=person.email
        )


def open_links(user: Any) -> Any:
    """Return the links that still work and that ``user`` made; for an administrator those of all."""
    living = OneTimeLink.objects.filter(
        used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).select_related("project", "made_by", "person")
    return living if is_administrator(user) else living.filter(made_by=user)


def withdraw(*, by: Any, link: OneTimeLink) -> None:
    """Make a link useless from now on."""
    if link.made_by_id != by.pk and not is_administrator(by):
        raise NotPermitted("Whoever made a link, or an administrator, can withdraw it.")
    with recorded(by, "link withdrawn"):
        _withdraw_all(OneTimeLink.objects.filter(pk=link.pk))


def find_link(text: str) -> OneTimeLink | None:
    """Return the link with this text while it works."""
    found = (
        OneTimeLink.objects.select_related("project", "person", "made_by")
        .filter(digest=token_digest(text))
        .first()
    )
    if found is None or not found.works() or not _still_stands(found):
        return None
    return found


def join(
    *, text: str, username: str, password: str, first_name: str = "", last_name: str = ""
) -> Any:
    """Use an invitation: make the person, and her membership where the link names a project."""
    with recorded("invitation", "joined by a link"):
        link = _take(text, OneTimeLink.Purpose.JOIN)
        username = free_username(username)
        person = User(
            username=username, first_name=first_name, last_name=last_name, email=link.email
        )
        _set_password(person, password)
        if link.project is not None:
            Membership.objects.create(project=link.project, user=person, role=link.role)
        link.set_fields(used_at=timezone.now(), person=person)
        about = (
            f"joined by a link of {link.made_by.get_username()} {link.role and f'as {link.role}'}"
        )
        note(Kind.ACCOUNT, person=person, project=link.project, about=about)
    return person


def join_as(*, by: Any, text: str) -> Project:
    """Use an invitation as somebody who has an account already: she joins the project."""
    with recorded(by, "joined by a link"):
        link = _take(text, OneTimeLink.Purpose.JOIN)
        if link.project is None:
            raise WrongState("You have an account already, and the link names no project.")
        if Membership.objects.filter(project=link.project, user=by).exists():
            raise WrongState(f"You belong to {link.project.name} already.")
        Membership.objects.create(project=link.project, user=by, role=link.role)
        link.set_fields(used_at=timezone.now(), person=by)
        about = f"joined as {link.role} by a link of {link.made_by.get_username()}"
        note(Kind.RIGHTS, person=by, project=link.project, about=about)
    return link.project


def choose_password(*, text: str, password: str) -> Any:
    """Use a link to set a password; the person is signed out everywhere."""
    with recorded("link", "new password by a link"):
        link = _take(text, OneTimeLink.Purpose.PASSWORD)
        person = User.objects.select_for_update().get(pk=link.person_id)
        _set_password(person, password)
        link.set_fields(used_at=timezone.now())
        end_sessions(person)
        note(Kind.PASSWORD, person=person, about="by a link")
    return person


def _make(
    by: Any, purpose: str, hours: float, *, email: str = "", **more: Any
) -> tuple[OneTimeLink, str]:
    text = secrets.token_urlsafe(32)
    link = OneTimeLink.objects.create(
        purpose=purpose,
        digest=token_digest(text),
        made_by=by,
        email=email,
        expires_at=timezone.now() + timedelta(hours=hours),
        **more,
    )
    return link, text


def _take(text: str, purpose: str) -> OneTimeLink:
    """Return the link, locked, so that of two who use it at once only one does."""
    link = OneTimeLink.objects.select_for_update().filter(digest=token_digest(text)).first()
    if link is None or link.purpose != purpose or not link.works() or not _still_stands(link):
        raise WrongState("This link was used already, withdrawn, or is too old. Ask for a new one.")
    return link


def _still_stands(link: OneTimeLink) -> bool:
    """Whether whoever made it could make it today: who lost the right left no way in behind."""
    maker = link.made_by
    if not maker.is_active:
        return False
    if link.purpose == OneTimeLink.Purpose.PASSWORD:
        return link.person.is_active and may_manage(maker, link.person)
    if link.project is None:
        return is_administrator(maker)
    return Membership.objects.filter(project=link.project, user=maker, role=Role.OWNER).exists()


def _withdraw_all(links: Any) -> None:
    for link in links.filter(used_at=None, withdrawn_at=None):
        link.set_fields(withdrawn_at=timezone.now())


def _set_password(person: Any, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), field="password") from error
    person.set_password(password)
    person.save()


def _checked_email(email: str) -> str:
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Refusal(f"{email} is no e-mail address.", field="email") from error
    return email
