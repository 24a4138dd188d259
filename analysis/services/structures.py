"""How sure the structure of a batch is: evidence that the notebook offers, and a person names or withdraws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from analysis.confirmation import CONFIRMS, PARTS
from analysis.models import Analysis, Measurement, PhaseAssignment, StructureEvidence
from analysis.models.outcome import Part, Verdict
from analysis.services.lists import counting, light_analyses
from analysis.services.subjects import lock_subject
from analysis.services.witnesses import is_looked_at, is_sound, verdict_of, witness_in
from labnotebook.records.history import recorded
from labnotebook.records.permissions import require_editor
from labnotebook.records.reasons import check_reason
from labnotebook.records.refusals import Refusal, WrongState
from synthesis.models import Batch

LONGEST_NOTE = 300
# Evidence that counts: of a phase that holds, and not taken back.
STANDS = Q(withdrawn_at=None, phase_assignment__superseded_at=None)

# What a page shows of the evidence of a phase, in one query.
EVIDENCE = Prefetch(
    "structure_evidence",
    StructureEvidence.objects.select_related("measurement__file", "analysis", "named_by").defer(
        "analysis__reading", "analysis__result"
    ),
)


def name_evidence(
    *,
    by: Any,
    batch: Batch,
    part: str,
    verdict: str,
    analysis: Analysis | None = None,
    measurement: Measurement | None = None,
    note: str = "",
) -> StructureEvidence:
    """Say that a file of the batch confirms a part of its structure, or speaks against it.

    Of XPS and EDS that is a finished run, which must say the same; of a micrograph the file, with a note on
    what it shows. Naming the same again changes nothing; with other words it is refused.
    """
    require_editor(by, batch.project)
    _check_words(part, verdict, note)
    if (analysis is None) == (measurement is None):
        raise Refusal(
            "Name one piece of evidence: a run of XPS or EDS, or a micrograph.", field="measurement"
        )
    file = analysis.measurement if analysis is not None else measurement
    assert file is not None
    what = _named(file, analysis)
    with recorded(by, note.strip() or f"{what} {Verdict(verdict).label} the {Part(part).label}"):
        if analysis is not None:
            analysis.lock()  # before the batch, as in accepting and rejecting it
        lock_subject(batch)
        file.refresh_from_db(fields=["technique"])  # only changed by who holds the batch
        assignment = _assignment_with(batch, part)
        if file.batch_id != batch.pk:
            raise Refusal(
                f"{what} is not of {batch.code}. Upload it there, if it is.", field="measurement"
            )
        if analysis is not None:
            _check_run(file, analysis, part, verdict)
        else:
            _check_picture(file, part, note)
        standing = _standing(assignment, part)
        same = next((one for one in standing if one.measurement_id == file.pk), None)
        run = analysis.pk if analysis else None
        if (
            same is not None
            and (same.verdict, same.analysis_id) == (verdict, run)
            and note.strip() in ("", same.note)
        ):
            return same
        _check_agreement(standing, same, part, verdict)
        return StructureEvidence.objects.create(
            project=batch.project,
            phase_assignment=assignment,
            part=part,
            verdict=verdict,
            measurement=file,
            analysis=analysis,
            note=note.strip(),
            named_by=by,
        )


def withdraw_evidence(*, by: Any, evidence: StructureEvidence, reason: str) -> StructureEvidence:
    """Take named evidence back, with a reason; the part is then as sure as what else stands makes it."""
    require_editor(by, evidence.project)
    reason = check_reason(reason, "Say why it is withdrawn.", field="reason")
    if len(reason) > LONGEST_NOTE:
        raise Refusal(f"Say it in at most {LONGEST_NOTE} characters.", field="reason")
    with recorded(by, reason):
        lock_subject(evidence.phase_assignment.batch)
        evidence = evidence.lock()
        if evidence.withdrawn_at is not None:
            raise WrongState("This evidence is withdrawn already.")
        evidence.set_fields(withdrawn_at=timezone.now(), withdrawn_reason=reason)
    return evidence


def withdraw_with_run(run: Analysis, reason: str) -> None:
    """Withdraw what a rejected run was named for, in the caller's transaction."""
    run.structure_evidence.filter(withdrawn_at=None).update(
        withdrawn_at=timezone.now(),
        withdrawn_reason=f"analysis v{run.number} was rejected: {reason}",
    )


def withdraw_what_differs(run: Analysis) -> None:
    """Withdraw what earlier runs of the same scan were named for, where the accepted one does not say it too.

    The same rule as for naming: the run that counts must say it. Runs in the caller's transaction, with the
    subject locked.
    """
    witness = witness_in(run.measurement)
    said = witness.verdict((run.result or {}).get("detail")) if witness else ""
    others = StructureEvidence.objects.filter(
        analysis__measurement=run.measurement_id, analysis__scan=run.scan, withdrawn_at=None
    )
    others.exclude(analysis=run).exclude(verdict=said).update(
        withdrawn_at=timezone.now(),
        withdrawn_reason=f"analysis v{run.number} of the same file was accepted and does not say so",
    )


def _check_words(part: str, verdict: str, note: str) -> None:
    if part not in Part.values:
        raise Refusal(
            f"{part[:60]!r} is no part of a structure; known: {', '.join(Part.values)}.",
            field="part",
        )
    if verdict not in Verdict.values:
        raise Refusal(
            f"{verdict[:60]!r} is no verdict; known: {', '.join(Verdict.values)}.", field="verdict"
        )
    if len(note.strip()) > LONGEST_NOTE:
        raise Refusal(f"Keep the note within {LONGEST_NOTE} characters.", field="note")


def _assignment_with(batch: Batch, part: str) -> PhaseAssignment:
    """Return the phase that stands, when its structure has this part."""
    found = PhaseAssignment.objects.filter(batch=batch, superseded_at=None).first()
    if found is None:
        raise WrongState(
            f"Nobody has said yet which phase {batch.code} is. Accept its XRD, or say the phase first."
        )
    if part not in PARTS.get(found.structure, ()):
        said = found.get_structure_display() or "not known"
        raise WrongState(
            f"The structure of {batch.code} is {said}: no {Part(part).label} is expected. If there is"
            " one, say phase and structure anew, with the evidence."
        )
    return found


def _named(file: Measurement, run: Analysis | None) -> str:
    return f"{file.technique_title}, {file.file.name}" + (f" v{run.number}" if run else "")


def _check_run(file: Measurement, analysis: Analysis, part: str, verdict: str) -> None:
    """Refuse a run that is not sound, cannot say this of this part, or says otherwise."""
    what, witness = _named(file, analysis), witness_in(file)
    if witness is None or not witness.key:
        raise Refusal(
            f"{what} says nothing of calcium by itself. Runs of XPS (Ca 2p) and EDS do; of a micrograph"
            " name the file, with a note on what it shows.",
            field="analysis",
        )
    if part not in witness.parts:
        raise Refusal(
            f"{file.technique_title} says nothing of the {Part(part).label}: {witness.proves}",
            field="part",
        )
    runs = list(light_analyses().filter(measurement=file, scan=analysis.scan))
    run = next(one for one in runs if one.pk == analysis.pk)
    if not is_sound(run):
        state = "rejected" if run.rejected_at else "not finished"
        raise Refusal(f"{what} is {state}: it is no evidence.", field="analysis")
    counts = counting(runs) or run
    for one in (run, counts):
        said = verdict_of(witness, one)
        if said != verdict:
            found = {CONFIRMS: f"found {witness.found}", "": f"says nothing of {witness.found}"}
            words = found.get(said, f"found no {witness.found}")
            raise Refusal(
                f"{_named(file, one)} {words}: it does not"
                f" {'confirm' if verdict == CONFIRMS else 'speak against'} the {Part(part).label}.",
                field="verdict",
            )


def _check_picture(file: Measurement, part: str, note: str) -> None:
    """Refuse a file that is no picture, and a picture of which nobody says what it shows."""
    if not is_looked_at(file):
        raise Refusal(
            f"{_named(file, None)} is no micrograph; if it is one, correct its technique. Of XPS and EDS"
            " name the run (analysis) that found calcium or did not.",
            field="measurement",
        )
    if not note.strip():
        raise Refusal(
            f"Say what the picture shows of the {Part(part).label}, for example “3 nm rim, fringes 0.35 nm”.",
            field="note",
        )


def _standing(assignment: PhaseAssignment, part: str) -> list[StructureEvidence]:
    rows = assignment.structure_evidence.filter(part=part, withdrawn_at=None)
    return list(rows.select_related("measurement__file"))


def _check_agreement(
    standing: Sequence[StructureEvidence], same: StructureEvidence | None, part: str, verdict: str
) -> None:
    """Refuse to name a file twice, and evidence against what stands: the person decides which is to go."""
    other = next((one for one in standing if one.verdict != verdict), same)
    if other is None:
        return
    words = f", with “{other.note}”" if other.note else ""
    raise WrongState(
        f"{_named(other.measurement, None)} {Verdict(other.verdict).label} the {Part(part).label}"
        f" already{words}. Withdraw that first, with a reason."
    )
