"""Note what left the notebook as a file, and what somebody was refused for want of rights."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from labnotebook.records.asked_from import STORED
from labnotebook.records.models import Project
from labnotebook.records.permissions import role_in
from labnotebook.records.services.last_use import is_due
from labnotebook.records.services.security import Kind, note


def note_what_left_and_what_was_refused(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Look at each answer on its way out, so that an export that is added later is noted too.

    The same refusal of the same person is noted once a minute. A file that somebody stored, and takes back, is no export.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        exports = response.status_code == 200 and _leaves(response)
        if (exports or response.status_code == 403) and request.user.is_authenticated:
            asked = f"{request.method} {request.path}"
            if exports:
                said = {"about": _named(request, response), "project": _project(request, response)}
                note(Kind.EXPORTED, person=request.user, **said)
            elif is_due("refused", (request.user.pk, asked)):
                note(Kind.REFUSED, person=request.user, about=asked)
        return response

    return answer


def _leaves(response: HttpResponse) -> bool:
    is_file = response.get("Content-Disposition", "").startswith("attachment")
    return is_file and getattr(response, "leaves_project", None) is not STORED


def _named(request: HttpRequest, response: HttpResponse) -> str:
    name = re.search(r'filename="?([^";]+)', response["Content-Disposition"])
    query = request.META.get("QUERY_STRING", "")
    return f"{name[1] if name else request.path}{query and f', of {query}'}"


def _project(request: HttpRequest, response: Any) -> Project | None:
    said = getattr(response, "leaves_project", None)
    if said is not None or "project" not in request.GET:
        return said
    project = Project.objects.filter(slug=request.GET["project"]).first()
    return project if project and role_in(request.user, project) else None
