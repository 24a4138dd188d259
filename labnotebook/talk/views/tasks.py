"""Say that a task is done, or drop it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labnotebook.records.refusals import Refusal
from labnotebook.talk.models import Task
from labnotebook.talk.services.subjects import NAMED_BY
from labnotebook.talk.services.tasks import end_task
from labnotebook.talk.views.panel import show


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a task is done; with ``do=drop`` and a reason that it is dropped."""
    rows = Task.objects.visible_to(request.user).select_related("project", *NAMED_BY)
    task = get_object_or_404(rows, pk=pk)
    reason = request.POST.get("reason", "")[:300] if request.POST.get("do") == "drop" else None
    try:
        end_task(by=request.user, task=task, reason=reason)
    except Refusal as refusal:
        said = {"row": task.anchor, "why": refusal.sentence, "reason": reason or ""}
        return show(request, task.subject, status=422, refused=said)
    messages.success(request, _("Dropped.") if reason else _("Done."))
    return redirect(f"{task.address}#talk")
