"""How sure the structure of a batch is, in words for its page: each part, its evidence, and what is offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from analysis.confirmation import CONFIRMS, CONTRADICTED, PARTS
from analysis.forms import EvidenceForm
from analysis.models import Analysis, Measurement, PhaseAssignment, StructureEvidence
from analysis.models.outcome import Part
from analysis.services.phases import rule_for
from analysis.services.structures import EVIDENCE
from analysis.services.witnesses import Offer, may_say, micrographs, offers, witness_of
from labnotebook.records.pages import fresh_key
from synthesis.models import Batch

MATERIALS = {"seed": "CaIx seed", "shell": "CaI2 shell"}  # where the paper's rule gives the part


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """A file that was named, or that could be."""

    measurement: int
    words: str
    summary: str
    row: StructureEvidence | None = None  # named already
    offer: Offer | None = None
    button: str = ""
    key: str = field(default_factory=fresh_key)  # of the form that names or withdraws it


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part with its level, what was named, what is offered, and what that evidence cannot say."""

    name: str
    level: str
    named: tuple[EvidenceShown, ...]
    offered: tuple[EvidenceShown, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StructureShown:
    """A structure with its level and parts; ``form`` names a micrograph, None where there is none."""

    name: str
    written: str  # what it is made of, "" where no rule says it
    level: str
    by_rule: bool  # it is what the rule gives for the plan as it is now; who said it, nobody kept
    why: str
    parts: tuple[PartShown, ...]
    form: EvidenceForm | None


def structure_shown(
    batch: Batch,
    phase: PhaseAssignment | None,
    measurements: Sequence[Measurement],
    form: EvidenceForm | None = None,
) -> StructureShown | None:
    """Return it, of files read by `with_analyses`; None while nobody has said a structure."""
    if phase is None or not phase.structure:
        return None
    rule = rule_for(batch, phase.phase)
    by_rule = rule is not None and rule.structure == phase.structure
    names = PARTS.get(phase.structure, ())
    found = offers(phase, measurements) if names else []
    pictures = [(one.pk, one.file.name) for one in micrographs(measurements)] if names else []
    parts = tuple(
        _part(one["part"], one["level"], phase.standing_evidence, found, by_rule)
        for one in phase.structure_parts
    )
    return StructureShown(
        name=phase.get_structure_display(),
        written=rule.written if rule is not None and by_rule else "",
        level=phase.structure_level,
        by_rule=by_rule,
        why=_why(phase),
        parts=parts,
        form=(form or EvidenceForm()).among(names, pictures) if pictures else None,
    )


def structure_beside(measurement: Measurement) -> StructureShown | None:
    """Return the structure of the batch that a file may be evidence of; None where it says nothing of one."""
    if measurement.batch is None or not may_say(measurement):
        return None
    rows = PhaseAssignment.objects.filter(batch=measurement.batch_id, superseded_at=None)
    phase = rows.prefetch_related(EVIDENCE).first()
    return structure_shown(measurement.batch, phase, [measurement])


def named_words(file: Measurement, run: Analysis | None) -> str:
    """Return a file as evidence is named: technique, file, number of the run."""
    words = f"{file.technique_title}, {file.file.name}"
    return f"{words} v{run.number}" if run else words


def _why(phase: PhaseAssignment) -> str:
    if phase.structure_level == CONTRADICTED:
        return _("What was named speaks against it. If you agree, say phase and structure anew.")
    if phase.structure == "alloy":
        return _("No evidence that can be named here tells an alloy from calcium beside CsPbI3.")
    if phase.structure == "core_only":
        return _("No seed and no shell are expected, so there is nothing to confirm.")
    return ""


def _part(
    part: str,
    level: str,
    standing: Iterable[StructureEvidence],
    found: Iterable[Offer],
    by_rule: bool,
) -> PartShown:
    label = MATERIALS[part] if by_rule else str(Part(part).label)
    rows = [one for one in standing if one.part == part]
    open_offers = [one for one in found if one.part == part]
    witnesses = [witness_of(row.measurement) for row in rows] + [one.witness for one in open_offers]
    return PartShown(
        name=label,
        level=level,
        named=tuple(_named(row) for row in rows),
        offered=tuple(_offered(one, label) for one in open_offers),
        limits=tuple(dict.fromkeys(one.proves for one in witnesses)),
    )


def _named(row: StructureEvidence) -> EvidenceShown:
    what = named_words(row.measurement, row.analysis)
    words = (
        _("confirmed by %(what)s") if row.verdict == CONFIRMS else _("%(what)s speaks against it")
    ) % {"what": what}
    return EvidenceShown(row.measurement_id, words, row.note, row=row)


def _offered(offer: Offer, label: str) -> EvidenceShown:
    words = {
        "what": named_words(offer.measurement, offer.run),
        "found": offer.witness.found,
        "part": label,
    }
    if offer.verdict == CONFIRMS:
        said = _("%(what)s found %(found)s. Does it confirm the %(part)s?") % words
        button = _("Confirm the %(part)s") % words
    else:
        said = _("%(what)s found no %(found)s. Does that speak against the %(part)s?") % words
        button = _("Say that it speaks against the %(part)s") % words
    summary = offer.run.light["summary"] or ""
    return EvidenceShown(offer.measurement.pk, said, summary, offer=offer, button=button)
