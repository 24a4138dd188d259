"""A forecast is asked for by a person or by a planned batch, answered once, and frozen."""

import pytest
from django.db import IntegrityError, transaction

from analysis.forecast import Conditions, forecast_phase
from analysis.models import Forecast
from analysis.services.conditions import batch_conditions
from analysis.services.forecasts import ask_forecast, curve
from labnotebook.records.models import Job
from labnotebook.records.refusals import NotPermitted, Refusal
from labnotebook.records.services import jobs
from tests.analysis.factories import make_batch, run_jobs
from tests.factories import join, make_project, owner_of

pytestmark = pytest.mark.django_db


def ask(project=None, **conditions):
    project = project or make_project()
    given = {"ratio_ca_pb": 0.5, **conditions}
    return ask_forecast(by=owner_of(project), project=project, conditions=given)


def test_a_forecast_is_answered_with_chances_that_add_up():
    forecast = ask()
    assert forecast.state == "waiting"
    run_jobs("forecast")
    forecast.refresh_from_db()
    assert forecast.state == "done"
    chances = [chance["value"] for chance in forecast.result["phase"].values()]
    assert sum(chances) == pytest.approx(1)
    assert 0.45 <= forecast.result["phase"]["gamma"]["value"] <= 0.95
    assert (forecast.model_name, forecast.model_version) == ("prior", "0")


def test_the_conditions_are_frozen_whole():
    forecast = ask(seed="PbS")
    assert forecast.conditions["seed"] == "PbS"
    assert forecast.conditions["injection_temperature_c"] == 170
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Forecast.objects.filter(pk=forecast.pk).update(conditions={})


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ({"ratio_ca_pb": -1}, "0 to 10"),
        ({"seed": "gold"}, "one of CaIx"),
        ({"injection_temperature_c": 443}, "Check the unit"),
        ({"colour": "red"}, "does not know colour"),
        ({"purification_cycles": 1.5}, "whole washes"),
    ],
)
def test_impossible_conditions_are_refused_in_words(conditions, says):
    with pytest.raises(Refusal, match=says):
        ask(**conditions)


def test_a_viewer_cannot_ask():
    project = make_project()
    with pytest.raises(NotPermitted):
        ask_forecast(by=join(project, "viewer"), project=project, conditions={"ratio_ca_pb": 0.5})


def test_a_planned_batch_gets_its_forecast():
    batch = make_batch(ratio="0.5")
    run_jobs("forecast_batch")
    forecast = Forecast.objects.get(batch=batch)
    assert (forecast.state, forecast.asked_by) == ("done", batch.planned_by)
    assert forecast.conditions["injection_temperature_c"] == 170
    assert forecast.conditions["reaction_seconds"] == 5
    assert forecast.conditions["purification_cycles"] == 1
    assert forecast.conditions["cs_to_pb"] == pytest.approx(0.4085, rel=0.15)
    assert 4 < forecast.conditions["oa_to_pb"] < 10
    assert 4 < forecast.conditions["ola_to_pb"] < 10


def test_the_forecast_of_a_batch_is_made_once():
    batch = make_batch()
    job = Job.objects.get(kind="forecast_batch", input={"batch": batch.pk})
    jobs.run(job.pk)
    Job.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(job.pk)
    assert Forecast.objects.filter(batch=batch).count() == 1


def test_the_ratio_is_the_one_the_bottles_really_give():
    plan = make_batch(ratio="0.5")
    effective = plan.plan["composition"]["ratio_ca_pb_effective"]["value"]
    assert batch_conditions(plan)["ratio_ca_pb"] == pytest.approx(effective)


def test_how_uncertain_the_bottles_leave_r_is_integrated_over():
    batch = make_batch(ratio="0.3")
    run_jobs("forecast_batch")
    forecast = Forecast.objects.get(batch=batch)
    u = batch.plan["composition"]["ratio_ca_pb_effective"]["uncertainty"]
    assert forecast.conditions["ratio_ca_pb_u"] == pytest.approx(u)
    assert u > 0
    known = forecast_phase(Conditions.from_dict({**forecast.conditions, "ratio_ca_pb_u": None}))
    said = forecast.result["phase"]["gamma"]["value"]
    assert said == pytest.approx(
        forecast_phase(Conditions.from_dict(forecast.conditions)).phase["gamma"].value
    )
    assert (
        said > known.phase["gamma"].value
    )  # below the boundary, where γ grows faster than straight


def test_a_ratio_far_beyond_every_flask_fails_in_words():
    batch = make_batch()
    job = Job.objects.get(kind="forecast_batch", input={"batch": batch.pk})
    from analysis.services import forecasts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecasts, "batch_conditions", lambda batch: {"ratio_ca_pb": 40.0})
        jobs.run(job.pk)
    forecast = Forecast.objects.get(batch=batch)
    assert forecast.state == "failed"
    assert "0 to 10" in forecast.failure


def test_the_curve_passes_through_the_ratio_asked_for():
    points = curve(Conditions(ratio_ca_pb=0.123))
    assert 0.123 in [point.ratio_ca_pb for point in points]
    assert points[0].ratio_ca_pb == 0
