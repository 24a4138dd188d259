"""The bench: what was really weighed, done and seen."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Q
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from labnotebook.records.refusals import Refusal
from labnotebook.records.views.current import may_write
from synthesis.models import Batch, Deviation, Material
from synthesis.services.bench import UNITS, record_events
from synthesis.views.batches import find_batch, lines_of

WORDS = {
    "temperature_c": "Temperature",
    "duration_s": "Duration",
    "speed_rpm": "Speed",
    "volume_ml": "Volume",
    "pressure_pa": "Pressure",
    "thickness_nm": "Thickness",
    "repeats": "Repeats",
}
ENTRY_FIELDS = ("id", "kind", "target", "reason", "at", "old")


@require_safe
def bench(request: HttpRequest, code: str) -> HttpResponse:
    """Show what there is to record, in the order of the recipe."""
    return render(request, "synthesis/bench_page.html", _context(request, find_batch(request, code)))


def _context(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    lines = lines_of(batch)
    steps = batch.step_runs.annotate(
        numbers=JSONBAgg(
            JSONObject(
                name="parameters__name",
                planned="parameters__planned_value",
                actual="parameters__actual_text",
            ),
            filter=Q(parameters__isnull=False),
            default=[],
        )
    ).order_by("position")
    bottles = Material.objects.visible_to(request.user).select_related("chemical", "recipe")[:500]
    stages: dict[str, dict[str, list[Any]]] = {}
    for line in lines:
        stages.setdefault(line.addition.stage, {"lines": [], "steps": []})["lines"].append(
            (line, _fitting(batch, line.addition.key, bottles), uuid.uuid4())
        )
    for step in steps:
        numbers = [
            {**n, "word": WORDS.get(n["name"], n["name"]), "unit": UNITS.get(n["name"], ""), "id": uuid.uuid4()}
            for n in step.numbers
        ]
        stages.setdefault(step.stage, {"lines": [], "steps": []})["steps"].append((step, numbers, uuid.uuid4()))
    effective = (batch.composition or {}).get("effective", {}).get("ratio_ca_pb")
    return {
        "batch": batch,
        "recipe": batch.recipe_version.recipe,
        "stages": list(stages.items()),
        "ratio": effective,
        "nominal": (batch.composition or {}).get("ratios", {}).get("ratio_ca_pb"),
        "appearances": Batch.Appearance.choices,
        "deviation_kinds": Deviation.Kind.choices,
        "ids": {name: uuid.uuid4() for name in ("seen", "humidity", "note", "deviation")},
        "may_write": may_write(request, batch.project_id),
        "section": "batches",
    }


def _fitting(batch: Batch, key: str, bottles: Any) -> list[Material]:
    """Return the bottles that may be what goes in here."""
    planned = next((r for r in batch.plan["reagents"] if r["key"] == key), {})
    chemical, stock = planned.get("chemical"), planned.get("stock")
    return [
        m
        for m in bottles
        if (m.chemical_id and m.chemical.slug == chemical) or (m.recipe_id and m.recipe.slug == stock)
    ]


@require_POST
def batch_events(request: HttpRequest, code: str) -> HttpResponse:
    """Take bench entries: a JSON list from the tablet's queue, or one entry from a form."""
    batch = find_batch(request, code)
    if request.content_type == "application/json":
        return _queue(request, batch)
    entry = {name: request.POST[name] for name in ENTRY_FIELDS if request.POST.get(name)}
    entry["value"] = _value(request)
    refused = ""
    try:
        taken = record_events(by=request.user, batch=batch, events=[entry])
    except Refusal as refusal:
        refused = refusal.sentence
    else:
        refused = " ".join(r["message"] for r in taken.refused)
        for remark in taken.remarks:
            messages.warning(request, remark["message"])
    batch = find_batch(request, code)
    if not request.htmx:
        if refused:
            messages.error(request, refused)
        return redirect(f"{reverse('synthesis:bench', args=[code])}#{request.POST.get('anchor', '')[:40]}")
    context = _context(request, batch) | {
        "refused": refused,
        "refused_at": (request.POST.get("kind", ""), request.POST.get("target", "")),
        "refused_value": request.POST.get("value", ""),
    }
    return render(request, "synthesis/_bench.html", context, status=422 if refused else 200)


def _value(request: HttpRequest) -> Any:
    """Return the value of a form entry: plain text, or the parts that the form has."""
    parts = {
        name.removeprefix("value_"): text
        for name, text in request.POST.items()
        if name.startswith("value_") and text
    }
    if request.POST.get("kind") == "weighing" and parts.get("lot"):
        return {"text": request.POST.get("value", ""), "lot": parts["lot"]}
    return parts or request.POST.get("value", "")


def _queue(request: HttpRequest, batch: Batch) -> JsonResponse:
    try:
        events = json.loads(request.body)
        if not isinstance(events, list):
            raise Refusal("Send a list of entries.")
        taken = record_events(by=request.user, batch=batch, events=events)
    except (ValueError, RecursionError):
        return JsonResponse({"detail": "This is not JSON."}, status=400)
    except Refusal as refusal:
        return JsonResponse({"detail": refusal.sentence}, status=refusal.status)
    body = {"accepted": taken.accepted, "refused": taken.refused, "remarks": taken.remarks}
    return JsonResponse(body, status=200 if taken.accepted or not taken.refused else 400)
