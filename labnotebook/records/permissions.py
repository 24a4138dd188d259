"""Who may do what: the one place where it is decided.

Lists, details, files, exports, jobs and pages alike start from ``Model.objects.visible_to(user)``; what
a person may not see does not exist for that person (404). A change asks `require_role`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from labnotebook.records.models import Membership, Project, Role, SecurityEvent
from labnotebook.records.models.role import READERS, READS
from labnotebook.records.refusals import NotPermitted, Refusal


def visible_sql(alias: str) -> str:
    """Return the condition of `visible_to` in a statement by hand, which is given ``user``, a key.

    For rows of projects that nobody shares with the lab.
    """
    return (
        f"{alias}.project_id = ANY(ARRAY(SELECT mine.project_id FROM records_membership mine"  # noqa: S608  (an alias of ours)
        f" WHERE mine.user_id = %(user)s AND mine.{READS}))"
    )


def role_in(user: Any, project: Project) -> Role | None:
    """Return the role of ``user`` in ``project``, None for a stranger."""
    if project.read_for is not None and project.read_for.user_id == user.pk:
        return Role(project.read_for.role)
    role = (
        Membership.objects.filter(user=user, project=project).values_list("role", flat=True).first()
    )
    return Role(role) if role else None


def require_role(user: Any, project: Project, role: Role) -> None:
    """Refuse unless ``user`` has at least ``role`` in ``project``."""
    mine = role_in(user, project)
    if mine is None or not mine.includes(role):
        needed = (Role.EDITOR if role == Role.INSTRUMENT else role).label.lower()  # people edit
        raise NotPermitted(
            f"This needs the role {needed} in the project {project.name}; you are"
            f" {mine.label.lower() if mine else 'not a member'}. An owner of the project can change that."
        )


def require_editor(user: Any, project: Project) -> None:
    """Refuse unless ``user`` may write in ``project``."""
    require_role(user, project, Role.EDITOR)


def require_uploader(user: Any, project: Project) -> None:
    """Refuse unless ``user`` may send files to ``project``."""
    require_role(user, project, Role.INSTRUMENT)


def require_more_than_an_instrument(user: Any) -> None:
    """Refuse who is an instrument wherever she belongs: such an account sends files, and does nothing else."""
    roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
    if roles == {Role.INSTRUMENT}:
        raise NotPermitted("This account is an instrument: it sends files and does nothing else.")


def require_lab_editor(user: Any) -> None:
    """Refuse unless ``user`` may write in some project: what is the lab's is written by its editors."""
    may = Membership.objects.filter(user=user, role__in=Role.at_least(Role.EDITOR))
    if not may.exists():
        raise NotPermitted(
            "This belongs to the whole lab and needs the role editor in at least one project. An owner of"
            " a project can give it to you."
        )


def pick_project(user: Any, slug: str | None, *, role: Role = Role.EDITOR) -> Project:
    """Return the project called ``slug``, or the person's first one in which she has ``role``.

    It is read with the person's membership, so that `require_role` need not ask again.
    """
    mine = Membership.objects.filter(user=user).select_related("project")
    if slug:
        found = mine.filter(project__slug=slug).first()
        may = found is not None and (found.role in READERS or Role(found.role).includes(role))
        if found is None or not may:
            raise Refusal(f"There is no project called {slug!r} for you.", field="project")
    else:
        able = mine.filter(role__in=Role.at_least(role))
        found = able.order_by("project_id").first()
        if found is None:
            raise NotPermitted(
                f"You belong to no project as {role.label.lower()}. Ask an owner to add you."
            )
    found.project.read_for = found
    return found.project


def is_administrator(user: Any) -> bool:
    """Whether ``user`` looks after the whole server: all people, whatever their projects."""
    return bool(user.is_active and user.is_superuser)


def owned_projects(user: Any) -> QuerySet[Project]:
    """Return the projects that ``user`` owns."""
    return Project.objects.with_role(user, Role.OWNER)


def require_looking_after_people(user: Any) -> None:
    """Refuse unless ``user`` is an administrator or owns a project."""
    if not is_administrator(user) and not owned_projects(user).exists():
        raise NotPermitted(
            "People are looked after by administrators and by the owners of projects; you are neither."
        )


def people_seen_by(user: Any) -> QuerySet[Any]:
    """Return the people whom ``user`` looks after, and herself.

    All for an administrator, else those of the projects that she owns.
    """
    people = get_user_model().objects.all()
    if is_administrator(user):
        return people
    theirs = Membership.objects.filter(project__in=owned_projects(user)).values("user")
    return people.filter(Q(pk__in=theirs) | Q(pk=user.pk))


def memberships_seen_by(user: Any) -> QuerySet[Membership]:
    """Return the memberships that ``user`` may know of, by project: in projects that are hers, and her own."""
    rows = Membership.objects.select_related("project").order_by("project__name")
    if is_administrator(user):
        return rows
    return rows.filter(Q(project__in=owned_projects(user)) | Q(user=user))


def security_events_seen_by(user: Any) -> QuerySet[SecurityEvent]:
    """Return the events that ``user`` may know of: her own; of her projects; and of their members' accounts.

    All for an administrator. Not those that are older than the settings let be shown.
    """
    rows = SecurityEvent.objects.select_related("person", "by", "project")
    if settings.SECURITY_EVENTS_DAYS:
        rows = rows.filter(at__gte=timezone.now() - timedelta(days=settings.SECURITY_EVENTS_DAYS))
    if is_administrator(user):
        return rows
    owned = owned_projects(user).values("pk")
    theirs = Membership.objects.filter(project__in=owned).values("user")
    return rows.filter(
        Q(person=user) | Q(project__in=owned) | Q(project__isnull=True, person__in=theirs)
    )


def may_manage(user: Any, person: Any) -> bool:
    """Whether ``user`` may switch ``person`` off or give her a new password.

    An account is one on the whole server: an owner manages who belongs to her own projects alone, and
    never an administrator.
    """
    if is_administrator(user):
        return True
    if person.is_superuser:
        return False
    hers = set(person.memberships.values_list("project_id", flat=True))
    return bool(hers) and hers <= set(owned_projects(user).values_list("pk", flat=True))


def require_managing(user: Any, person: Any) -> None:
    """Refuse unless ``user`` may manage the account of ``person``."""
    if not may_manage(user, person):
        raise NotPermitted(
            f"{person.get_username()} is an administrator, or also belongs to projects that you do not own:"
            " an administrator has to do this."
        )
