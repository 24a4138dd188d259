"""What a batch is: said by a person, on an XRD analysis or with a reason; scores the forecast."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from analysis.forecast import Conditions, UnforecastableConditions, UnscorablePhase, score
from analysis.forecast.structure import UNDETERMINED, ByRule, structure_of
from analysis.models import Analysis, Forecast, PhaseAssignment, Score
from analysis.models.outcome import Phase, Structure
from analysis.services.made import made_conditions
from analysis.services.subjects import lock_subject
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch


def assign_phase(
    *, by: Any, batch: Batch, phase: str, structure: str | None = None, reason: str = ""
) -> PhaseAssignment:
    """Say what the batch is on other evidence than an analysis here (TEM, another lab's XRD).

    ``structure``: "" where it is not known; None leaves the one that stands, while the phase stays the same.
    """
    require_editor(by, batch.project)
    check_words(phase, structure or "")
    check_made(batch)
    if not reason.strip():
        raise Refusal(
            "Say on what evidence the phase is assigned, for example TEM lattice fringes.",
            field="reason",
        )
    with recorded(by, reason.strip()):
        lock_subject(batch)
        if structure is None:
            current = _current(batch)
            structure = current.structure if current and current.phase == phase else ""
        return _assign(by, batch, phase, structure, reason=reason.strip(), analysis=None)


def accept_verdict(
    *, by: Any, analysis: Analysis, phase: str | None, structure: str | None, reason: str
) -> PhaseAssignment | None:
    """Make the verdict of an XRD analysis the phase of its batch; None when it gives none.

    Without a ``structure`` the one that stands is kept while the phase stays the same; else the rule gives it.
    Runs in the caller's transaction, with the batch locked.
    """
    batch = analysis.measurement.batch
    verdict = (analysis.result or {}).get("phase")
    if batch is None or (phase is None and verdict is None):
        if phase is not None:
            raise Refusal("Only a batch has a phase.", field="phase")
        return None
    chosen = phase or verdict
    check_words(chosen, structure or "")
    check_made(batch)
    if chosen != verdict and not reason:
        said = Phase(verdict).label if verdict else "undetermined"
        raise Refusal(
            f"The analysis says {said}. Say why the batch is {Phase(chosen).label} nevertheless.",
            field="reason",
        )
    current = _current(batch)
    built = structure
    if built is None and current is not None and current.phase == chosen:
        # Not known is kept where this very run was accepted so; elsewhere the rule may know.
        again = current.analysis_id == analysis.pk
        built = current.structure if current.structure or again else None
    if built is None:
        built = structure_by_rule(batch, chosen)
    if current is not None and (current.analysis_id, current.phase, current.structure) == (
        analysis.pk,
        chosen,
        built,
    ):
        return current
    return _assign(by, batch, chosen, built, reason=reason, analysis=analysis)


def check_words(phase: str, structure: str) -> None:
    """Refuse a phase or structure that is not in the vocabulary."""
    if phase not in Phase.values:
        raise Refusal(
            f"{phase[:60]!r} is no phase; known: {', '.join(Phase.values)}.", field="phase"
        )
    if structure and structure not in Structure.values:
        known = ", ".join(Structure.values)
        raise Refusal(f"{structure[:60]!r} is no structure; known: {known}.", field="structure")


def check_made(batch: Batch) -> None:
    """Refuse a phase for a flask that nobody has begun."""
    if batch.state == Batch.State.PLANNED:
        raise Refusal(
            f"{batch.code} is only planned: a flask that was never made has no phase. Start it at the"
            " bench, or look whether the measurement belongs to another batch.",
            field="batch",
        )


def structure_by_rule(batch: Batch, phase: str) -> str:
    """Return the structure that the paper's rule gives for this phase, "" where no rule covers it."""
    found = rule_for(batch, phase)
    return "" if found is None or found.structure == UNDETERMINED else found.structure


def rule_for(batch: Batch, phase: str) -> ByRule | None:
    """Return what the paper's rule says of a batch of this phase; None where nothing is said of calcium."""
    try:
        conditions = Conditions.from_dict(made_conditions(batch) or {})
    except UnforecastableConditions:
        return None
    return structure_of(phase, conditions)


def _current(batch: Batch) -> PhaseAssignment | None:
    return PhaseAssignment.objects.filter(batch=batch, superseded_at=None).first()


def _assign(
    by: Any, batch: Batch, phase: str, structure: str, *, reason: str, analysis: Analysis | None
) -> PhaseAssignment:
    """Supersede what stands; evidence of the structure goes along while it speaks of the same thing."""
    current = _current(batch)
    if current is not None:
        current.set_fields(superseded_at=timezone.now())
    assignment = PhaseAssignment.objects.create(
        project=batch.project,
        batch=batch,
        phase=phase,
        structure=structure,
        analysis=analysis,
        reason=reason,
        accepted_by=by,
    )
    if current is not None and (current.phase, current.structure) == (phase, structure):
        current.structure_evidence.filter(withdrawn_at=None).update(phase_assignment=assignment)
    _score(batch, assignment)
    return assignment


def _score(batch: Batch, assignment: PhaseAssignment) -> None:
    """Hold the frozen forecast of the batch against what was found, where it gives a chance for it."""
    forecast = Forecast.objects.filter(batch=batch, state=Forecast.State.DONE).first()
    if forecast is None:
        return
    try:
        found = score(forecast.result, assignment.phase)
    except UnscorablePhase:  # beta: the forecast says nothing about it
        return
    Score.objects.create(
        forecast=forecast,
        phase_assignment=assignment,
        probability=found.probability_of_observed,
        log_score=found.log_score,
        brier=found.brier,
        hit=found.hit,
    )
