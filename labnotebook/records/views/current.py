"""The project in use: what a new record goes into when the person names none."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest

from labnotebook.records.models import Project, Role

SESSION_KEY = "project"


def my_projects(request: HttpRequest) -> list[Project]:
    """Return the person's projects, read once a request."""
    if not hasattr(request, "_my_projects"):
        rows = Project.objects.visible_to(request.user).annotate(my_role=F("memberships__role"))
        request._my_projects = list(rows.order_by("name", "pk"))
    return request._my_projects


def may_write(request: HttpRequest, project_id: int | None = None) -> bool:
    """Whether the person may write in this project (in any, when none is named), to offer or hide a button.

    The services decide again; this only spares people a refusal.
    """
    return any(
        Role(p.my_role).rank >= Role.EDITOR.rank
        for p in my_projects(request)
        if project_id is None or p.pk == project_id
    )


def current_project(request: HttpRequest) -> Project | None:
    """Return the project in use: the one chosen in the menu, else the oldest."""
    mine = my_projects(request)
    chosen = request.session.get(SESSION_KEY)
    return next((p for p in mine if p.slug == chosen), None) or min(
        mine, key=lambda p: p.pk, default=None
    )
