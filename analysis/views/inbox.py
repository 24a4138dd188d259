"""The file inbox: drop many files, and say of those that nobody could route what they are of."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from analysis.forms import InboxForm
from analysis.models import InboxFile
from analysis.services.inbox import (
    FILED,
    WAITING,
    TakenIn,
    assign,
    put_aside,
    routes_of_waiting,
    subject_called,
    take_in,
    waiting_for,
)
from analysis.techniques.registry import choices
from labnotebook.records.models import Role
from labnotebook.records.pages import uploaded
from labnotebook.records.permissions import pick_project
from labnotebook.records.refusals import Asked, Refusal
from labnotebook.records.services.files import hashed
from labnotebook.records.views.current import current_project, my_projects

SHOWN = 50
MOST_TOLD = 10  # files of one upload that a message speaks of


@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Take many files, each for what its name says, and list those that wait."""
    writable = _writable(request)
    if request.method == "POST" and not writable:
        pick_project(request.user, None)  # refuses who may write nowhere
    form = InboxForm(
        request.POST or None,
        request.FILES or None,
        projects=writable,
        now=current_project(request),
    )
    answer, status = uploaded(request, form, lambda: _keep(request, form))
    if answer is not None:
        return answer
    return _page(request, form, status=status)


def _writable(request: HttpRequest) -> list[tuple[str, str]]:
    may = [p for p in my_projects(request) if Role(p.my_role).includes(Role.EDITOR)]
    return [(project.slug, project.name) for project in may]


def _page(
    request: HttpRequest,
    form: InboxForm,
    *,
    status: int = 200,
    asked: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the inbox; ``asked`` is what was said of a row and why it was not taken."""
    aside = request.GET.get("aside") == "1"
    waiting = list(waiting_for(request.user, aside=aside)[: SHOWN + 1])
    rows = waiting[:SHOWN]
    writable = {slug for slug, _name in form.fields["project"].choices}
    context = {
        "form": form,
        "rows": [
            {
                "waiting": row,
                "why": found.why,
                "might_be": (found.target,) if found.target else found.might_be[:6],
                "may_write": row.project.slug in writable,
                "asked": asked if asked and asked["pk"] == row.pk else None,
            }
            for row, found in zip(rows, routes_of_waiting(request.user, rows), strict=True)
        ],
        "aside": aside,
        "more": len(waiting) > SHOWN,
        "may_write": bool(writable),
        "techniques": choices(),
        "crumbs": [("", _("File inbox"))],
    }
    return render(request, "analysis/inbox_page.html", context, status=status)


def _keep(request: HttpRequest, form: InboxForm) -> str:
    """Take the files in, say what became of them, and return where the rest waits."""
    said = form.cleaned_data
    try:
        taken = take_in(
            by=request.user,
            project=pick_project(request.user, said["project"]),
            uploads=map(hashed, said["files"]),
            sure=said["sure"],
        )
    except Refusal as refusal:
        field = "files" if refusal.field == "file" else refusal.field
        raise Refusal(refusal.sentence, field=field) from refusal
    _tell(request, taken)
    return request.path


def _tell(request: HttpRequest, taken: list[TakenIn]) -> None:
    filed = [one for one in taken if one.state == FILED and one.measurement]
    if filed:
        told = [f"{one.name}: {one.measurement.subject}" for one in filed[:MOST_TOLD]]
        rest = (
            [_("and %(n)s more") % {"n": len(filed) - MOST_TOLD}] if len(filed) > MOST_TOLD else []
        )
        messages.success(request, _("Filed: %s.") % ", ".join([*told, *rest]))
    waiting = sum(one.state == WAITING for one in taken)
    if waiting:
        words = ngettext("%(n)s file waits below.", "%(n)s files wait below.", waiting)
        messages.info(request, words % {"n": waiting})
    odd = [one.why for one in taken if one.state not in (FILED, WAITING)]
    for why in odd[:MOST_TOLD]:
        messages.warning(request, why)
    if len(odd) > MOST_TOLD:
        messages.warning(request, _("And %(n)s more like that.") % {"n": len(odd) - MOST_TOLD})


@require_POST
def inbox_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a file of the inbox is of."""
    rows = InboxFile.objects.visible_to(request.user).select_related("file", "project")
    waiting = get_object_or_404(rows, pk=pk)
    typed = (request.POST.get("to") or request.POST.get("of", "")).replace("\x00", "")[:60]
    technique = request.POST.get("technique", "").replace("\x00", "")[:40]
    try:
        made = assign(
            by=request.user,
            waiting=waiting,
            subject=subject_called(request.user, typed),
            technique=technique,
            sure="sure" in request.POST,
        )
    except Refusal as refusal:
        said = {"of": typed, "technique": technique, "sure": isinstance(refusal, Asked)}
        return _refused(request, waiting, refusal, said)
    messages.success(
        request,
        _("%(name)s is filed with %(subject)s, as %(technique)s.")
        % {"name": waiting.file.name, "subject": made.subject, "technique": made.technique_title},
    )
    return redirect("analysis:inbox")


@require_POST
def inbox_put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a file of the inbox aside that nobody wants, or let it wait again."""
    rows = InboxFile.objects.visible_to(request.user).select_related("file", "project")
    waiting = get_object_or_404(rows, pk=pk)
    reason = request.POST.get("reason", "").replace("\x00", "")[:300]
    back = request.POST.get("do") == "bring_back"
    try:
        put_aside(by=request.user, waiting=waiting, reason=reason, back=back)
    except Refusal as refusal:
        return _refused(request, waiting, refusal, {"reason": reason, "aside": True})
    words = (
        _("%(name)s waits again.") if back else _("%(name)s is put aside; it stays in the record.")
    )
    messages.success(request, words % {"name": waiting.file.name})
    return redirect("analysis:inbox")


def _refused(
    request: HttpRequest, waiting: InboxFile, refusal: Refusal, said: dict[str, Any]
) -> HttpResponse:
    """Show the inbox with a refusal at the row of which something was said; above it when the row is not listed."""
    form = InboxForm(projects=_writable(request), now=current_project(request))
    if waiting.measurement_id is not None or waiting.put_aside_at is not None:
        messages.warning(request, refusal.sentence)
    asked = {"pk": waiting.pk, "why": refusal.sentence, **said}
    return _page(request, form, status=422, asked=asked)
