"""What a batch is: said by a person, on an XRD analysis or on other evidence; scores the forecast."""

from __future__ import annotations

import math
from typing import Any

from django.utils import timezone

from analysis.forecast import Conditions, UnforecastableConditions
from analysis.forecast.structure import UNDETERMINED, ByRule, structure_of
from analysis.models import Analysis, PhaseAssignment
from analysis.models.outcome import Phase, PhaseEvidence, Structure
from analysis.services.learning import ask_to_learn
from analysis.services.made import made_conditions
from analysis.services.scores import score_batch
from analysis.services.subjects import lock_subject
from analysis.techniques.xrd.technique import XRD
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from synthesis.models import Batch


def assign_phase(
    *,
    by: Any,
    batch: Batch,
    phase: str,
    structure: str | None = None,
    evidence: str = PhaseEvidence.NONE,
    confidence: float | None = None,
    reason: str = "",
) -> PhaseAssignment:
    """Say what the batch is on other evidence than an analysis here (TEM, another lab's XRD).

    ``structure``: "" where it is not known; None leaves the one that stands, while the phase stays the same.
    ``evidence``: without any it is kept as a guess, and neither scored nor learned from.
    ``confidence``: that the phase is right, above 0 and up to 1; None where it is not said.
    """
    require_editor(by, batch.project)
    check_words(phase, structure or "")
    check_evidence(phase, evidence, confidence)
    check_made(batch)
    if not reason.strip():
        raise Refusal(
            "Say what was seen, and where, for example lattice fringes of 0.31 nm on ten particles.",
            field="reason",
        )
    with recorded(by, reason.strip()):
        lock_subject(batch)
        if structure is None:
            current = _current(batch)
            structure = current.structure if current and current.phase == phase else ""
        return _assign(
            by,
            batch,
            phase,
            structure,
            reason=reason.strip(),
            evidence=evidence,
            confidence=confidence,
        )


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
    evidence = PhaseEvidence.XRD if analysis.measurement.technique == XRD.name else ""
    return _assign(
        by,
        batch,
        chosen,
        built,
        reason=reason,
        analysis=analysis,
        evidence=evidence or PhaseEvidence.NONE,
    )


def check_words(phase: str, structure: str) -> None:
    """Refuse a phase or structure that is not in the vocabulary."""
    if phase not in Phase.values:
        raise Refusal(
            f"{phase[:60]!r} is no phase; known: {', '.join(Phase.values)}.", field="phase"
        )
    if structure and structure not in Structure.values:
        known = ", ".join(Structure.values)
        raise Refusal(f"{structure[:60]!r} is no structure; known: {known}.", field="structure")


def check_evidence(phase: str, evidence: str, confidence: float | None) -> None:
    """Refuse evidence that is not known, or cannot be of this phase, and a confidence that is no share."""
    if evidence not in PhaseEvidence.values:
        known = ", ".join(one for one in PhaseEvidence.values if one != PhaseEvidence.XRD)
        raise Refusal(f"{evidence[:60]!r} is no evidence; known: {known}.", field="evidence")
    if evidence == PhaseEvidence.XRD:
        raise Refusal(
            "XRD analysed here is evidence once its analysis is accepted: accept that, or say xrd_elsewhere.",
            field="evidence",
        )
    if evidence == PhaseEvidence.NO_PRODUCT and phase != Phase.FAILED:
        raise Refusal("Where nothing could be collected, the phase is failed.", field="evidence")
    if confidence is not None and not (math.isfinite(confidence) and 0 < confidence <= 1):
        raise Refusal(
            "Say the confidence as a share above 0 and up to 1, for example 0.9.",
            field="confidence",
        )


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
    by: Any,
    batch: Batch,
    phase: str,
    structure: str,
    *,
    reason: str,
    evidence: str,
    analysis: Analysis | None = None,
    confidence: float | None = None,
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
        evidence=evidence,
        confidence=confidence,
        reason=reason,
        accepted_by=by,
    )
    if current is not None and (current.phase, current.structure) == (phase, structure):
        current.structure_evidence.filter(withdrawn_at=None).update(phase_assignment=assignment)
    score_batch(batch)
    if assignment.has_evidence or (current is not None and current.has_evidence):
        ask_to_learn(batch.project)
    return assignment
