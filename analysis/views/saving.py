"""Keeping a question by name: where it may be kept, and the writing of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from analysis.services.saved_questions import save_question
from labnotebook.records.permissions import pick_project
from labnotebook.records.views.current import current_project, may_write, my_projects


def offered(request: HttpRequest) -> dict[str, Any]:
    """Return the projects that the person may keep a question in, the one in use first."""
    mine = [one for one in my_projects(request) if may_write(request, one.pk)]
    current = current_project(request)
    return {"projects": sorted(mine, key=lambda one: one != current)}


def keep(request: HttpRequest, said: dict[str, Any], query: str) -> str:
    """Keep a question as it stands in an address; return where it is found."""
    current = current_project(request)
    project = pick_project(request.user, said.get("project") or (current.slug if current else None))
    question = save_question(by=request.user, project=project, name=said["name"], query=query)
    return question.get_absolute_url()
