"""Confirm a part of the structure of a batch on its page, or take that back."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from analysis.forms import EvidenceForm
from analysis.models import Analysis, Measurement, StructureEvidence
from analysis.services.structures import name_evidence, withdraw_evidence
from analysis.views.panels import measurements_panel
from analysis.views.subjects import find_batch
from labnotebook.records.asked import whole_number
from labnotebook.records.pages import create_once
from labnotebook.records.refusals import Refusal


@require_POST
def batch_structure(request: HttpRequest, code: str) -> HttpResponse:
    """Name a run that was offered, or a micrograph, for or against a part."""
    batch = find_batch(request, code)
    form = EvidenceForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        runs = Analysis.objects.filter(measurement__batch=batch).defer("reading", "result")
        files = Measurement.objects.filter(batch=batch).select_related("file")

        def create() -> str:
            name_evidence(
                by=request.user,
                batch=batch,
                part=said["part"],
                verdict=said["verdict"],
                analysis=runs.select_related("measurement__file")
                .filter(pk=said["analysis"])
                .first(),
                measurement=files.filter(pk=said["measurement"]).first(),
                note=said["note"],
            )
            return _way_back(request, code, files)

        try:
            return create_once(request, create)
        except Refusal as refusal:
            if said["analysis"]:  # an offer has no fields to show it at
                return measurements_panel(request, batch, refusal=refusal.sentence)
            form.add_refusal(refusal)
    return measurements_panel(request, batch, evidence_form=form)


@require_POST
def batch_structure_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take named evidence back, with a reason."""
    batch = find_batch(request, code)
    rows = StructureEvidence.objects.select_related("project", "phase_assignment__batch")
    evidence = get_object_or_404(rows, pk=number, phase_assignment__batch=batch)

    def withdraw() -> str:
        withdraw_evidence(by=request.user, evidence=evidence, reason=request.POST.get("reason", ""))
        return _panel(code)

    try:
        return create_once(request, withdraw)
    except Refusal as refusal:
        return measurements_panel(request, batch, refusal=refusal.sentence)


def _way_back(request: HttpRequest, code: str, files: QuerySet[Measurement]) -> str:
    """Return where it was asked: the page of the measurement, or that of the batch."""
    number = whole_number(request.POST.get("back", ""))
    file = files.filter(pk=number).first() if number is not None else None
    return reverse("analysis:measurement-detail", args=[file.pk]) if file else _panel(code)


def _panel(code: str) -> str:
    return f"{reverse('synthesis:batch-detail', args=[code])}#measure"
