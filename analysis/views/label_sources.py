"""Which projects the forecast of a project learns from together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from analysis.forms_forecast import ReasonForm
from analysis.models import LabelSource
from analysis.services.label_sources import add_source, end_source
from labnotebook.records.models import Project, Role
from labnotebook.records.pages import OnceForm, create_once
from labnotebook.records.permissions import pick_project, require_role
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.views.current import current_project, my_projects

HERE = "analysis:label-sources"


class SourceForm(OnceForm):
    """Another project to learn from, and why."""

    source = forms.ChoiceField(label=_("Learn from"))
    reason = forms.CharField(
        label=_("Why they belong together"),
        max_length=300,
        help_text=_("the same glovebox, the same bottles"),
    )

    def __init__(self, *args: Any, projects: list[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(one.slug, one.name) for one in projects]


@dataclass(frozen=True, slots=True)
class Shown:
    """One source; its project is None where the person may not see it."""

    source: LabelSource
    other: Project | None
    may_end: bool


@require_http_methods(["GET", "POST"])
def label_sources(request: HttpRequest) -> HttpResponse:
    """Show what the project in use learns from, and who learns from it; an owner of both adds one."""
    if request.method == "GET":
        return _page(request)
    project = _project(request)
    require_role(request.user, project, Role.OWNER)
    form, status = SourceForm(request.POST, projects=my_projects(request)), 422
    if form.is_valid():
        said = form.cleaned_data

        def add() -> str:
            source = pick_project(request.user, said["source"])
            add_source(by=request.user, project=project, source=source, reason=said["reason"])
            return reverse(HERE)

        try:
            return create_once(request, add)
        except Refusal as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, WrongState) else status
    return _page(request, form=form, status=status)


@require_POST
def label_source_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Learn without a project from now on; an owner of either may."""
    rows = LabelSource.objects.visible_to(request.user).select_related("project", "source")
    source = get_object_or_404(rows, pk=pk)
    form, status = ReasonForm(request.POST), 422
    if form.is_valid():

        def end() -> str:
            end_source(by=request.user, source=source, reason=form.cleaned_data["reason"])
            return reverse(HERE)

        try:
            return create_once(request, end)
        except Refusal as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, WrongState) else status
    return _page(request, ending=(pk, form), status=status)


def _project(request: HttpRequest) -> Project:
    current = current_project(request)
    return pick_project(request.user, current.slug if current else None)


def _page(
    request: HttpRequest,
    *,
    form: SourceForm | None = None,
    ending: tuple[int, ReasonForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    project = current_project(request)
    mine = {one.pk: one for one in my_projects(request)}
    owned = {one.pk for one in mine.values() if one.my_role == Role.OWNER}
    rows = LabelSource.objects.select_related("added_by")
    learns = list(rows.filter(project=project)) if project else []
    teaches = list(rows.filter(source=project, project__in=mine)) if project else []
    may_add = project is not None and project.pk in owned
    taken = {one.source_id for one in learns if one.ended_at is None}
    others = [
        mine[pk]
        for pk in sorted(owned - taken)
        if project and pk != project.pk and mine[pk].is_simulated == project.is_simulated
    ]
    faulty, end_form = ending or (0, ReasonForm())
    context = {
        "project": project,
        "learns": [
            Shown(one, mine.get(one.source_id), may_add or one.source_id in owned) for one in learns
        ],
        "teaches": [Shown(one, mine.get(one.project_id), False) for one in teaches],
        "form": form or (SourceForm(projects=others) if may_add and others else None),
        "may_add": may_add,
        "end_form": end_form,
        "faulty": faulty,
        "crumbs": [
            (reverse("analysis:forecast"), _("Forecast")),
            (reverse("analysis:model-list"), _("Versions")),
            ("", _("Learned from together")),
        ],
    }
    return render(request, "analysis/label_sources_page.html", context, status=status)
