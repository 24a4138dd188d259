"""The project in use: what a new record goes into when the person names none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Expression, F
from django.http import HttpRequest

from labnotebook.records.models import Project, Role
from labnotebook.records.permissions import is_administrator

SESSION_KEY = "project"
# What every page says of the person's projects besides, read with them: name -> expression for a person.
BESIDE: dict[str, Callable[[Any], Expression]] = {}


def my_projects(request: HttpRequest) -> list[Project]:
    """Return the person's projects, read once a request."""
    if not hasattr(request, "_my_projects"):
        beside = {name: of(request.user) for name, of in BESIDE.items()}
        rows = Project.objects.visible_to(request.user)
        rows = rows.annotate(my_role=F("memberships__role"), **beside)
        request._my_projects = list(rows.order_by("name", "pk"))
    return request._my_projects


def may_write(request: HttpRequest, project_id: int | None = None) -> bool:
    """Whether the person may write in this project (in any, when none is named), to offer or hide a button.

    The services decide again; this only spares people a refusal.
    """
    return may_as(request, Role.EDITOR, project_id)


def may_as(request: HttpRequest, role: Role, project_id: int | None = None) -> bool:
    """Whether the person may do what ``role`` may in this project (in any, when none is named)."""
    return any(
        Role(p.my_role).includes(role)
        for p in my_projects(request)
        if project_id is None or p.pk == project_id
    )


def looks_after_people(request: HttpRequest) -> bool:
    """Whether the person may open the page of people, to offer or hide the way to it."""
    owns = any(p.my_role == Role.OWNER for p in my_projects(request))
    return owns or is_administrator(request.user)


def current_project(request: HttpRequest) -> Project | None:
    """Return the project in use: the one chosen in the menu, else the oldest."""
    mine = my_projects(request)
    chosen = request.session.get(SESSION_KEY)
    return next((p for p in mine if p.slug == chosen), None) or min(
        mine, key=lambda p: p.pk, default=None
    )
