"""What the pages of batches ask this room for."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analysis.forecast import Conditions
from analysis.forecast.conditions import APPEARANCES
from analysis.forms import EvidenceForm, PhaseForm, TypedForm
from analysis.forms_forecast import GuessForm
from analysis.models import (
    Analysis,
    Forecast,
    Guess,
    HistoryRow,
    Measurement,
    Outcome,
    PhaseAssignment,
)
from analysis.pixel_numbers import COUNTED
from analysis.services.forecasts import second_forecast
from analysis.services.guesses import guess_phase, scored
from analysis.services.lists import best_run, with_analyses
from analysis.services.measured import phase_gaps
from analysis.services.model_cards import learned_by
from analysis.services.outcomes import current_outcomes, type_outcome
from analysis.services.phase_evidence import evidence_of
from analysis.services.phases import assign_phase
from analysis.services.rates import rates_from
from analysis.services.recipe_forecasts import beside_measured
from analysis.services.scores import why_not_scored
from analysis.services.structures import EVIDENCE
from analysis.techniques.registry import TECHNIQUES
from analysis.views.batch_history import records_of, tellers_of
from analysis.views.charts import figure_of, forecast_figure
from analysis.views.expected import expected_shown
from analysis.views.files import few_figures
from analysis.views.pages import render_panel
from analysis.views.structure_shown import structure_shown
from analysis.views.subjects import crumbs_of, find_batch
from devices.models import standing
from labnotebook.records.pages import create_once
from labnotebook.records.presentation.blocks import Chance, probabilities
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services.telling import tell
from labnotebook.records.views.current import may_write
from synthesis.models import Batch

DRAWN = 12  # measurements of a batch that are drawn on its page; the others are listed


@require_safe
def batch_outcomes(request: HttpRequest, code: str) -> HttpResponse:
    """Show the numbers that stand for a batch, each leading to where it came from."""
    batch = find_batch(request, code)
    best = _best_eqe(request, batch)
    context = {
        "batch": batch,
        "outcomes": current_outcomes(batch),
        "phase": _phase(batch),
        "to_accept": _waiting_for_a_person(batch),
        "evidence": evidence_of(batch),
        "best": best,
    }
    return render_panel(
        request,
        "batch_outcomes",
        context,
        title=_("Outcomes"),
        crumbs=crumbs_of(batch, _("Outcomes")),
    )


@require_safe
def batch_changes(request: HttpRequest, code: str) -> HttpResponse:
    """Say in sentences what was measured, accepted and forecast of a batch, by visit."""
    batch = find_batch(request, code)
    return render_panel(
        request,
        "batch_changes",
        {"batch": batch, "visits": tell(records_of(batch), tellers_of)},
        title=_("History of what was measured"),
        crumbs=crumbs_of(batch, _("History")),
    )


def _best_eqe(request: HttpRequest, batch: Batch) -> Outcome | None:
    """Return the best pixel of the devices made from a batch, among what the person may see."""
    return (
        Outcome.objects.visible_to(request.user)
        .alias(stands=standing("pixel__"))
        .filter(
            quantity="eqe_percent",
            superseded_at=None,
            stands__in=COUNTED,
            pixel__device__layers__source_batch=batch,
        )
        .select_related("pixel__device")
        .order_by("-value", "pk")
        .first()
    )


def _phase(batch: Batch) -> PhaseAssignment | None:
    rows = PhaseAssignment.objects.filter(batch=batch, superseded_at=None)
    return rows.select_related("accepted_by", "score", "batch", "analysis__measurement").first()


def _waiting_for_a_person(batch: Batch) -> dict[str, int]:
    """Return technique -> measurement whose newest finished run nobody decided on."""
    rows = Analysis.objects.filter(
        measurement__batch=batch, state="done", accepted_at=None, rejected_at=None
    ).order_by("pk")
    return dict(rows.values_list("measurement__technique", "measurement_id"))


@require_safe
def batch_measurements(request: HttpRequest, code: str) -> HttpResponse:
    """Show every measurement of a batch with its curve, and what was typed."""
    return measurements_panel(request, find_batch(request, code))


def measurements_panel(
    request: HttpRequest,
    batch: Batch,
    *,
    typed: TypedForm | None = None,
    phase_form: PhaseForm | None = None,
    evidence_form: EvidenceForm | None = None,
    refusal: str = "",
) -> HttpResponse:
    """Show them with forms that were refused, or a refusal in words."""
    measurements = list(with_analyses(Measurement.objects.filter(batch=batch)))
    cards = sorted(_cards(measurements), key=_place)
    outcomes = current_outcomes(batch)
    typed = typed or TypedForm(subject=batch)
    phase_form = phase_form or PhaseForm()
    phase = _phase(batch)
    if phase is not None:
        prefetch_related_objects([phase], EVIDENCE)
    structure = structure_shown(batch, phase, measurements, evidence_form)
    if evidence_form is not None and (structure is None or structure.form is None):
        # Its form is not shown, as what it was for is gone meanwhile.
        refusal = " ".join(one for said in evidence_form.errors.values() for one in said)
    context = {
        "batch": batch,
        "cards": [card for card in cards if _has_a_picture(card)],
        "undrawn": [card for card in cards if not _has_a_picture(card)],
        "rest": measurements[DRAWN:],
        "typed_outcomes": [o for o in outcomes.values() if o.analysis_id is None],
        "computed": rates_from(outcomes),
        "typed": typed,
        "phase_form": phase_form,
        "phase": phase,
        "structure": structure,
        "refusal": refusal,
        "may_write": may_write(request, batch.project_id),
    }
    forms = (typed, phase_form, evidence_form)
    return render_panel(
        request,
        "batch_measurements",
        context,
        title=_("Measurements of %s") % batch.code,
        crumbs=crumbs_of(batch, _("Measurements")),
        status=422 if refusal or any(form and form.errors for form in forms) else 200,
    )


def _has_a_picture(card: dict[str, Any]) -> bool:
    """Whether a card shows something, or will once it has been read."""
    return bool(card["figure"] or card["is_open"] or card["measurement"].file.is_picture)


def _place(card: dict[str, Any]) -> int:
    """Return where a card stands: what tells the phase first, the others by technique."""
    known = list(TECHNIQUES)
    technique = card["measurement"].technique
    return known.index(technique) if technique in known else len(known)


def _cards(measurements: list[Measurement]) -> list[dict[str, Any]]:
    """Return the first measurements with the run that counts and its figure."""
    shown = {m.pk: (m, best_run(m)) for m in measurements[:DRAWN]}
    wanted = [run.pk for _m, run in shown.values() if run is not None]
    whole = Analysis.objects.in_bulk(wanted)
    cards = []
    for measurement, run in shown.values():
        full = whole.get(run.pk) if run else None
        if full is not None:
            full.measurement = measurement
        cards.append(
            {
                "measurement": measurement,
                "run": run,
                "figure": figure_of(full, small=True) if full and full.reading else None,
                "figures": few_figures(run, 4),
                "phase": run.light["phase"] if run else None,
                "is_open": run is not None and run.state in ("waiting", "running"),
            }
        )
    return cards


@require_POST
def batch_number(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a number that was measured elsewhere."""
    batch = find_batch(request, code)
    form = TypedForm(request.POST, subject=batch)
    if form.is_valid():
        said = form.cleaned_data

        def create() -> str:
            type_outcome(
                by=request.user,
                subject=batch,
                quantity=said["quantity"],
                text=said["value"],
                uncertainty_text=said["uncertainty"],
                note=said["note"],
            )
            return f"{reverse('synthesis:batch-detail', args=[code])}#measure"

        try:
            return create_once(request, create)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return measurements_panel(request, batch, typed=form)


@require_POST
def batch_phase(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the batch is, on evidence from elsewhere."""
    batch = find_batch(request, code)
    form = PhaseForm(request.POST)
    if form.is_valid():
        names = ("phase", "structure", "evidence", "confidence", "reason")
        said = {name: form.cleaned_data[name] for name in names}

        def create() -> str:
            assign_phase(by=request.user, batch=batch, **said)
            return f"{reverse('synthesis:batch-detail', args=[code])}#measure"

        try:
            return create_once(request, create)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return measurements_panel(request, batch, phase_form=form)


@require_safe
def batch_forecast(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the model said before the flask was heated, and how it came out."""
    return forecast_panel(request, find_batch(request, code))


def forecast_panel(
    request: HttpRequest, batch: Batch, guess_form: GuessForm | None = None, status: int = 200
) -> HttpResponse:
    """Show it with what people guessed, and the form of a guess, or one that was refused."""
    guesses = Guess.objects.filter(batch=batch).select_related("guessed_by", "batch")
    phase = _phase(batch)
    open_to_guess = (
        phase is None
        and not batch.is_back_filled
        and may_write(request, batch.project_id)
        and not any(one.guessed_by_id == request.user.pk for one in guesses)
        and evidence_of(batch).measurement is None
    )
    forecast = Forecast.objects.filter(batch=batch).first()
    answered = forecast is not None and forecast.state == Forecast.State.DONE
    said = (
        answered and forecast.result["phase"] is not None
    )  # else of a recipe that is not the paper's
    context = {
        "batch": batch,
        "forecast": forecast,
        "said": said,
        "expected": _expected(batch, forecast.result) if answered else {},
        "bars": chance_bars(forecast.result["phase"]) if said else None,
        "figure": forecast_figure(
            forecast, Conditions.from_dict(forecast.conditions), phase_gaps(request.user)
        )
        if said
        else None,
        "phase": phase,
        "score": phase.counted_score if phase else None,
        "unscored": why_not_scored(phase) if phase else "",
        "to_accept": _waiting_for_a_person(batch).get("xrd"),
        "is_open": forecast is not None and forecast.state == Forecast.State.WAITING,
        "model": forecast.result["model"] if said else None,
        "learned": learned_by(forecast.model_version) if said else 0,
        "guesses": [(_likeliest(one.guess), one) for one in scored(guesses)],
        "guess_form": guess_form or (GuessForm() if open_to_guess else None),
    }
    return render_panel(
        request,
        "batch_forecast",
        context,
        title=_("Forecast"),
        crumbs=crumbs_of(batch, _("Forecast")),
        status=status,
    )


def _expected(batch: Batch, frozen: dict[str, Any]) -> dict[str, Any]:
    row = HistoryRow.objects.filter(batch=batch).first()
    return expected_shown(frozen, beside_measured(frozen.get("numbers") or [], row))


def _likeliest(guess: Guess) -> tuple[str, float]:
    return max(guess.chances.items(), key=lambda one: one[1])


@require_POST
def batch_guess(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what a person expects of the flask."""
    batch, status = find_batch(request, code), 422
    form = GuessForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data

        def create() -> str:
            guess_phase(by=request.user, batch=batch, phase=said["phase"], chance=said["chance"])
            return f"{reverse('synthesis:batch-detail', args=[code])}#learn"

        try:
            return create_once(request, create)
        except Refusal as refusal:
            form.add_refusal(refusal)
            status = 409 if isinstance(refusal, WrongState) else status
    return forecast_panel(request, batch, guess_form=form, status=status)


@require_safe
def batch_second_forecast(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the look of the flask makes of the frozen forecast; ``?look=`` asks about another look."""
    batch = find_batch(request, code)
    look = request.GET.get("look") or batch.precursor_appearance
    forecast = Forecast.objects.filter(batch=batch, state=Forecast.State.DONE).first()
    known = forecast is not None and forecast.result["phase"] is not None
    second = second_forecast(forecast, look) if known and look in APPEARANCES else None
    context = {
        "batch": batch,
        "look": str(Batch.Appearance(look).label).lower() if look in APPEARANCES else "",
        "forecast": forecast,
        "bars": chance_bars(second, before=forecast.result["phase"]) if second else None,
    }
    title = _("Second forecast")
    return render_panel(
        request, "batch_second_forecast", context, title=title, crumbs=crumbs_of(batch, title)
    )


def chance_bars(chances: dict[str, Any], before: dict[str, Any] | None = None) -> Any:
    """Return the bars of probability, likeliest first; an earlier forecast is a thin line in each."""
    order = sorted(chances, key=lambda phase: -chances[phase]["value"])
    return probabilities(
        [
            Chance(
                phase,
                *(chances[phase][name] for name in ("value", "low", "high")),
                before=before[phase]["value"] if before else None,
            )
            for phase in order
        ]
    )
