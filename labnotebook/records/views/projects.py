"""Projects and their members."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from labnotebook.records.asked import whole_number
from labnotebook.records.models import Project, Role
from labnotebook.records.pages import OnceForm, create_once
from labnotebook.records.permissions import role_in
from labnotebook.records.refusals import Refusal
from labnotebook.records.services import projects, second_factors
from labnotebook.records.views.current import SESSION_KEY


class ProjectForm(OnceForm):
    """A new project."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    description = forms.CharField(
        label=gettext_lazy("What it is about"), widget=forms.Textarea({"rows": 2}), required=False
    )
    is_simulated = forms.BooleanField(
        label=gettext_lazy("Its data are simulated"),
        help_text=gettext_lazy(
            "For training and trying out. Marked everywhere; it cannot be changed."
        ),
        required=False,
    )


class MemberForm(OnceForm):
    """Who joins, in which role."""

    username = forms.CharField(label=gettext_lazy("Sign-in name"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.EDITOR)


@require_http_methods(["GET", "POST"])
def project_list(request: HttpRequest) -> HttpResponse:
    """Show the person's projects; choose the one in use; create one."""
    if request.POST.get("use"):
        project = get_object_or_404(
            Project.objects.visible_to(request.user), slug=request.POST["use"]
        )
        request.session[SESSION_KEY] = project.slug
        return redirect(_safe_next(request) or reverse("records:project-list"))
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return create_once(request, lambda: _create(request, form))
        except Refusal as refusal:
            form.add_refusal(refusal)
    rows = Project.objects.visible_to(request.user).prefetch_related("memberships__user")
    status = 422 if form.errors else 200
    return render(
        request, "records/project_list_page.html", {"form": form, "projects": rows}, status=status
    )


def _create(request: HttpRequest, form: ProjectForm) -> str:
    said = form.cleaned_data
    project = projects.create_project(
        by=request.user,
        name=said["name"],
        description=said["description"],
        is_simulated=said["is_simulated"],
    )
    return reverse("records:project-detail", args=[project.slug])


@require_http_methods(["GET", "POST"])
def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who belongs to a project; its owners change that."""
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    form = MemberForm(request.POST if "add" in request.POST else None)
    try:
        if "leave" in request.POST:
            membership = get_object_or_404(
                project.memberships, pk=whole_number(request.POST["leave"])
            )
            projects.remove_member(by=request.user, project=project, membership=membership)
            messages.success(
                request, _("%(who)s is no longer a member.") % {"who": membership.user}
            )
            still_mine = membership.user_id != request.user.pk
            return (
                redirect("records:project-detail", slug)
                if still_mine
                else redirect("records:project-list")
            )
        if "second-factor" in request.POST:
            wanted = request.POST["second-factor"] == "needed"
            second_factors.demand(by=request.user, project=project, to=wanted)
            return redirect("records:project-detail", slug)
        if "add" in request.POST and form.is_valid():
            said = form.cleaned_data
            projects.set_member(
                by=request.user, project=project, username=said["username"], role=said["role"]
            )
            messages.success(request, _("%(who)s is a member now.") % {"who": said["username"]})
            return redirect("records:project-detail", slug)
    except Refusal as refusal:
        if "add" not in request.POST:
            form = MemberForm({})
            form.errors.clear()
        form.add_refusal(refusal)
    context = {
        "project": project,
        "memberships": project.memberships.select_related("user").order_by("user__username"),
        "form": form,
        "is_owner": role_in(request.user, project) == Role.OWNER,
    }
    status = 422 if form.errors else 200
    return render(request, "records/project_detail_page.html", context, status=status)


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""
