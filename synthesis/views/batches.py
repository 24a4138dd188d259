"""Batches: the list, one batch from plan to signature, its history and its label."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labnotebook.records.pages import form_version
from labnotebook.records.presentation.qr import qr_svg
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.changes import changes_of
from labnotebook.records.views.current import may_write
from synthesis.models import Addition, Batch, BenchEvent
from synthesis.services import batches
from synthesis.services.bench import shown

PAGE = 50


@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """Show the person's batches, newest first; ``?state=`` and ``?q=`` narrow them."""
    rows = Batch.objects.visible_to(request.user).select_related(
        "recipe_version__recipe", "planned_by", "project"
    )
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:80].replace("\x00", "")
    if state in Batch.State.values:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(Q(code__icontains=words) | Q(recipe_version__recipe__name__icontains=words))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.defer("plan", "composition").order_by("-pk")[: PAGE + 1])
    context = {
        "batches": found[:PAGE],
        "next_before": found[PAGE - 1].pk if len(found) > PAGE else None,
        "states": Batch.State.choices,
        "state": state,
        "words": words,
        "may_write": may_write(request),
    }
    return render(request, "synthesis/batch_list_page.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """One reagent of the page: planned, weighed, and how far apart."""

    addition: Addition
    difference: Decimal | None  # relative
    amount_mmol: float | None

    @property
    def unit(self) -> str:
        """The unit as written on paper."""
        return "mL" if self.addition.unit == "ml" else "mg"


def find_batch(request: HttpRequest, code: str) -> Batch:
    """Return a batch that the person may see, or 404."""
    rows = Batch.objects.visible_to(request.user).select_related(
        "project", "recipe_version__recipe", "planned_by"
    )
    return get_object_or_404(rows, code=code)


def lines_of(batch: Batch) -> list[Line]:
    """Return the reagents with how far the weighed amount is from the planned one."""
    planned = {line["key"]: line.get("amount_mmol") for line in batch.plan["reagents"]}
    lines = []
    for addition in batch.additions.select_related("material"):
        difference = amount = None
        if addition.weighed_value is not None and addition.planned_value:
            difference = addition.weighed_value / addition.planned_value - 1
            if planned.get(addition.key) is not None:
                amount = planned[addition.key] * (1 + float(difference))
        lines.append(Line(addition, difference, amount))
    return lines


@require_safe
def batch_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Tell the whole story of one batch; the rooms above bring their chapters themselves."""
    batch = find_batch(request, code)
    return _page(request, batch)


def _page(request: HttpRequest, batch: Batch, *, refused: str = "") -> HttpResponse:
    composition = batch.composition or {}
    deviations = [d for d in batch.deviations.all() if d.withdrawn_at is None]
    context = {
        "batch": batch,
        "recipe": batch.recipe_version.recipe,
        "lines": lines_of(batch),
        "ratios": composition.get("ratios", {}),
        "effective": composition.get("effective", {}),
        "deviations": deviations,
        "log": [_entry(e) for e in batch.events.select_related("by", "conflicts_with__by")],
        "qr": qr_svg(request.build_absolute_uri(reverse("qr", args=[batch.code])), _("QR code of ") + batch.code),
        "may_write": may_write(request, batch.project_id),
        "refused": refused,
    }
    return render(request, "synthesis/batch_detail_page.html", context, status=422 if refused else 200)


def _entry(event: BenchEvent) -> dict[str, Any]:
    return {
        "at": event.at,
        "who": event.by.username,
        "kind": event.get_kind_display(),
        "target": event.target,
        "text": shown(event.value),
        "reason": event.reason,
        "is_deviation": event.kind == BenchEvent.Kind.DEVIATION,
        "conflict": shown(event.conflicts_with.value) if event.conflicts_with_id else "",
        "conflict_by": event.conflicts_with.by.username if event.conflicts_with_id else "",
    }


@require_POST
def batch_state(request: HttpRequest, code: str) -> HttpResponse:
    """Start, finish, abandon or sign; the button says which."""
    batch = find_batch(request, code)
    asked, said = request.POST.get("do", ""), request.POST.get("reason", "")[:1000]
    version = form_version(request)
    try:
        if asked == "start":
            batches.start_batch(by=request.user, batch=batch)
            return redirect("synthesis:bench", code)
        if asked == "finish":
            batches.finish_batch(by=request.user, batch=batch, unrecorded_reason=said, version=version)
        elif asked == "abandon":
            batches.abandon_batch(by=request.user, batch=batch, reason=said, version=version)
        elif asked == "sign":
            batches.sign_batch(
                by=request.user, batch=batch, password=request.POST.get("password", ""), version=version
            )
    except Refusal as refusal:
        return _page(request, batch, refused=refusal.sentence)
    batch.refresh_from_db()
    messages.success(request, f"{batch.code}: {batch.get_state_display().lower()}")
    return redirect("synthesis:batch-detail", code)


@require_safe
def batch_history(request: HttpRequest, code: str) -> HttpResponse:
    """Say who changed what from what to what."""
    batch = find_batch(request, code)
    records = [batch, *batch.additions.all(), *batch.step_runs.all(), *batch.deviations.all()]
    context = {"batch": batch, "changes": changes_of(*records)}
    return render(request, "synthesis/batch_history_page.html", context)


@require_safe
def batch_label(request: HttpRequest, code: str) -> HttpResponse:
    """Show the label for the vial, ready to print."""
    batch = find_batch(request, code)
    address = request.build_absolute_uri(reverse("qr", args=[batch.code]))
    context = {"batch": batch, "qr": qr_svg(address, _("QR code of ") + batch.code)}
    return render(request, "synthesis/batch_label_page.html", context)
