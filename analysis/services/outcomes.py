"""Numbers that a person stands for: accepted from an analysis, or typed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from analysis.models import Analysis, Measurement, Outcome
from analysis.quantities import is_of_the_fit
from analysis.services import phases, structures
from analysis.services.experiments import NUMBERS
from analysis.services.film_thickness import give_thickness, take_thickness_back
from analysis.services.learning import RECIPES, ask_to_learn
from analysis.services.pixel_states import rule_by_newest_sweep
from analysis.services.quantities import parse_uncertainty, parse_value, typable
from analysis.services.subjects import Subject, lock_subject, project_of, subject_field
from devices.models import Pixel
from labnotebook.records.history import recorded
from labnotebook.records.models import Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import PreconditionRequired, Refusal, WrongState
from labnotebook.records.services.happenings import OUTCOME_ACCEPTED, happened
from synthesis.models import Batch


def accept_analysis(
    *,
    by: Any,
    analysis: Analysis,
    quantities: Sequence[str] | None = None,
    phase: str | None = None,
    structure: str | None = None,
    reason: str = "",
    version: int | None = None,
) -> Analysis:
    """Accept figures of an analysis as outcomes of what was measured.

    ``quantities`` picks figures, all that say something about the sample by default. An XRD verdict
    also becomes the phase of the batch; ``phase`` corrects it, with a reason. A deposition log gives its
    layer the thickness. What was accepted before for the same quantity is superseded. Accepting the same again
    changes nothing.

    ``version`` is what the person saw; what somebody rejected is only accepted by who saw that.
    """
    require_editor(by, analysis.measurement.project)
    with recorded(by, reason.strip() or "analysis accepted"):
        analysis = _decidable(analysis, version)
        if analysis.rejected_at is not None and version is None:
            raise PreconditionRequired(
                f"Analysis v{analysis.number} was rejected: “{analysis.rejected_reason}”. Look at it"
                " again; to accept it nevertheless, say which version you saw (If-Match:"
                f" {analysis.etag})."
            )
        layer = analysis.measurement.layer
        is_news = analysis.accepted_at is None or analysis.rejected_at is not None
        if layer is None:
            _accept_numbers(by, analysis, quantities, phase, structure, reason.strip())
        elif is_news:
            give_thickness(by=by, layer=layer, analysis=analysis, quantities=quantities)
        if is_news:
            analysis.set_fields(
                accepted_at=timezone.now(), accepted_by=by, rejected_at=None, rejected_reason=""
            )
            rule_by_newest_sweep(analysis.measurement)
    return analysis


def _accept_numbers(
    by: Any,
    analysis: Analysis,
    quantities: Sequence[str] | None,
    phase: str | None,
    structure: str | None,
    reason: str,
) -> None:
    subject = numbers_of(analysis.measurement)
    lock_subject(subject)
    chosen = list(_chosen(analysis, quantities))
    for figure in chosen:
        _accept_figure(by, subject, analysis, figure)
    _ask_to_learn(project_of(subject), [figure["quantity"] for figure in chosen])
    phases.accept_verdict(by=by, analysis=analysis, phase=phase, structure=structure, reason=reason)
    structures.withdraw_what_differs(analysis)


def numbers_of(measurement: Measurement) -> Subject:
    """Return what the numbers of a file can stand for; refuses a file of a bottle or a layer."""
    subject = measurement.subject
    if isinstance(subject, Subject):
        return subject
    raise WrongState(
        f"This file is of {subject}. Numbers are accepted for batches, devices and pixels; those of this file"
        " stay with it, to be read here."
    )


def reject_analysis(
    *, by: Any, analysis: Analysis, reason: str, version: int | None = None
) -> Analysis:
    """Say that the figures of an analysis are not to be believed, and why.

    What had been accepted from it is withdrawn. ``version`` is what the person saw.
    """
    require_editor(by, analysis.measurement.project)
    reason = reason.strip()
    if not reason:
        raise Refusal(
            "Say why the analysis is rejected, for those who read it later.", field="reason"
        )
    if len(reason) > 300:
        raise Refusal("Say it in at most 300 characters.", field="reason")
    with recorded(by, reason):
        analysis = _decidable(analysis, version)
        lock_subject(analysis.measurement.subject)
        if analysis.measurement.layer is not None:
            take_thickness_back(
                by=by, layer=analysis.measurement.layer, analysis=analysis, reason=reason
            )
        now = timezone.now()
        withdrawn = analysis.outcomes.filter(superseded_at=None)
        _ask_to_learn(
            analysis.measurement.project, list(withdrawn.values_list("quantity", flat=True))
        )
        withdrawn.update(superseded_at=now)
        if analysis.phases.filter(superseded_at=None).update(superseded_at=now):
            ask_to_learn(analysis.measurement.project)
        structures.withdraw_with_run(analysis, reason)
        analysis.set_fields(
            rejected_at=now, rejected_reason=reason, accepted_at=None, accepted_by=None
        )
        rule_by_newest_sweep(analysis.measurement)
    return analysis


def type_outcome(
    *,
    by: Any,
    subject: Subject,
    quantity: str,
    text: str,
    uncertainty_text: str = "",
    note: str = "",
) -> Outcome:
    """Keep a number that was measured elsewhere, with the digits that were typed."""
    project = project_of(subject)
    require_editor(by, project)
    kind = typable(subject, quantity)
    value = float(parse_value(kind, text))
    uncertainty = parse_uncertainty(kind, uncertainty_text)
    note = note.strip()
    if len(note) > 300:
        raise Refusal("Keep the note within 300 characters.", field="note")
    with recorded(by, note or "number typed"):
        lock_subject(subject)
        _require_reason_after_signing(subject, quantity, note)
        _supersede(subject, quantity)
        _ask_to_learn(project, [quantity])
        outcome = Outcome.objects.create(
            project=project,
            quantity=quantity,
            value=value,
            typed_text=text.strip(),
            uncertainty=uncertainty,
            unit=kind.unit,
            label=kind.label,
            note=note,
            accepted_by=by,
            **subject_field(subject),
        )
        _say_accepted(outcome, subject)
        return outcome


def current_outcomes(subject: Subject) -> dict[str, Outcome]:
    """Return the outcomes that hold now, by quantity."""
    rows = Outcome.objects.filter(superseded_at=None, **subject_field(subject))
    rows = rows.select_related("analysis__measurement", "accepted_by")
    return {outcome.quantity: outcome for outcome in rows}


def _decidable(analysis: Analysis, version: int | None) -> Analysis:
    """Return the analysis, locked, when it is finished and as it was seen; refuse otherwise."""
    locked = analysis.lock(version=version)
    locked.measurement = analysis.measurement
    if locked.state == Analysis.State.DONE:
        return locked
    if locked.state == Analysis.State.FAILED:
        raise WrongState(
            f"Analysis v{locked.number} failed, so it has no figures: {locked.failure}"
        )
    raise WrongState(f"Analysis v{locked.number} is not finished yet. Wait until it is done.")


def _chosen(analysis: Analysis, quantities: Sequence[str] | None) -> Iterable[dict[str, Any]]:
    """Return the figures to accept: with a finite value, and asked for."""
    figures = {
        figure["quantity"]: figure
        for figure in analysis.result["figures"]
        if figure["value"] is not None and math.isfinite(figure["value"])
    }
    if quantities is None:
        return [f for name, f in figures.items() if not is_of_the_fit(name)]
    unknown = [name for name in quantities if name not in figures]
    if unknown:
        raise Refusal(
            f"Analysis v{analysis.number} has no figure {unknown[0][:60]!r}. It has:"
            f" {', '.join(figures) or 'none'}.",
            field="quantities",
        )
    return [figures[name] for name in quantities]


def _accept_figure(
    by: Any, subject: Subject, analysis: Analysis, figure: Mapping[str, Any]
) -> None:
    current = Outcome.objects.filter(
        superseded_at=None, quantity=figure["quantity"], **subject_field(subject)
    ).first()
    if current is not None and current.analysis_id == analysis.pk:
        return
    _supersede(subject, figure["quantity"])
    outcome = Outcome.objects.create(
        project=analysis.measurement.project,
        quantity=figure["quantity"],
        value=figure["value"],
        uncertainty=figure["uncertainty"],
        low=figure["low"],
        high=figure["high"],
        unit=figure["unit"][:20],
        label=figure["label"][:120],
        note=figure["note"][:300],
        warnings=[
            *((analysis.reading or {}).get("warnings") or ()),
            *((analysis.result or {}).get("warnings") or ()),
        ],
        analysis=analysis,
        accepted_by=by,
        **subject_field(subject),
    )
    _say_accepted(outcome, subject)


def _say_accepted(outcome: Outcome, subject: Subject) -> None:
    code = subject.device.code if isinstance(subject, Pixel) else subject.code
    path = reverse("qr", args=[code])
    happened(OUTCOME_ACCEPTED, project=outcome.project, id=outcome.pk, code=str(subject), path=path)


def _require_reason_after_signing(subject: Subject, quantity: str, reason: str) -> None:
    """Refuse to replace, without a word, a number that stood when the batch was signed."""
    if reason or not isinstance(subject, Batch) or subject.state != Batch.State.SIGNED:
        return
    standing = current_outcomes(subject).get(quantity)
    if standing is not None:
        raise Refusal(
            f"{subject.code} is signed with {standing.label} {standing.value:g} {standing.unit}."
            " Say in the note why another number takes its place.",
            field="note",
        )


def _ask_to_learn(project: Project, quantities: Sequence[str]) -> None:
    """Ask that the numbers of the recipes are learned anew, where one of these is foretold."""
    if any(name in NUMBERS for name in quantities):
        ask_to_learn(project, [RECIPES])


def _supersede(subject: Subject, quantity: str) -> None:
    Outcome.objects.filter(superseded_at=None, quantity=quantity, **subject_field(subject)).update(
        superseded_at=timezone.now()
    )
