"""Forecasts: asked for by a person, or by a batch that was just planned; answered by the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.utils import timezone

from analysis.forecast import (
    Conditions,
    CurvePoint,
    LabModel,
    PhaseForecast,
    UnforecastableConditions,
    curve_along_ratio,
    forecast_phase,
)
from analysis.models import Forecast
from analysis.services.conditions import batch_conditions
from analysis.services.experiments import planned_inputs
from analysis.services.measured import phase_gaps
from analysis.services.model_versions import load, model_in_use
from analysis.services.recipe_forecasts import expect
from analysis.services.runs import reserved_id
from analysis.services.scores import score_batch
from labnotebook.records.history import recorded
from labnotebook.records.models import Job, Project
from labnotebook.records.permissions import require_editor
from labnotebook.records.refusals import Refusal
from labnotebook.records.services import jobs
from synthesis.models import Batch
from synthesis.services.plans import FIRST_RECIPE, has_forecast, read_definition

CURVE_POINTS = 41
CURVE_TO = 1.0


def ask_forecast(*, by: Any, project: Project, conditions: Mapping[str, Any]) -> Forecast:
    """Freeze conditions and ask the worker what they will probably make."""
    require_editor(by, project)
    frozen = checked_conditions(conditions).as_dict()
    with recorded(by, "forecast asked for"):
        forecast_id = reserved_id(Forecast)
        job = jobs.ask("forecast", {"forecast": forecast_id}, project=project)
        return Forecast.objects.create(
            pk=forecast_id, project=project, conditions=frozen, job=job, asked_by=by
        )


def checked_conditions(conditions: Mapping[str, Any]) -> Conditions:
    """Return the conditions, or refuse in words."""
    try:
        return Conditions.from_dict(conditions)
    except UnforecastableConditions as refusal:
        raise Refusal(str(refusal), field=refusal.field) from refusal


def foretell(user: Any, project: Project | None, conditions: Conditions) -> PhaseForecast:
    """Return what the version that a project uses expects of a flask, in the words for a person."""
    return forecast_phase(conditions, phase_gaps(user), model_in_use(project))


def curve(conditions: Conditions, version: str = "0") -> list[CurvePoint]:
    """Return the chances along R by a version of the model; includes R itself."""
    return list(_curve(conditions, version))


@lru_cache(maxsize=256)
def _curve(conditions: Conditions, version: str) -> tuple[CurvePoint, ...]:
    top = max(CURVE_TO, 1.25 * conditions.ratio_ca_pb)
    ratios = {round(top * i / (CURVE_POINTS - 1), 6) for i in range(CURVE_POINTS)}
    wanted = sorted(r for r in ratios | {conditions.ratio_ca_pb} if r <= 10)
    return tuple(curve_along_ratio(conditions, wanted, load(int(version))))


def second_forecast(forecast: Forecast, look: str) -> dict[str, Any] | None:
    """Return the chances of a frozen forecast once the look of the flask is known, by the same version.

    None where the look tells nothing (the seeds are PbS).
    """
    asked = replace(Conditions.from_dict(forecast.conditions), precursor_appearance=look)
    model = load(int(forecast.model_version or 0))
    return forecast_phase(asked, model=model).as_dict()["after_appearance"]


def say_failed(job: Job) -> None:
    """Write on the forecast why there is no answer."""
    Forecast.objects.filter(pk=job.input["forecast"], state=Forecast.State.WAITING).update(
        state=Forecast.State.FAILED, failure=job.error, answered_at=timezone.now()
    )


@jobs.handles("forecast", on_end=say_failed)
def answer_forecast(job: Job) -> Callable[[], None]:
    """Answer a forecast that a person asked for."""
    forecast = Forecast.objects.select_related("project").get(pk=job.input["forecast"])
    if forecast.state != Forecast.State.WAITING:
        return lambda: None
    model = model_in_use(forecast.project)
    answer = _answer(forecast.conditions, forecast.asked_by, model)
    # Nobody said a recipe: what the forecast speaks of is the paper's.
    numbers = expect(forecast.project, FIRST_RECIPE, forecast.conditions, with_phase=False)
    answer["result"] |= numbers.as_dict()
    return lambda: forecast.set_fields(**answer)


def say_batch_failed(job: Job) -> None:
    """Keep the reason why a batch has no forecast."""
    batch = Batch.objects.select_related("project", "planned_by").get(pk=job.input["batch"])
    if not Forecast.objects.filter(batch=batch).exists():
        _create_for(
            batch,
            job,
            batch_conditions(batch) or {},
            state=Forecast.State.FAILED,
            failure=job.error,
            answered_at=timezone.now(),
        )


@jobs.handles("forecast_batch", on_end=say_batch_failed)
def answer_batch(job: Job) -> Callable[[], None]:
    """Make and answer the forecast of a batch that was planned; once, however often it runs.

    By the version that was in use when it was planned: what was learned since may know how it came out.
    """
    batch = Batch.objects.select_related("project", "planned_by", "recipe_version__recipe").get(
        pk=job.input["batch"]
    )
    definition = read_definition(batch.recipe_version)
    inputs = planned_inputs(definition, batch.plan or {})
    conditions = batch_conditions(batch) if has_forecast(definition) else inputs
    if conditions is None or Forecast.objects.filter(batch=batch).exists():
        return lambda: None  # nothing to say about a flask without lead and calcium
    if has_forecast(definition):
        model = model_in_use(batch.project, at=batch.planned_at)
        answer = _answer(conditions, batch.planned_by, model)
        conditions = answer["result"]["conditions"]
    else:
        answer = _answer_of_recipe(inputs)
    answer["result"] |= expect(
        batch.project,
        batch.recipe_version.recipe.slug,
        inputs,
        with_phase=not has_forecast(definition),
        at=batch.planned_at,
    ).as_dict()

    def write() -> None:
        _create_for(batch, job, conditions, **answer)
        score_batch(batch)  # of a phase that was said while this was being made

    return write


def _answer_of_recipe(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer for a recipe of which the paper says nothing: what its own batches taught is added."""
    return {
        "state": Forecast.State.DONE,
        "result": {"phase": None, "conditions": dict(inputs), "model": None},
        "answered_at": timezone.now(),
    }


def _answer(conditions: Mapping[str, Any], by: Any, model: LabModel) -> dict[str, Any]:
    try:
        asked = Conditions.from_dict(conditions)
        result = forecast_phase(asked, phase_gaps(by), model).as_dict()
    except UnforecastableConditions as refusal:
        raise jobs.JobRefused(str(refusal)) from refusal
    return {
        "state": Forecast.State.DONE,
        "result": result,
        "model_name": result["model"]["name"],
        "model_version": result["model"]["version"],
        "answered_at": timezone.now(),
    }


def _create_for(batch: Batch, job: Job, conditions: Mapping[str, Any], **answer: Any) -> None:
    Forecast.objects.create(
        project=batch.project,
        batch=batch,
        conditions=dict(conditions),
        job=job,
        asked_by=batch.planned_by,
        **answer,
    )
