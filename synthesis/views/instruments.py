"""The lab's balances, pipettes and syringes: list, one, enter, correct, retire."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from labnotebook.records.models.role import read_by
from labnotebook.records.pages import form_version, saved
from labnotebook.records.permissions import require_lab_editor
from labnotebook.records.services.telling import tell
from labnotebook.records.views.current import may_write
from synthesis.forms_instruments import InstrumentCorrectionForm, InstrumentForm
from synthesis.models import Addition, Instrument
from synthesis.services import instruments
from synthesis.views.instrument_history import tellers_of

RETIRE = "retire"
MOST_USES = 50


@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    """Show what the lab measures with; those retired come last."""
    rows = Instrument.objects.order_by("kind", "retired_at", "-is_default", "name")
    context = {
        "instruments": rows,
        "today": timezone.localdate(),
        "kinds": Instrument.Kind,
        "may_write": may_write(request),
    }
    return render(request, "synthesis/instrument_list_page.html", context)


@require_safe
def instrument_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one instrument: how well it measures, what it measured, its history."""
    instrument = get_object_or_404(Instrument, code=code)
    uses = Addition.objects.filter(read_by(request.user, "batch__project"), instrument=instrument)
    context = {
        "instrument": instrument,
        "today": timezone.localdate(),
        "uses": uses.select_related("batch").order_by("-weighed_at")[:MOST_USES],
        "visits": tell([instrument], tellers_of),
        "may_write": may_write(request),
    }
    return render(request, "synthesis/instrument_detail_page.html", context)


@require_http_methods(["GET", "POST"])
def instrument_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter a balance, or a pipette or syringe."""
    if kind not in instruments.KINDS:
        raise Http404
    form = InstrumentForm(kind, request.POST or None)

    def save() -> str:
        made = instruments.add_instrument(by=request.user, kind=kind, **form.said())
        return reverse("synthesis:instrument-detail", args=[made.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    context = {"form": form, "may_write": may_write(request)}
    status = 422 if form.errors else 200
    return render(request, "synthesis/instrument_new_page.html", context, status=status)


@require_http_methods(["GET", "POST"])
def instrument_correct(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what is said of an instrument, or retire it, with a reason."""
    require_lab_editor(request.user)
    instrument = get_object_or_404(Instrument, code=code)
    initial = InstrumentForm.initial_of(instrument)
    form = InstrumentCorrectionForm(instrument.kind, request.POST or None, initial=initial)

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
        return reverse("synthesis:instrument-detail", args=[instrument.code])

    answer = saved(request, form, save)
    if answer:
        return answer
    context = {"form": form, "instrument": instrument, "retire": RETIRE}
    status = 422 if form.errors else 200
    return render(request, "synthesis/instrument_correct_page.html", context, status=status)
