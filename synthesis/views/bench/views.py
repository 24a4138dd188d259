"""The doors of the bench: its page at one place, and the entries that its forms and its queue send."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labnotebook.records.pages import form_version
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.files import hashed
from synthesis.models import Batch, BenchEvent
from synthesis.services.bench import Taken, keep_file, record_events
from synthesis.services.bench_page import bench_version
from synthesis.services.finishing import finish_batch
from synthesis.services.questions import question_of
from synthesis.views.batches import find_batch, find_story
from synthesis.views.bench.fields import Sent
from synthesis.views.bench.finish import Finish
from synthesis.views.bench.forms import FormEntries, read_form
from synthesis.views.bench.page import Bench, page_of

MORE = ("portion", "skip", "note", "differently", "file")
FILE_SAYS = ("id", "target", "note", "at", "sent", "reason")  # beside its bytes


@require_safe
def bench(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the first thing that is to do."""
    batch = find_story(request, code)
    context = page_of(request, batch, "", Sent())
    assert context is not None  # there is always a place to finish at
    return redirect("synthesis:bench-at", code, context["here"].key)


@require_http_methods(["GET", "HEAD", "POST"])
def bench_at(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """Show one thing to do; ``?since=`` a version answers 204 while nothing changed.

    Posted to, it finishes the batch, with the reasons that its groups were given.
    """
    if request.method == "POST":
        return _finish(request, find_story(request, code), place)
    since = request.GET.get("since")
    if since and since == bench_version(find_batch(request, code)):
        return HttpResponse(status=204)
    more = request.GET.get("more", "")
    return _page(
        request, find_story(request, code), place, Sent(), more=more if more in MORE else ""
    )


def _page(
    request: HttpRequest,
    batch: Batch,
    place: str,
    sent: Sent,
    *,
    more: str = "",
    finish: Finish | None = None,
) -> HttpResponse:
    context = page_of(request, batch, place, sent, more=more, finish=finish)
    if context is None:
        raise Http404(place)
    refused = sent.error or sent.question or (finish and finish.refused)
    status = 422 if refused else 200
    return render(request, "synthesis/bench_page.html", context, status=status)


def _finish(request: HttpRequest, batch: Batch, place: str) -> HttpResponse:
    """End the work, or show its groups again with what is missing."""
    finish = Finish.of(batch, request.POST)
    if not finish.refused:
        try:
            finish_batch(
                by=request.user,
                batch=batch,
                version=form_version(request),
                **finish.reasons,
            )
        except Refusal as refusal:
            finish = Finish.of(batch, request.POST, refused=refusal.sentence)
        else:
            messages.success(request, _("%(code)s is made") % {"code": batch.code})
            return redirect("synthesis:batch-detail", batch.code)
    return _page(request, batch, place, Sent(), finish=finish)


@login_not_required
@require_safe
def bench_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from here, so that it may look after the pages under /b/.

    It holds nothing of the lab: the browser asks for it anew also when the session has ended.
    """
    path = finders.find("notebook/js/bench/worker.js")
    text = Path(str(path)).read_text(encoding="utf-8")
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers=headers)


@require_POST
def batch_events(request: HttpRequest, code: str) -> HttpResponse:
    """Take bench entries: a JSON list from a tablet's queue, or what one form says."""
    batch = find_batch(request, code)
    if request.content_type == "application/json":
        return _queue(request, batch)
    require_editor(request.user, batch.project)
    form = read_form(batch, request.POST.dict())
    is_file = form.kind == BenchEvent.Kind.FILE
    if is_file and request.headers.get("X-Bench"):
        return _answered(lambda: _keep(request, batch))
    sent = _file(request, batch, form) if is_file else _take(request, batch, form)
    if not (sent.error or sent.question):
        return redirect(_onward(request, code, form))
    return _page(request, find_story(request, code), form.place or form.about, sent, more=form.more)


def _onward(request: HttpRequest, code: str, form: FormEntries) -> str:
    """Return where the person goes on: the next place, or the same one."""
    if not form.place:
        return reverse("synthesis:bench", args=[code])
    context = page_of(request, find_story(request, code), form.place, Sent())
    if context is None:
        return reverse("synthesis:bench", args=[code])
    place = context["here"]
    if form.goes_on:
        place = _after(context["bench"]) or place
    return reverse("synthesis:bench-at", args=[code, place.key])


def _after(bench: Bench) -> Any:
    return next((spot.after for spot in bench.spots if spot.place is bench.here), None)


def _take(request: HttpRequest, batch: Batch, form: FormEntries) -> Sent:
    """Record what a form says, or return what the page has to ask or to refuse."""
    said: dict[str, Any] = {
        "kind": form.kind,
        "target": form.target,
        "typed": form.typed,
        "reason": form.reason,
        "portion": form.portion,
    }
    if not (form.is_sure or form.portion):  # a portion is not the whole amount
        for one in form.entries:
            text = one["value"] if isinstance(one.get("value"), str) else form.typed
            if question := question_of(batch, one.get("kind", ""), one.get("target", ""), text):
                return Sent(**said, question=question)
    try:
        taken = record_events(by=request.user, batch=batch, events=form.entries)
    except Refusal as refusal:
        return Sent(**said, error=refusal.sentence)
    if taken.refused:
        return Sent(**said, error=" ".join(one["message"] for one in taken.refused))
    for remark in taken.remarks:
        messages.warning(request, remark["message"])
    return Sent()


def _file(request: HttpRequest, batch: Batch, form: FormEntries) -> Sent:
    """Keep the file of a form, or return what the page has to refuse."""
    sent = Sent(kind=form.kind, target=form.target, typed=request.POST.get("note", ""))
    try:
        taken = _keep(request, batch)
    except Refusal as refusal:
        return replace(sent, error=refusal.sentence)
    if taken.refused:
        return replace(sent, error=" ".join(one["message"] for one in taken.refused))
    return Sent()


def _keep(request: HttpRequest, batch: Batch) -> Taken:
    """Keep the photo or file that was sent."""
    if stopped := getattr(request, "upload_refusal", None):
        raise stopped
    if "file" not in request.FILES:
        raise Refusal(_("Choose a photo or a file."), field="file")
    return keep_file(
        by=request.user,
        batch=batch,
        upload=hashed(request.FILES["file"]),
        **{name: request.POST[name] for name in FILE_SAYS if request.POST.get(name)},
    )


def _queue(request: HttpRequest, batch: Batch) -> JsonResponse:
    """Answer each entry of a queue by itself; what is refused holds back nothing."""
    try:
        events = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"detail": _("This is not JSON.")}, status=400)
    if not isinstance(events, list):
        return JsonResponse({"detail": _("Send a list of entries.")}, status=400)
    return _answered(lambda: record_events(by=request.user, batch=batch, events=events))


def _answered(take: Callable[[], Taken]) -> JsonResponse:
    """Tell a tablet's queue what became of what it sent."""
    try:
        return JsonResponse(asdict(take()))
    except Refusal as refusal:
        return JsonResponse({"detail": refusal.sentence}, status=refusal.status)
