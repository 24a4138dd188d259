"""The lab's instruments of measurement: list, one with its calibrations, enter, correct, retire."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from analysis.forms_instruments import (
    CalibrationForm,
    MeasuringInstrumentCorrectionForm,
    MeasuringInstrumentForm,
)
from analysis.models import Calibration, Measurement, MeasuringInstrument
from analysis.services import measuring_instruments as instruments
from analysis.services.lists import with_analyses
from analysis.techniques.registry import title_of
from analysis.views.instrument_history import tellers_of
from labnotebook.records.pages import form_version, saved
from labnotebook.records.permissions import require_lab_editor
from labnotebook.records.services.telling import tell
from labnotebook.records.views.current import may_write

RETIRE = "retire"
MOST_USES = 50


@require_safe
def measuring_list(request: HttpRequest) -> HttpResponse:
    """Show what the lab measures with; those retired come last."""
    rows = list(MeasuringInstrument.objects.order_by("retired_at", "name"))
    for one in rows:
        one.titles = [title_of(name) for name in one.techniques]
    context = {"instruments": rows, "may_write": may_write(request), "section": "materials"}
    return render(request, "analysis/measuring_list_page.html", context)


@require_http_methods(["GET", "POST"])
def measuring_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one instrument: its calibrations, what it measured, its history; take a calibration."""
    instrument = get_object_or_404(MeasuringInstrument, code=code)
    form = CalibrationForm(instrument, request.POST or None)

    def save() -> str:
        said = form.cleaned_data
        instruments.calibrate(
            by=request.user,
            instrument=instrument,
            scale=said["scale"],
            u=float(said["u"]),
            valid_from_date=said["valid_from_date"],
            note=said["note"],
            reason=said["reason"],
            seen=[form.data["corrects"]] if form.data.get("corrects") else [],
        )
        return reverse("analysis:measuring-detail", args=[code])

    if request.method == "POST":
        require_lab_editor(request.user)
    answer = saved(request, form, save)
    if answer:
        return answer
    scales = instruments.scales_of(instrument.techniques)
    calibrations = list(instrument.calibrations.all())
    for one in calibrations:
        one.known = scales.get(one.scale)
    uses = Measurement.objects.visible_to(request.user).filter(measured_with=instrument)
    context = {
        "instrument": instrument,
        "titles": [title_of(name) for name in instrument.techniques],
        "calibrations": calibrations,
        "missing": [
            one for one in scales.values() if all(row.scale != one.name for row in calibrations)
        ],
        "form": form if scales else None,
        "standing": _standing(instrument, form),
        "uses": with_analyses(uses)[:MOST_USES],
        "visits": tell([instrument, *calibrations], tellers_of),
        "may_write": may_write(request),
        "section": "materials",
    }
    status = 422 if form.errors else 200
    return render(request, "analysis/measuring_detail_page.html", context, status=status)


def _standing(instrument: MeasuringInstrument, form: CalibrationForm) -> Calibration | None:
    """Return the calibration that a refused form would correct: it is shown, and what was seen is sent back."""
    if "reason" not in form.errors and not form.data.get("corrects"):
        return None
    sent = {name: form.cleaned_data.get(name) for name in ("scale", "valid_from_date")}
    return instrument.calibrations.filter(**sent).first()


@require_http_methods(["GET", "POST"])
def measuring_new(request: HttpRequest) -> HttpResponse:
    """Enter an instrument of measurement."""
    form = MeasuringInstrumentForm(request.POST or None)

    def save() -> str:
        made = instruments.add_instrument(by=request.user, **form.said())
        return reverse("analysis:measuring-detail", args=[made.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    context = {"form": form, "may_write": may_write(request), "section": "materials"}
    status = 422 if form.errors else 200
    return render(request, "analysis/measuring_form_page.html", context, status=status)


@require_http_methods(["GET", "POST"])
def measuring_correct(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what is said of an instrument, or retire it, with a reason."""
    require_lab_editor(request.user)
    instrument = get_object_or_404(MeasuringInstrument, code=code)
    initial = MeasuringInstrumentCorrectionForm.initial_of(instrument)
    form = MeasuringInstrumentCorrectionForm(request.POST or None, initial=initial)

    def save() -> str:
        told = {
            "by": request.user,
            "instrument": instrument,
            "version": form_version(request),
            "reason": form.cleaned_data["reason"],
        }
        if request.POST.get("do") == RETIRE:
            instruments.retire_instrument(**told)
        else:
            instruments.correct_instrument(**told, **form.said())
        return reverse("analysis:measuring-detail", args=[instrument.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    context = {
        "form": form,
        "instrument": instrument,
        "retire": RETIRE,
        "may_write": True,
        "section": "materials",
    }
    status = 422 if form.errors else 200
    return render(request, "analysis/measuring_form_page.html", context, status=status)
