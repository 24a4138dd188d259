"""What every page knows: the person's projects and the one in use."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from labnotebook.people.mail import can_send
from labnotebook.records.views.current import current_project, looks_after_people, my_projects


def projects(request: HttpRequest) -> dict[str, Any]:
    """Return the projects for the person menu, read only when a page shows them."""
    door = {"openid": settings.OIDC_NAME if settings.OIDC_ISSUER else "", "mails": can_send()}
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return door
    return door | {
        "my_projects": SimpleLazyObject(lambda: my_projects(request)),
        "current_project": SimpleLazyObject(lambda: current_project(request)),
        "notices_waiting": partial(_notices_waiting, request),  # a number; a lazy object is none
        "looks_after_people": SimpleLazyObject(lambda: looks_after_people(request)),
    }


def _notices_waiting(request: HttpRequest) -> int:
    return sum(project.unread_notices for project in my_projects(request))
