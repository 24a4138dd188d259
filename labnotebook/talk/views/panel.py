"""What is said about a record: a part of its page, and a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from labnotebook.records.pages import OnceForm, create_once
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import may_as
from labnotebook.talk.forms import CommentForm, TaskForm
from labnotebook.talk.models import Comment, Talked, Task
from labnotebook.talk.models.about import KINDS, page_of
from labnotebook.talk.services.comments import TALKS, write_comment
from labnotebook.talk.services.subjects import find_subject
from labnotebook.talk.services.tasks import give_task, who_can

SHOWN = 200  # the newest


@require_http_methods(["GET", "POST"])
def of_batch(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is said about a batch or a run, and take more."""
    return _talk(request, "batch", code)


@require_http_methods(["GET", "POST"])
def of_device(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is said about a device, and take more."""
    return _talk(request, "device", code)


@require_http_methods(["GET", "POST"])
def of_measurement(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is said about a measurement, and take more."""
    return _talk(request, "measurement", str(pk))


def _talk(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    subject = find_subject(request.user, kind, key)
    if subject is None:
        raise Http404
    if request.method != "POST":
        return show(request, subject)
    is_task = request.POST.get("do") == "task"
    form = _task_form(subject, request.POST) if is_task else _comment_form(request.POST)
    kept = _kept(request, subject, form) if form.is_valid() else None
    return kept or show(request, subject, form, status=422)


def _comment_form(said: Any = None) -> CommentForm:
    return CommentForm(said, auto_id="talk-comment-%s")


def _task_form(subject: Talked, said: Any = None) -> TaskForm:
    return TaskForm(said, people=who_can(subject.project), auto_id="talk-task-%s")


def _kept(request: HttpRequest, subject: Talked, form: OnceForm) -> HttpResponse | None:
    def save() -> str:
        said = form.cleaned_data
        if isinstance(form, TaskForm):
            asked = {"given_to": said["given_to"], "due_date": said["due_date"]}
            give_task(by=request.user, subject=subject, text=said["todo"], **asked)
        else:
            write_comment(by=request.user, subject=subject, text=said["text"])
        return f"{page_of(subject)}#talk"

    try:
        return create_once(request, save)
    except Refusal as refusal:
        named = "todo" if isinstance(form, TaskForm) and refusal.field == "text" else refusal.field
        form.add_error(named if named in form.fields else None, refusal.sentence)
        return None


def show(
    request: HttpRequest,
    subject: Talked,
    form: OnceForm | None = None,
    *,
    status: int = 200,
    refused: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show what is said about a record; ``refused`` is what was typed about one of its rows and why it was not taken."""
    kind = KINDS[type(subject)]
    written = Comment.objects.filter(**{kind: subject}).select_related("written_by")
    given = Task.objects.filter(**{kind: subject}).select_related(
        "given_to", "given_by", "ended_by"
    )
    may_talk = may_as(request, TALKS, subject.project_id)
    task = form if isinstance(form, TaskForm) else _task_form(subject) if may_talk else None
    context = {
        "subject": subject,
        "action": reverse(f"talk:{kind}", args=[getattr(subject, "code", subject.pk)]),
        "comments": list(reversed(written.order_by("-pk")[:SHOWN])),
        "comment": form if isinstance(form, CommentForm) else _comment_form(),
        "open_tasks": given.still_open()[:SHOWN],
        "ended_tasks": given.exclude(state=Task.State.OPEN).order_by("-ended_at")[:SHOWN],
        "task": task,
        "may_talk": may_talk,
        "refused": refused or {},
        "crumbs": [(page_of(subject), str(subject)), ("", _("Talk"))],
    }
    is_part = bool(request.headers.get("HX-Request"))
    template = "talk/_talk.html" if is_part else "talk/talk_page.html"
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request, Cookie"
    return response
