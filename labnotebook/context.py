"""What every page knows: the person's projects and the one in use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from labnotebook.records.views.current import current_project, my_projects


def projects(request: HttpRequest) -> dict[str, Any]:
    """Return the projects for the person menu, read only when a page shows them."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {
        "my_projects": SimpleLazyObject(lambda: my_projects(request)),
        "current_project": SimpleLazyObject(lambda: current_project(request)),
    }
