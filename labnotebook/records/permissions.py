"""Who may do what: the one place where it is decided.

Lists, details, files, exports, jobs and pages alike start from ``Model.objects.visible_to(user)``; what
a person may not see does not exist for that person (404). A change asks `require_role`.
"""

from __future__ import annotations

from typing import Any

from labnotebook.records.models import Membership, Project, Role
from labnotebook.records.refusals import NotPermitted, Refusal


def visible_sql(alias: str) -> str:
    """Return the condition of `visible_to` in a statement by hand, which is given ``user``, a key.

    For rows of projects that nobody shares with the lab.
    """
    return (
        f"{alias}.project_id = ANY(ARRAY(SELECT mine.project_id FROM records_membership mine"  # noqa: S608  (an alias of ours)
        " WHERE mine.user_id = %(user)s))"
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
    if mine is None or mine.rank < role.rank:
        raise NotPermitted(
            f"This needs the role {role.label.lower()} in the project {project.name}; you are"
            f" {mine.label.lower() if mine else 'not a member'}. An owner of the project can change that."
        )


def require_editor(user: Any, project: Project) -> None:
    """Refuse unless ``user`` may write in ``project``."""
    require_role(user, project, Role.EDITOR)


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
        if found is None:
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
