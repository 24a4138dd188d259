"""Say that a bottle of a batch was corrected since, and compute the batch again on purpose."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import may_write
from synthesis.services import pinned
from synthesis.views.batches import find_batch


@require_http_methods(["GET", "POST"])
def batch_corrections(request: HttpRequest, code: str) -> HttpResponse:
    """Show what was corrected and what the ratios would be; POST computes them again."""
    batch, error, status = find_batch(request, code), "", 200
    if request.method == "POST":
        require_editor(request.user, batch.project)
        try:
            pinned.recompute(by=request.user, batch=batch, reason=request.POST.get("reason", ""))
            return redirect(reverse("synthesis:batch-detail", args=[batch.code]))
        except Refusal as refusal:
            error, status = refusal.sentence, refusal.status
    corrected, numbers = pinned.corrected_of_batch(batch), {}
    try:
        numbers = pinned.numbers_now(batch) if corrected else {}
    except Refusal as refusal:  # what is said of a bottle now makes no sense
        error = error or refusal.sentence
    context = {
        "batch": batch,
        "corrected": corrected,
        "numbers": numbers,
        "error": error,
        "reason": request.POST.get("reason", ""),
        "may_recompute": batch.is_open and may_write(request, batch.project_id),
    }
    template = "_batch_corrections" if request.htmx else "batch_corrections_page"
    return render(request, f"synthesis/{template}.html", context, status=status)
