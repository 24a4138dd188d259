"""The bench: what was really weighed, done and seen."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import may_write
from synthesis.models import Batch, BenchEvent, Deviation, Instrument, Material
from synthesis.services.bench import record_events, shown
from synthesis.services.cautions import BottleWatch, Needed
from synthesis.services.instruments import usual_instrument
from synthesis.services.operations import lab_operations
from synthesis.views.batch_lines import Line, lines_of
from synthesis.views.batch_log import Number, Step, steps_of, still_open
from synthesis.views.batch_ratios import leading_words
from synthesis.views.batches import find_batch, find_story

ENTRY_FIELDS = ("id", "kind", "target", "reason", "at")
MOST_BOTTLES = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One form of the bench: its own id, what the person saw in it, and what went wrong with it."""

    kind: str
    target: str
    old: str = ""
    error: str = ""
    typed: str | None = None  # what was refused, to be mended
    reason: str = ""
    lot: str = ""
    remarks: tuple[str, ...] = ()
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def key(self) -> str:
        """A name for the form that stays the same from view to view."""
        return f"{self.kind}-{self.target}".replace(".", "-").replace("_", "-").rstrip("-")


@dataclass(frozen=True, slots=True)
class Weighing:
    """One reagent to weigh."""

    line: Line
    field: Field
    skip: Field
    bottles: list[Material]
    instruments: list[Instrument]
    usual: Instrument | None  # what measures when nobody says
    cautions: list[str]  # about the bottle that is planned for it

    @property
    def key(self) -> str:
        """The anchor of this entry."""
        return f"a-{self.line.addition.key}"

    @property
    def instrument(self) -> str:
        """The code of what it was measured with, or would be."""
        measured = self.line.addition.instrument or self.usual
        return measured.code if measured else ""


@dataclass(frozen=True, slots=True)
class Doing:
    """One step to do."""

    step: Step
    start: Field
    finish: Field
    skip: Field
    seen: Field
    numbers: list[tuple[Number, Field]]

    @property
    def key(self) -> str:
        """The anchor of this entry."""
        return f"s-{self.step.run.key}"


@dataclass(slots=True)
class Stage:
    """What belongs to one stage of the recipe."""

    name: str
    weighings: list[Weighing] = field(default_factory=list)
    doings: list[Doing] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether the bench said something about all of it."""
        return not any(w.line.is_open for w in self.weighings) and not any(
            d.step.is_open for d in self.doings
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """The entry that a form just sent, when it was refused or asks for a look."""

    kind: str = ""
    target: str = ""
    typed: str = ""
    reason: str = ""
    lot: str = ""
    error: str = ""
    remarks: tuple[str, ...] = ()


@require_safe
def bench(request: HttpRequest, code: str) -> HttpResponse:
    """Show what there is to record, in the order of the recipe."""
    context = _context(request, find_story(request, code), Sent())
    return render(request, "synthesis/bench_page.html", context)


def _context(request: HttpRequest, batch: Batch, sent: Sent) -> dict[str, Any]:
    lines, steps = lines_of(batch), steps_of(batch)
    newest = _newest(batch)

    def field_of(kind: str, target: str = "") -> Field:
        old = newest.get((kind, target), "")
        if (sent.kind, sent.target) != (kind, target):
            return Field(kind, target, old)
        typed = sent.typed if sent.error else None
        return Field(
            kind, target, old, sent.error, typed, sent.reason, sent.lot, remarks=sent.remarks
        )

    parts = [*lines, *steps]
    empty = sum(part.is_open or part.stays_empty for part in parts)
    return {
        "batch": batch,
        "recipe": batch.recipe_version.recipe,
        "stages": _stages(
            batch,
            lines,
            steps,
            _bottles(request, batch),
            list(Instrument.objects.in_use()),
            field_of,
        ),
        **leading_words(batch, lines),
        "recorded": len(parts) - empty,
        "total": len(parts),
        "missing": still_open(lines, steps),
        "appearances": Batch.Appearance.choices,
        "deviation_kinds": Deviation.Kind.choices,
        "deviations": batch.open_deviations,
        "seen": None
        if any(step.run.operation == "observe" for step in steps)
        else field_of("observation"),
        "humidity": field_of("condition", "humidity_percent"),
        "note": field_of("note"),
        "deviation": field_of("deviation"),
        "added": field_of("weighing"),
        "begun": field_of("step_start"),
        "shelf": Material.objects.visible_to(request.user).order_by("name", "pk")[:MOST_BOTTLES],
        "operations": list(lab_operations()),
        "elsewhere": sent.error if not sent.kind else "",
        "may_write": may_write(request, batch.project_id) and batch.is_open,
        "needs_reason": batch.state == Batch.State.MADE,
        "section": "batches",
    }


def _newest(batch: Batch) -> dict[tuple[str, str], str]:
    """Return what each field shows: the value of its newest entry."""
    rows = (
        BenchEvent.objects.filter(batch=batch)
        .order_by("kind", "target", "-received_at", "-pk")
        .distinct("kind", "target")
    )
    return {(event.kind, event.target): shown(event.value) for event in rows}


def _bottles(request: HttpRequest, batch: Batch) -> list[Material]:
    """Return the bottles that may go into this flask."""
    chemicals = [r["chemical"] for r in batch.plan["reagents"] if r.get("chemical")]
    stocks = [r["stock"] for r in batch.plan["reagents"] if r.get("stock")]
    rows = Material.objects.visible_to(request.user).fitting(chemicals, stocks)
    return list(rows.select_related("chemical", "recipe", "aliquot_of")[:MOST_BOTTLES])


def _stages(
    batch: Batch, lines: list[Line], steps: list[Step], bottles, instruments, field_of
) -> list[Stage]:
    planned = {r["key"]: r for r in batch.plan["reagents"]}
    cautions = _cautions(batch, lines, bottles)
    stages: dict[str, Stage] = {}
    for line in lines:
        key = line.addition.key
        wants = planned.get(key, {})
        fitting = [
            m
            for m in bottles
            if (m.chemical_id and m.chemical.slug == wants.get("chemical"))
            or (m.recipe_id and m.recipe.slug == wants.get("stock"))
            or m.pk == line.addition.material_id
        ]
        stage = stages.setdefault(line.addition.stage, Stage(line.addition.stage))
        kind = Instrument.Kind.measuring(line.addition.unit)
        usual = usual_instrument(batch.plan["balance"], kind, instruments)
        measuring = [one for one in instruments if one.kind == kind]
        stage.weighings.append(
            Weighing(
                line,
                field_of("weighing", key),
                field_of("skip", key),
                fitting,
                measuring,
                usual,
                cautions.get(key, []),
            )
        )
    for step in steps:
        key = step.run.key
        numbers = [(n, field_of("parameter", f"{key}.{n.name}")) for n in step.numbers]
        doing = Doing(
            step,
            *(field_of(kind, key) for kind in ("step_start", "step_finish", "skip", "observation")),
            numbers,
        )
        stages.setdefault(step.run.stage, Stage(step.run.stage)).doings.append(doing)
    return list(stages.values())


def _cautions(batch: Batch, lines: list[Line], bottles: list[Material]) -> dict[str, list[str]]:
    """Say by reagent which bottle is past its date, or holds less than is still to be taken from it."""
    by_pk = {bottle.pk: bottle for bottle in bottles}
    waiting = [
        line.addition
        for line in lines
        if line.is_open and batch.is_open and line.addition.material_id in by_pk
    ]
    chosen = {one.key: by_pk[one.material_id] for one in waiting}
    needed = {
        one.key: Needed(one.planned_value, one.unit)
        for one in waiting
        if one.planned_value is not None
    }
    watch = BottleWatch(chosen.values(), timezone.localdate(), batch=batch)
    said: dict[str, list[str]] = {}
    for caution in watch.cautions(chosen, needed):
        said.setdefault(caution.key, []).append(caution.message)
    return said


@require_POST
def batch_events(request: HttpRequest, code: str) -> HttpResponse:
    """Take bench entries: a JSON list from a tablet's queue, or one entry from a form."""
    batch = find_batch(request, code)
    if request.content_type == "application/json":
        return _queue(request, batch)
    sent = _take(request, batch)
    if not request.htmx and not sent.error:
        for remark in sent.remarks:
            messages.warning(request, remark)
        anchor = "".join(c for c in request.POST.get("anchor", "")[:60] if c.isalnum() or c in "-_")
        return redirect(f"{reverse('synthesis:bench', args=[code])}#{anchor}")
    # Refused: the same page again, with what was typed still in its field.
    context = _context(request, find_story(request, code), sent)
    template = "synthesis/_bench.html" if request.htmx else "synthesis/bench_page.html"
    return render(request, template, context, status=422 if sent.error else 200)


def _take(request: HttpRequest, batch: Batch) -> Sent:
    """Record the entry of one form; return what the page has to say about it."""
    entry: dict[str, Any] = {n: request.POST[n] for n in ENTRY_FIELDS if request.POST.get(n)}
    entry["value"] = _value(request)
    if "old" in request.POST:
        entry["old"] = request.POST["old"]
    is_empty = not request.POST.get("value", "").strip()
    if entry.get("kind") in ("weighing", "parameter") and is_empty and entry.get("old"):
        # An emptied field: what was recorded there is taken back.
        entry |= {"kind": "withdraw", "value": None}
        entry.pop("old")
    elif entry.get("kind") == "weighing" and is_empty and request.POST.get("value_lot"):
        # Only the bottle was picked.
        entry |= {"kind": "lot", "value": request.POST["value_lot"]}
        entry.pop("old", None)
    error, remarks = "", ()
    try:
        taken = record_events(by=request.user, batch=batch, events=[entry])
        error = " ".join(r["message"] for r in taken.refused)
        remarks = tuple(r["message"] for r in taken.remarks)
    except Refusal as refusal:
        error = refusal.sentence
    return Sent(
        kind=request.POST.get("kind", ""),
        target=request.POST.get("target", ""),
        typed=request.POST.get("value", request.POST.get("value_sentence", "")),
        reason=request.POST.get("reason", ""),
        lot=request.POST.get("value_lot", ""),
        error=error,
        remarks=remarks,
    )


def _value(request: HttpRequest) -> Any:
    """Return the value of a form entry: plain text, or the parts that the form has."""
    parts = {
        name.removeprefix("value_"): text
        for name, text in request.POST.items()
        if name.startswith("value_") and text
    }
    if request.POST.get("kind") == "weighing" and parts:
        return {"text": request.POST.get("value", ""), **parts}
    return parts or request.POST.get("value", "")


def _queue(request: HttpRequest, batch: Batch) -> JsonResponse:
    try:
        events = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"detail": _("This is not JSON.")}, status=400)
    if not isinstance(events, list):
        return JsonResponse({"detail": _("Send a list of entries.")}, status=400)
    try:
        taken = record_events(by=request.user, batch=batch, events=events)
    except Refusal as refusal:
        return JsonResponse({"detail": refusal.sentence}, status=refusal.status)
    body = {"accepted": taken.accepted, "refused": taken.refused, "remarks": taken.remarks}
    return JsonResponse(body, status=200 if taken.accepted or not taken.refused else 400)
