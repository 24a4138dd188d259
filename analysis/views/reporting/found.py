"""What came out of a batch: files and their numbers, the phase, the forecast, the devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from analysis.models import Analysis, Forecast, Measurement, Outcome, PhaseAssignment
from analysis.models.outcome import Part, Phase, StructureLevel, Verdict
from analysis.pixel_numbers import COUNTED
from analysis.quantities import is_of_the_fit
from analysis.services.lists import best_run, with_analyses
from analysis.services.outcomes import current_outcomes
from analysis.services.phase_evidence import evidence_of
from analysis.services.rates import rates_from
from analysis.services.structures import EVIDENCE
from analysis.services.witnesses import witness_of
from analysis.views.reporting.expected import expected_numbers
from analysis.views.reporting.words import answer, by, day, joined, when
from analysis.views.structure_shown import named_words
from devices.models import Device, Layer, Pixel, standing
from labnotebook.records.presentation.document import Block, Column, Facts, Section, Table, Words
from labnotebook.records.presentation.numbers import UNKNOWN, format_quantity
from synthesis.chemistry.layers import materials_line
from synthesis.models import Batch


def outcomes(batch: Batch) -> Section:
    """Return the numbers that a person stands for, and what follows from them."""
    standing = current_outcomes(batch)
    columns = (
        Column(_("Quantity"), 2),
        Column(_("Value"), 1.6, strong=True),
        Column(_("From"), 2),
        Column(_("Accepted by"), 1.8),
    )
    rows = [_outcome_row(one) for one in standing.values()]
    rows += [
        (one.label, answer(asdict(one)), joined(_("computed from the above"), one.note), UNKNOWN)
        for one in rates_from(standing)
    ]
    table = Table(columns, rows, _("No number was accepted or typed."))
    note = Words(
        _("After ± stands one standard uncertainty; an interval says its level where it was made.")
    )
    return Section(_("Results"), [table, note] if rows else [table])


def phase(batch: Batch) -> Section:
    """Return which phase it is said to be, and on what evidence."""
    said = PhaseAssignment.objects.filter(batch=batch, superseded_at=None)
    found = (
        said.select_related("accepted_by", "analysis__measurement__file", "score")
        .prefetch_related(EVIDENCE)
        .first()
    )
    if found is None:
        return Section(_("Phase"), [Words(evidence_of(batch).words)])
    file = found.analysis.measurement.file.name if found.analysis else ""
    rows = [
        (
            _("Phase"),
            joined(found.get_phase_display(), found.get_structure_display(), between=", "),
        ),
        (
            _("Evidence"),
            joined(
                file and _("XRD, %(file)s") % {"file": file},
                "" if file else found.get_evidence_display(),
                found.reason,
                _("confidence %(share).2f") % {"share": found.confidence}
                if found.confidence
                else "",
            ),
        ),
        (_("Accepted by"), by(found.accepted_by, found.accepted_at)),
    ]
    if not found.structure:
        return Section(_("Phase"), [Facts(rows)])
    rows.append((_("Structure is"), str(StructureLevel(found.structure_level).label)))
    rows += [
        (
            Part(one.part).label,
            joined(
                f"{Verdict(one.verdict).label}: {named_words(one.measurement, one.analysis)}",
                one.note,
                by(one.named_by, one.named_at),
            ),
        )
        for one in found.standing_evidence
    ]
    limits = dict.fromkeys(witness_of(one.measurement).proves for one in found.standing_evidence)
    return Section(_("Phase"), [Facts(rows), *map(Words, limits)])


def measurements(batch: Batch) -> Section:
    """Return every file with its SHA-256, and what the run that counts made of it."""
    columns = (
        Column(_("File"), 1.7),
        Column(_("SHA-256"), 2.2),
        Column(_("Analysis"), 1.6),
        Column(_("Result"), 2.4),
    )
    rows = [
        _measurement_row(one)
        for one in with_analyses(Measurement.objects.filter(batch=batch)).order_by("pk")
    ]
    return Section(_("Measurements"), [Table(columns, rows, _("Nothing was measured."))])


def forecast(batch: Batch) -> Section:
    """Return what the model said before the flask was heated, and how it came out."""
    found = Forecast.objects.filter(batch=batch).prefetch_related("scores").first()
    if found is None or found.state != Forecast.State.DONE:
        why = found.failure if found else ""
        return Section(_("Forecast"), [Words(why or _("There is no forecast for this batch."))])
    chances = found.result["phase"]
    if chances is None:
        return Section(
            _("Forecast"),
            [Words(_("The paper says nothing of this recipe.")), *expected_numbers(batch, found)],
        )
    interval = found.result["model"]["interval_percent"]
    columns = (
        Column(_("Phase"), 1),
        Column(_("Probability (%(n)d %% interval)") % {"n": interval}, 3),
    )
    order = sorted(chances, key=lambda name: -chances[name]["value"])
    said = _("Model %(name)s %(version)s, frozen on %(when)s.") % {
        "name": found.model_name,
        "version": found.model_version,
        "when": when(found.answered_at),
    }
    blocks: list[Block] = [
        Words(said),
        Table(columns, [(str(Phase(name).label), _chance(chances[name])) for name in order]),
    ]
    blocks += [
        Words(
            _("What was found had been given a probability of %(p).2f; log score %(s).2f.")
            % {"p": score.probability, "s": score.log_score}
        )
        for score in list(found.scores.all())[-1:]
    ]
    return Section(_("Forecast"), [*blocks, *expected_numbers(batch, found)])


def devices(user: Any, batch: Batch) -> Section:
    """Return the devices with a layer from this batch, among what the person may see."""
    made = Layer.objects.filter(source_batch=batch).values("device")
    rows = Device.objects.visible_to(user).filter(pk__in=made).order_by("pk")
    rows = rows.select_related("recipe_version__recipe").prefetch_related(
        "pixels", Prefetch("layers", Layer.objects.order_by("index"))
    )
    best = _best(user, rows)
    columns = (
        Column(_("Device"), 0.8),
        Column(_("Layers"), 3),
        Column(_("Built"), 1),
        Column(_("Pixels"), 1.2),
        Column(_("Best EQE"), 1.2, strong=True),
    )
    table = Table(
        columns, [_device_row(one, best) for one in rows], _("No device was made from it.")
    )
    return Section(_("Devices"), [table])


def _outcome_row(one: Outcome) -> Sequence[str]:
    if one.analysis is None:
        origin = _("typed: %(text)s") % {"text": one.typed_text}
    else:
        origin = f"{one.analysis.measurement.technique_title}, {_run(one.analysis)}"
    value = answer(
        {
            name: getattr(one, name)
            for name in ("quantity", "value", "uncertainty", "unit", "low", "high")
        }
    )
    return (
        one.label or one.quantity,
        value,
        joined(origin, one.note),
        by(one.accepted_by, one.accepted_at),
    )


def _measurement_row(one: Measurement) -> Sequence[str]:
    run = best_run(one)
    about = joined(
        f"{one.technique_title}: {one.file.name}",
        one.instrument,
        one.conditions,
        by(one.uploaded_by, one.created_at),
    )
    if run is None:
        return (about, one.file.sha256, UNKNOWN, UNKNOWN)
    if run.state == Analysis.State.FAILED:
        return (about, one.file.sha256, _run(run), run.failure)
    figures = [
        f"{figure['label'] or figure['quantity']} {answer(figure)}"
        for figure in run.light["figures"] or ()
        if figure["value"] is not None and not is_of_the_fit(figure["quantity"])
    ]
    said = run.light["summary"] or UNKNOWN
    return (
        about,
        one.file.sha256,
        joined(_run(run), _decision(run)),
        joined(*figures) if figures and not run.light["phase"] else joined(said, *figures),
    )


def _run(run: Analysis) -> str:
    return joined(run.method, f"v{run.method_version}" * bool(run.method_version), between=" ")


def _decision(run: Analysis) -> str:
    if run.rejected_at:
        return _("rejected: %(why)s") % {"why": run.rejected_reason}
    if run.accepted_at:
        return _("accepted by %(who)s") % {"who": by(run.accepted_by, run.accepted_at)}
    return _("not accepted yet") if run.state == Analysis.State.DONE else run.get_state_display()


def _chance(chance: dict[str, float]) -> str:
    return f"{chance['value']:.2f} ({chance['low']:.2f}–{chance['high']:.2f})"


def _best(user: Any, rows: Any) -> dict[int, Outcome]:
    """Return the best working pixel's efficiency of each device."""
    found = Outcome.objects.visible_to(user).alias(stands=standing("pixel__"))
    found = found.filter(
        quantity="eqe_percent",
        superseded_at=None,
        pixel__device__in=rows,
        stands__in=COUNTED,
    )
    best: dict[int, Outcome] = {}
    for one in found.select_related("pixel").order_by("-value", "pk"):
        best.setdefault(one.pixel.device_id, one)
    return best


def _device_row(device: Device, best: dict[int, Outcome]) -> Sequence[str]:
    pixels = list(device.pixels.all())
    working = sum(pixel.standing_state == Pixel.State.WORKING for pixel in pixels)
    unseen = sum(not pixel.standing_state for pixel in pixels)
    told = _("%(working)d of %(all)d working") % {"working": working, "all": len(pixels)}
    outcome = best.get(device.pk)
    said = UNKNOWN
    if outcome is not None:
        number = format_quantity(outcome.value, outcome.uncertainty, outcome.unit).text
        said = f"{number} ({outcome.pixel.label})"
    layers = materials_line((one.role, one.material_name) for one in device.layers.all())
    return (
        device.code,
        joined(device.called, layers),
        day(device.built_at and device.built_at.date()),
        joined(told, _("%(n)d not looked at") % {"n": unseen} if unseen else "", between=", "),
        said,
    )
