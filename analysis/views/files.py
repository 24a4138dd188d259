"""Upload instrument files and follow their analysis; download what was uploaded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analysis.downloads import file_response
from analysis.forms import UploadForm
from analysis.models import Analysis, Measurement, MeasuringInstrument
from analysis.quantities import is_of_the_fit, short_label
from analysis.services.dates import begin_of
from analysis.services.lists import newest, scans_in, with_analyses
from analysis.services.measurements import add_each
from analysis.services.subjects import Measured, project_of, subject_field
from analysis.views.subjects import (
    crumbs_of,
    find_batch,
    find_device,
    find_layer,
    find_lot,
    find_pixel,
)
from labnotebook.records.models import StoredFile
from labnotebook.records.pages import uploaded
from labnotebook.records.refusals import FileDamaged, Refusal, StorageAway
from labnotebook.records.services.files import hashed
from labnotebook.records.views.current import may_write

SHOWN = 20


@require_http_methods(["GET", "POST"])
def batch_files(request: HttpRequest, code: str) -> HttpResponse:
    """Add instrument files to a batch."""
    return _files(request, find_batch(request, code), reverse("analysis:batch-files", args=[code]))


@require_http_methods(["GET", "POST"])
def device_files(request: HttpRequest, code: str) -> HttpResponse:
    """Add instrument files to a device as a whole."""
    subject = find_device(request, code)
    return _files(request, subject, reverse("analysis:device-files", args=[code]))


@require_http_methods(["GET", "POST"])
def pixel_files(request: HttpRequest, code: str, label: str) -> HttpResponse:
    """Add instrument files to a pixel."""
    subject = find_pixel(request, code, label)
    return _files(request, subject, reverse("analysis:pixel-files", args=[code, label]))


@require_http_methods(["GET", "POST"])
def lot_files(request: HttpRequest, code: str) -> HttpResponse:
    """Add instrument files to a bottle."""
    return _files(request, find_lot(request, code), reverse("analysis:lot-files", args=[code]))


@require_http_methods(["GET", "POST"])
def layer_files(request: HttpRequest, code: str, index: int) -> HttpResponse:
    """Add instrument files to a layer of a device."""
    subject = find_layer(request, code, index)
    return _files(request, subject, reverse("analysis:layer-files", args=[code, index]))


def _files(request: HttpRequest, subject: Measured, here: str) -> HttpResponse:
    instruments = [
        (one.code, f"{one.code}, {one.name}")
        for one in MeasuringInstrument.objects.in_use().only("code", "name")
    ]
    form = UploadForm(request.POST or None, request.FILES or None, instruments=instruments)
    answer, status = uploaded(request, form, lambda: _keep(request, subject, form, here))
    if answer is not None:
        return answer
    context = {
        "form": form,
        "has_instruments": bool(instruments),
        "subject": subject,
        "rows": [row_of(m) for m in _newest_files(subject)],
        "crumbs": crumbs_of(subject, _("Files")),
        "may_write": may_write(request, project_of(subject).pk),
    }
    return render(request, "analysis/files_page.html", context, status=status)


def _keep(request: HttpRequest, subject: Measured, form: UploadForm, here: str) -> str:
    """Keep each file that can be kept, name those that cannot, and return where the rows are shown."""
    said = form.cleaned_data
    performed_at = begin_of(said["measured_on"])
    try:
        kept = add_each(
            by=request.user,
            subject=subject,
            uploads=map(hashed, said["files"]),
            technique=said["technique"],
            instrument=said["instrument"],
            measured_with=said["measured_with"],
            conditions=said["conditions"],
            performed_at=performed_at,
            sure=said["sure"],
        )
    except Refusal as refusal:
        raise Refusal(refusal.sentence, field="files") from refusal
    for one in kept:
        if one.refused:
            messages.warning(request, _("%(why)s The other files are kept.") % {"why": one.refused})
    return f"{here}#files"


def _newest_files(subject: Measured) -> list[Measurement]:
    rows = Measurement.objects.filter(**subject_field(subject))
    return list(with_analyses(rows)[:SHOWN])


def row_of(measurement: Measurement) -> dict[str, Any]:
    """Return what a row of a list says of a measurement."""
    run = newest(measurement)
    return {
        "measurement": measurement,
        "run": run,
        "is_open": run is not None and run.state in ("waiting", "running"),
        "figures": few_figures(run, 3),
        "phase": run.light["phase"] if run else None,
        "on_pixels": len(scans_in(measurement.runs)) if measurement.device_id else 0,
    }


def few_figures(run: Analysis | None, count: int) -> list[dict[str, Any]]:
    """Return the first figures that have a value, with a short label each."""
    found = (run.light["figures"] or []) if run else []
    known = [f for f in found if f["value"] is not None and not is_of_the_fit(f["quantity"])]
    by_words: dict[str, dict[str, Any]] = {}
    for figure in known:  # a peak in nm needs no second line in eV here
        by_words.setdefault(short_label(figure["quantity"], figure["label"]), figure)
    return [{**figure, "short": words} for words, figure in list(by_words.items())[:count]]


@require_safe
def file_download(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a file as it came."""
    file = get_object_or_404(StoredFile.objects.visible_to(request.user), pk=pk)
    try:
        return file_response(request, file)
    except (FileDamaged, StorageAway) as refusal:
        return render(
            request, "analysis/no_file_page.html", {"refusal": refusal}, status=refusal.status
        )
