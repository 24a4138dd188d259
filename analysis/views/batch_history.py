"""The words for what was measured of a batch: files, analyses, accepted and typed numbers, the phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from analysis.confirmation import CONFIRMS
from analysis.models import (
    Analysis,
    Forecast,
    Guess,
    Measurement,
    Outcome,
    PhaseAssignment,
    StructureEvidence,
)
from analysis.models.outcome import Part, Phase, PhaseEvidence, Structure
from analysis.quantities import short_label
from analysis.techniques.registry import TECHNIQUES
from labnotebook.records.models import Revision, StoredFile
from labnotebook.records.presentation.numbers import format_quantity
from labnotebook.records.services.telling import Said, Step, Teller
from synthesis.models import Batch

UPLOADED = "measurement uploaded"  # why the first analysis of a file is made
ACCEPTED = "analysis accepted"  # why, when the person gave no reason
WORDS = {  # of the short labels that say too little alone
    "pl_peak_nm": "PL peak",
    "pl_fwhm_nm": "PL FWHM",
}


def records_of(batch: Batch) -> list[Model]:
    """Return the rows whose changes are told."""
    return [
        *Measurement.objects.filter(batch=batch),
        *Analysis.objects.filter(measurement__batch=batch).defer("reading", "result"),
        *Outcome.objects.filter(batch=batch),
        *PhaseAssignment.objects.filter(batch=batch),
        *StructureEvidence.objects.filter(phase_assignment__batch=batch),
        *Forecast.objects.filter(batch=batch),
        *Guess.objects.filter(batch=batch),
    ]


def tellers_of(revisions: Sequence[Revision]) -> Mapping[str, Teller]:
    """Return who tells of each table; the names of files are looked up once for all."""
    measurements = {
        r.row["id"]: r.row for r in revisions if r.table_name == Measurement._meta.db_table
    }
    names = dict(
        StoredFile.objects.filter(pk__in={row["file_id"] for row in measurements.values()})
        .order_by("pk")
        .values_list("pk", "name")
    )
    words = _Words(measurements, names)
    tellers: dict[Any, Teller] = {
        Measurement: words.measurement,
        Analysis: words.analysis,
        Outcome: words.outcome,
        PhaseAssignment: _phase,
        StructureEvidence: words.structure,
        Forecast: _forecast,
        Guess: _guess,
    }
    return {model._meta.db_table: teller for model, teller in tellers.items()}


class _Words:
    """What files, analyses and numbers are called; the numbers are followed, as one takes another's place."""

    def __init__(
        self, measurements: Mapping[int, Mapping[str, Any]], names: Mapping[int, str]
    ) -> None:
        self.measurements, self.names = measurements, names
        self.standing: dict[str, str] = {}

    def measurement(self, step: Step) -> Iterable[Said]:
        """Tell of one file."""
        if step.operation == "insert":
            name = self.names.get(step.new["file_id"], "")
            tail = f", {name}" if name else ""
            yield Said(_("uploaded"), _technique(step.new), tail, key="uploaded")
        elif step.changed("conditions", "instrument", "performed_at"):
            yield Said(_("said more about"), _technique(step.new))

    def analysis(self, step: Step) -> Iterable[Said]:
        """Tell of one run."""
        new = step.new
        run = _("%(technique)s, analysis %(n)d") % {
            "technique": _technique(self.measurements.get(new["measurement_id"], {})),
            "n": new["number"],
        }
        if step.operation == "insert":
            if step.reason != UPLOADED:
                yield Said(_("asked for"), run)
            return
        if step.changed("state"):
            if new["state"] == Analysis.State.DONE:
                yield Said(_("read"), run)
            elif new["state"] == Analysis.State.FAILED:
                yield Said(_("could not read"), run, f": {new['failure']}")
        if step.changed("rejected_at") and new.get("rejected_at"):
            yield Said(_("rejected"), run, f": {new['rejected_reason']}")
        elif step.changed("accepted_at") and new.get("accepted_at"):
            yield Said(_("accepted"), run, reason="" if step.reason == ACCEPTED else step.reason)

    def outcome(self, step: Step) -> Iterable[Said]:
        """Tell of one number that stands."""
        new = step.new
        if step.operation != "insert":
            return
        name = WORDS.get(new["quantity"]) or short_label(new["quantity"], new["label"])
        value = format_quantity(
            new["value"],
            new.get("uncertainty"),
            new["unit"],
            low=new.get("low"),
            high=new.get("high"),
        ).text
        before = self.standing.get(new["quantity"], "")
        self.standing[new["quantity"]] = value
        instead = _(" instead of %(before)s") % {"before": before} if before else ""
        if new.get("analysis_id"):
            yield Said(_("accepted"), f"{name} {value}{instead}", key="accepted")
            return
        note = f": {new['note']}" if new.get("note") else ""
        yield Said(_("typed"), f"{name} {value}{instead}", note)

    def structure(self, step: Step) -> Iterable[Said]:
        """Tell of a file that was named for or against a part of the structure."""
        new = step.new
        measurement = self.measurements.get(new["measurement_id"], {})
        what = ", ".join(
            filter(None, (_technique(measurement), self.names.get(measurement.get("file_id", 0))))
        )
        part = Part(new["part"]).label
        if step.operation == "insert":
            said = _("confirmed") if new["verdict"] == CONFIRMS else _("spoke against")
            note = f": {new['note']}" if new.get("note") else ""
            yield Said(
                said, _("the %(part)s by %(what)s") % {"part": part, "what": what}, note, reason=""
            )
        elif step.changed("withdrawn_at") and new.get("withdrawn_at"):
            words = _("%(what)s as evidence of the %(part)s") % {"part": part, "what": what}
            yield Said(_("withdrew"), words, f": {new['withdrawn_reason']}", reason="")


def _technique(row: Mapping[str, Any]) -> str:
    technique = row.get("technique", "")
    known = TECHNIQUES.get(technique)
    return known.title if known else technique.replace("_", " ")


def _phase(step: Step) -> Iterable[Said]:
    new = step.new
    if step.operation != "insert":
        return
    structure = f", {Structure(new['structure']).label}" if new.get("structure") else ""
    named = new.get("evidence", PhaseEvidence.NONE)
    if new.get("analysis_id"):
        evidence = _(", on the XRD")
    elif named != PhaseEvidence.NONE:
        evidence = f", {PhaseEvidence(named).label}"
    else:
        evidence = ""
    why = f": {new['reason']}" if new.get("reason") else ""
    yield Said(_("said that it is"), f"{Phase(new['phase']).label}{structure}", f"{evidence}{why}")


def _forecast(step: Step) -> Iterable[Said]:
    chances = (step.new.get("result") or {}).get("phase") or {}
    if not chances or not step.changed("result"):
        return
    values = {name: chance["value"] for name, chance in chances.items()}
    yield Said(_("froze the forecast:"), tail=_likeliest(values))


def _guess(step: Step) -> Iterable[Said]:
    if step.operation == "insert":
        note = f": {step.new['note']}" if step.new.get("note") else ""
        yield Said(_("expected"), tail=f"{_likeliest(step.new['chances'])}{note}", reason="")


def _likeliest(chances: Mapping[str, float]) -> str:
    phase = max(chances, key=lambda name: chances[name])
    words = {"phase": Phase(phase).label, "chance": f"{chances[phase]:.2f}"}
    return _(" %(phase)s with %(chance)s") % words
