"""One measurement: its curve, what the method found, and the decision of a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from analysis.forms import DecisionForm, SettingsForm, WhenForm
from analysis.models import Analysis, Measurement
from analysis.readers.preview import MOST_COLUMNS
from analysis.services.column_mappings import say_columns
from analysis.services.dates import say_when
from analysis.services.lists import measurements_for, scans_in
from analysis.services.measurements import correct_technique
from analysis.services.measuring_instruments import name_instrument
from analysis.services.outcomes import accept_analysis, reject_analysis
from analysis.services.runs import (
    EVERY_SCAN,
    analyse_again,
    analyse_every_scan,
)
from analysis.services.scans_on_pixels import file_scans
from analysis.technique import COLUMNS
from analysis.views.charts import chart_of, unit_asked
from analysis.views.files import row_of
from analysis.views.measurement_shown import (
    chosen_instrument,
    chosen_run,
    page_context,
    settings_form,
)
from analysis.views.subjects import page_of
from labnotebook.records.history import recorded
from labnotebook.records.pages import form_version
from labnotebook.records.refusals import Refusal, StaleWrite

ON_PIXEL = "pixel."  # begins the field of a scan in the form that files scans on pixels


def find_measurement(request: HttpRequest, pk: int) -> Measurement:
    """Return a measurement that the person may see, or 404."""
    return get_object_or_404(measurements_for(request.user), pk=pk)


def _page(
    request: HttpRequest,
    measurement: Measurement,
    *,
    refused: str = "",
    settings: SettingsForm | None = None,
    stale: bool = False,
) -> HttpResponse:
    shown = page_context(request, measurement, settings=settings, stale=stale)
    status = 422 if refused or shown["settings"].errors else 200
    context = {**shown, "refused": refused}
    return render(request, "analysis/measurement_page.html", context, status=status)


@require_safe
def measurement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the curve, the verdict and where it comes from; ``?v=2`` shows an earlier run."""
    return _page(request, find_measurement(request, pk))


@require_safe
def measurement_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a measurement as a row of a list; it asks again until its analysis has ended."""
    row = row_of(find_measurement(request, pk))
    return render(request, "analysis/_measurement_row.html", {"row": row})


@require_safe
def measurement_data(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what the zoomable chart draws."""
    run = chosen_run(request, find_measurement(request, pk))
    return JsonResponse(chart_of(run, unit_asked(request)) if run else {"series": []})


def _finish(request: HttpRequest, measurement: Measurement, words: str) -> HttpResponse:
    messages.success(request, words)
    wanted = request.POST.get("next", "")
    if wanted == "subject":
        return redirect(page_of(measurement.subject))
    return redirect("analysis:measurement-detail", measurement.pk)


@require_POST
def measurement_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the figures, with the verdict as it is or corrected."""
    measurement = find_measurement(request, pk)
    run, form = chosen_run(request, measurement), DecisionForm(request.POST)
    if run is None or not form.is_valid():
        return _page(request, measurement, refused=_("Choose one of the phases in the list."))
    try:
        accept_analysis(
            by=request.user,
            analysis=run,
            phase=form.cleaned_data["phase"] or None,
            reason=form.cleaned_data["reason"],
            version=form_version(request),
        )
    except Refusal as refusal:
        return _page(request, measurement, refused=refusal.sentence)
    return _finish(
        request, measurement, _("Accepted; the numbers now stand for %s.") % measurement.subject
    )


@require_POST
def measurement_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject the run, with a reason."""
    measurement = find_measurement(request, pk)
    run = chosen_run(request, measurement)
    try:
        if run is not None:
            reject_analysis(
                by=request.user,
                analysis=run,
                reason=request.POST.get("reason", "").replace("\x00", ""),
                version=form_version(request),
            )
    except Refusal as refusal:
        return _page(request, measurement, refused=refusal.sentence)
    return _finish(request, measurement, _("Rejected; nothing of it counts."))


@require_POST
def measurement_when(request: HttpRequest, pk: int) -> HttpResponse:
    """Say on which day it was measured."""
    measurement, form = find_measurement(request, pk), WhenForm(request.POST)
    if not form.is_valid():
        return _page(request, measurement, refused=" ".join(form.errors["measured_on"]))
    try:
        say_when(
            by=request.user,
            measurement=measurement,
            day=form.cleaned_data["measured_on"],
            version=form_version(request),
        )
    except Refusal as refusal:
        return _page(request, find_measurement(request, pk), refused=refusal.sentence)
    messages.success(request, _("The date of the measurement is kept."))
    return redirect("analysis:measurement-detail", pk)


@require_POST
def measurement_analyse(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the analysis again with other settings, or as another technique."""
    measurement = find_measurement(request, pk)
    run = chosen_run(request, measurement)
    form = None
    try:
        technique = request.POST.get("technique")
        if technique and technique != measurement.technique:
            correct_technique(by=request.user, measurement=measurement, technique=technique)
            return redirect("analysis:measurement-detail", pk)
        if "pixels" in request.POST:
            return _file_on_pixels(request, measurement)
        if method := request.POST.get("method"):
            _analyse_otherwise(request, measurement, run, method)
            return redirect("analysis:measurement-detail", pk)
        if scan := request.POST.get("scan"):
            _analyse_scan(request, measurement, run, scan)
            return redirect("analysis:measurement-detail", pk)
        if names := request.POST.getlist("column")[:MOST_COLUMNS]:
            say_columns(
                by=request.user,
                measurement=measurement,
                names=[name[:80] for name in names],
                remember="remember" in request.POST,
                parameters=run.parameters if run else {},
            )
            return redirect("analysis:measurement-detail", pk)
        form = settings_form(measurement, run, request.POST)
        if not form.is_valid():
            return _page(request, measurement, settings=form)
        with recorded(request.user, "analysed again"):  # named and run, or neither
            if "measured_with" in request.POST:
                code, seen = chosen_instrument(request)
                name_instrument(by=request.user, measurement=measurement, code=code, seen=seen)
            parameters = _kept(run, form.said())
            analyse_again(by=request.user, measurement=measurement, parameters=parameters)
    except StaleWrite as refusal:
        measurement = find_measurement(request, pk)  # its page offers what stands now
        return _page(request, measurement, refused=refusal.sentence, settings=form, stale=True)
    except Refusal as refusal:
        return _page(request, measurement, refused=refusal.sentence, settings=form)
    return redirect("analysis:measurement-detail", pk)


def _file_on_pixels(request: HttpRequest, measurement: Measurement) -> HttpResponse:
    """File each scan on the pixel that the form says."""
    said = {
        name.removeprefix(ON_PIXEL): request.POST[name].replace("\x00", "")
        for name in request.POST
        if name.startswith(ON_PIXEL)
    }
    made = file_scans(by=request.user, measurement=measurement, pixels=said)
    words = ngettext(
        "%(n)s scan is filed on its pixel.", "%(n)s scans are filed on their pixels.", len(made)
    )
    messages.success(request, words % {"n": len(made)})
    return redirect(page_of(measurement.subject))


def _analyse_scan(
    request: HttpRequest, measurement: Measurement, run: Analysis | None, scan: str
) -> None:
    """Run what was run before, with its settings, on another scan or on all of them."""
    parameters = run.parameters if run else {}
    if scan == EVERY_SCAN:
        analyse_every_scan(by=request.user, measurement=measurement, parameters=parameters)
    else:
        analyse_again(
            by=request.user, measurement=measurement, parameters=parameters, scan=scan[:20]
        )


def _analyse_otherwise(
    request: HttpRequest, measurement: Measurement, run: Analysis | None, method: str
) -> None:
    """Run another method of the technique; where no scan was chosen yet, on the first of the file."""
    scans = scans_in(measurement.runs)
    first = scans[0]["key"] if len(scans) > 1 else ""
    scan = (run.scan if run else "") or first
    analyse_again(by=request.user, measurement=measurement, method=method[:40], scan=scan or None)


def _kept(run: Analysis | None, said: dict[str, Any]) -> dict[str, Any]:
    """Return the settings; a list that a form shows as text stays the list it was."""
    before = run.parameters if run else {}
    lists = {n: v for n, v in before.items() if isinstance(v, list)}
    if COLUMNS in before:  # said in a form of its own
        said = {COLUMNS: before[COLUMNS], **said}
    return {
        name: lists[name]
        if name in lists and value == ", ".join(str(one) for one in lists[name])
        else value
        for name, value in said.items()
    }
