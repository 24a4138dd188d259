"""Frozen forecasts held against what was found later: only against evidence that a person named."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from analysis.forecast import UnscorablePhase, score
from analysis.forecast.model import PHASES
from analysis.models import Forecast, PhaseAssignment, Score
from synthesis.models import Batch


def score_batch(batch: Batch) -> None:
    """Hold the frozen forecast of a batch against the phase that stands, in the caller's transaction.

    Called when either is new, as a phase may be said before the worker has answered the forecast.
    """
    found = PhaseAssignment.objects.filter(batch=batch, superseded_at=None)
    assignment = found.select_related("batch", "analysis__measurement").first()
    forecast = Forecast.objects.filter(batch=batch, state=Forecast.State.DONE).first()
    if assignment is None or forecast is None or why_not_scored(assignment):
        return
    if Score.objects.filter(phase_assignment=assignment).exists():
        return
    try:
        how = score(forecast.result, assignment.phase)
    except UnscorablePhase:  # an answer of an older form
        return
    Score.objects.create(
        forecast=forecast,
        phase_assignment=assignment,
        probability=how.probability_of_observed,
        log_score=how.log_score,
        brier=how.brier,
        hit=how.hit,
    )


def why_not_scored(assignment: PhaseAssignment) -> str:
    """Return why nothing that was said before is held against this phase; "" when it is."""
    batch = assignment.batch
    if not assignment.has_evidence:
        return _(
            "It rests on no named evidence: a guess is kept, and neither scored nor learned from."
        )
    if batch.is_back_filled:
        return _(
            "It was entered here after it was made, so nothing was foretold: it is neither a hit nor a miss."
        )
    if _was_known(assignment):
        return _("Its evidence was measured before the batch was planned here.")
    if assignment.phase not in PHASES:
        return _("The forecast says nothing about this phase.")
    return ""


def _was_known(assignment: PhaseAssignment) -> bool:
    """Whether a person says that its pattern is of a day before the plan, with which the forecast is frozen."""
    run = assignment.analysis
    measured = run.measurement.performed_at if run is not None else None
    planned = timezone.localdate(assignment.batch.planned_at)
    return measured is not None and timezone.localdate(measured) < planned
