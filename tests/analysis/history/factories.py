"""Rows of every room that the history shows, inserted directly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model

from analysis.models import Analysis, Forecast, HistoryRow, Outcome, PhaseAssignment, Score
from devices.models import Device, Layer, Pixel
from labnotebook.records.history import recorded
from labnotebook.records.models import Job, Membership, Project
from synthesis.models import Batch, Recipe, RecipeVersion

_numbers = count(10_000)  # beyond every code that a test gives itself


def make_person(username: str = "") -> Any:
    return get_user_model().objects.create_user(
        username or f"chemist{next(_numbers)}", password="x"
    )


def make_project(*members: Any, slug: str = "") -> Project:
    number = next(_numbers)
    project = Project.objects.create(slug=slug or f"project-{number}", name=f"Project {number}")
    for person in members:
        Membership.objects.create(project=project, user=person, role="owner")
    return project


def make_version(slug: str = "cspbi3") -> RecipeVersion:
    found = RecipeVersion.objects.filter(recipe__slug=slug).first()
    if found:
        return found
    recipe = Recipe.objects.create(slug=slug, name=slug, kind="nanocrystals", shared_with_lab=True)
    number = next(_numbers)
    return RecipeVersion.objects.create(
        recipe=recipe, number=1, definition={}, content_sha256=f"{number:064d}"
    )


def make_batch(project: Project, by: Any, *, recipe: str = "cspbi3", **said: Any) -> Batch:
    planned_at = said.pop("planned_at", None)
    said = {"ratio_ca_pb": "0.5", "code": f"NC-{next(_numbers):04d}", **said}
    with recorded(by, "test"):
        batch = Batch.objects.create(
            project=project,
            recipe_version=make_version(recipe),
            planned_by=by,
            targets={},
            plan={"reagents": [], "steps": []},
            plan_sha256="",
            **said,
        )
        if planned_at:
            Batch.objects.filter(pk=batch.pk).update(planned_at=planned_at)
    return batch


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def assign(
    batch: Batch,
    phase: str,
    structure: str = "",
    analysis: Analysis | None = None,
    evidence: str = "hrtem",
) -> PhaseAssignment:
    return PhaseAssignment.objects.create(
        project=batch.project,
        batch=batch,
        phase=phase,
        structure=structure,
        analysis=analysis,
        evidence=evidence,
        reason="test",
        accepted_by=batch.planned_by,
    )


def accept(
    subject: Batch | Device | Pixel,
    quantity: str,
    value: float,
    by: Any = None,
    warnings: Sequence[str] = (),
) -> Outcome:
    where = {type(subject).__name__.lower(): subject}
    project = subject.device.project if isinstance(subject, Pixel) else subject.project
    person = by or getattr(subject, "planned_by", None) or project.memberships.first().user
    return Outcome.objects.create(
        project=project,
        quantity=quantity,
        value=value,
        typed_text=str(value),
        accepted_by=person,
        warnings=list(warnings),
        **where,
    )


def make_device(batch: Batch, *labels: str) -> Device:
    device = Device.objects.create(
        project=batch.project, code=f"D-{next(_numbers):04d}", built_by=batch.planned_by
    )
    Layer.objects.create(
        device=device, index=1, role="emitter", material_name="CsPbI3", source_batch=batch
    )
    for label in labels or ("P1",):
        Pixel.objects.create(device=device, label=label)
    return device


def make_led(batch: Batch, eqe_percent: float) -> Pixel:
    pixel = make_device(batch).pixels.get()
    accept(pixel, "eqe_percent", eqe_percent)
    return pixel


def forecast_and_score(
    batch: Batch, phase: str, *, hit: bool, log_score: float, evidence: str = "hrtem"
) -> Score:
    job = Job.objects.create(kind="forecast_batch", input_sha256=f"{next(_numbers):064d}")
    forecast = Forecast.objects.create(
        project=batch.project,
        batch=batch,
        conditions={},
        state="done",
        result={"phase": {"gamma": {"value": 0.77}}},
        job=job,
        asked_by=batch.planned_by,
    )
    return Score.objects.create(
        forecast=forecast,
        phase_assignment=assign(batch, phase, evidence=evidence),
        probability=0.5,
        log_score=log_score,
        brier=0.3,
        hit=hit,
    )


def row_of(batch: Batch) -> HistoryRow:
    return HistoryRow.objects.get(pk=batch.pk)
