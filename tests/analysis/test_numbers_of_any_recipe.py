"""What batches teach of numbers, and of phases that the paper says nothing of: foretold only where it is better."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from analysis.models import Forecast, LearnedRecipe
from analysis.services.experiments import made_of, planned_inputs
from analysis.services.outcomes import type_outcome
from analysis.services.phases import assign_phase
from labnotebook.records.history import kept_tables
from labnotebook.records.models import Job
from synthesis.services.batches import BatchOrder, create_batches, start_batch
from synthesis.services.bench import record_events
from synthesis.services.plans import planner_for
from tests.analysis.factories import address, run_jobs, text
from tests.analysis.labs import CAI2_MG_PER_R, learn
from tests.factories import NANOCRYSTALS, Api, entry, make_project, owner_of, shipped_recipe

pytestmark = pytest.mark.django_db
MANGANESE = "mn-cspbcl3-hot-injection"
RATIOS = [round(float(r), 3) for r in np.random.default_rng(3).uniform(0, 1, 16)]


def plan(project, recipe, *asked):
    """Plan a batch for each set of inputs, in one statement."""
    shipped_recipe(recipe)
    by = owner_of(project)
    planner = planner_for(by, recipe)
    return create_batches(by=by, orders=[BatchOrder(project, planner, one) for one in asked])


def measured(batch, quantity, value):
    return type_outcome(
        by=batch.planned_by, subject=batch, quantity=quantity, text=f"{value:g}", note="elsewhere"
    )


def peak(ratio):
    return round(700 - 50 * ratio, 1)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def visitor(client, project):
    client.force_login(owner_of(project))
    return client


@pytest.fixture
def lab(project):
    """Sixteen flasks whose PL peak follows R, and whose size follows nothing."""
    sizes = np.random.default_rng(5).normal(12, 2, 16)
    made = plan(project, NANOCRYSTALS, *({"ratio_ca_pb": str(r)} for r in RATIOS))
    for batch, ratio, size in zip(made, RATIOS, sizes, strict=True):
        measured(batch, "pl_peak_nm", peak(ratio))
        measured(batch, "size_nm", round(size, 2))
    learn(project, "learn_recipes")
    return made


def frozen(project, recipe, **asked):
    (batch,) = plan(project, recipe, asked)
    run_jobs("forecast_batch")
    return batch, Forecast.objects.get(batch=batch)


def test_a_number_that_follows_the_inputs_is_foretold_and_one_that_does_not_is_not(project, lab):
    _batch, forecast = frozen(project, NANOCRYSTALS, ratio_ca_pb="0.42")
    (told,) = forecast.result["numbers"]
    assert (told["quantity"], told["n"], told["level"]) == ("pl_peak_nm", 16, 80)
    assert told["value"] == pytest.approx(peak(0.42), abs=2)
    assert told["low"] < told["value"] < told["high"]
    assert told["backtest"]["rmse"] < 0.7 * told["backtest"]["rmse_of_mean"]
    missing = {one["outcome"]: one for one in forecast.result["without_basis"]}
    assert missing["size_nm"]["n"] == 16
    assert missing["plqy_percent"]["sentence"] == "No basis yet: 0 measured of 13 needed."
    assert forecast.result["phase"]["gamma"]["value"] > 0  # the paper's forecast stands beside it


def test_what_was_measured_is_held_against_the_frozen_interval(project, lab):
    batch, forecast = frozen(project, NANOCRYSTALS, ratio_ca_pb="0.42")
    api = Api(owner_of(project))
    before = forecast.result["numbers"]
    assert api.get(f"forecasts/{forecast.pk}/").json()["numbers"][0]["measured"] is None
    measured(batch, "pl_peak_nm", 640)
    for told in (
        api.get(f"forecasts/{forecast.pk}/").json(),
        api.get(f"batches/{batch.code}/").json()["forecast"],
    ):
        assert (told["numbers"][0]["measured"], told["numbers"][0]["inside"]) == (640, False)
    learn(project, "learn_recipes")
    forecast.refresh_from_db()
    assert forecast.result["numbers"] == before
    assert LearnedRecipe.objects.count() == 2


def test_the_planner_expects_the_number_that_the_batch_will_freeze(visitor, project, lab):
    planner = visitor.get("/plan/", {"ratio_ca_pb": "0.42"})
    panel = visitor.get(address("plan-forecast"), dict(planner.context["question"]))
    batch, forecast = frozen(project, NANOCRYSTALS, ratio_ca_pb="0.42")
    assert (
        panel.context["expected"]["numbers"][0]["value"] == forecast.result["numbers"][0]["value"]
    )
    assert "PL peak" in text(panel)
    measured(batch, "pl_peak_nm", 640)
    assert "outside" in text(visitor.get(address("batch-forecast", batch.code)))


def test_the_page_of_versions_shows_how_each_number_was_foretold(visitor, lab):
    shown = text(visitor.get(address("model-list")))
    assert "no, not better" in shown
    assert "Inside 80" in shown


def test_what_was_learned_after_the_plan_does_not_speak_of_it(project):
    made = plan(project, NANOCRYSTALS, *({"ratio_ca_pb": str(r)} for r in RATIOS))
    for batch, ratio in zip(made, RATIOS, strict=True):
        measured(batch, "pl_peak_nm", peak(ratio))
    (late,) = plan(project, NANOCRYSTALS, {"ratio_ca_pb": "0.42"})
    learn(project, "learn_recipes")
    run_jobs("forecast_batch")  # the worker answers after it has learned
    assert Forecast.objects.get(batch=late).result["numbers"] == []


def test_one_job_learns_for_all_numbers_and_the_same_batches_make_no_second_row(project, lab):
    assert LearnedRecipe.objects.filter(recipe=NANOCRYSTALS).count() == 1
    measured(lab[0], "pl_peak_nm", peak(RATIOS[0]))  # the same again
    measured(lab[0], "lifetime_ns", 12)  # nothing that is foretold
    assert Job.objects.filter(kind="learn_recipes", state="queued").count() == 1
    learn(project, "learn_recipes")
    assert LearnedRecipe.objects.count() == 1


def test_what_was_learned_is_never_changed_and_needs_no_revisions(lab):
    with pytest.raises(IntegrityError), transaction.atomic():
        LearnedRecipe.objects.update(recipe="another")
    assert LearnedRecipe._meta.db_table not in kept_tables()


def test_an_input_is_what_the_bench_recorded(project):
    (batch,) = plan(project, NANOCRYSTALS, {"ratio_ca_pb": "0.5"})
    start_batch(by=batch.planned_by, batch=batch)
    weighed = [
        entry("weighing", "pbi2", "173.3 mg"),
        entry("weighing", "cai2", f"{0.3 * CAI2_MG_PER_R:.1f} mg"),
        entry("parameter", "react.temperature_c", "163"),
    ]
    taken = record_events(by=batch.planned_by, batch=batch, events=weighed)
    assert not taken.refused, taken.refused
    measured(batch, "pl_peak_nm", 690)
    (made,) = made_of(project, NANOCRYSTALS)
    assert made.inputs["ratio_ca_pb"] == pytest.approx(0.3, abs=0.01)
    assert made.inputs["injection_temperature_c"] == 163
    planned = planned_inputs(planner_for(batch.planned_by, NANOCRYSTALS).definition, batch.plan)
    assert planned["injection_temperature_c"] == 170


def label(batch, phase):
    batch = start_batch(by=batch.planned_by, batch=batch)
    assign_phase(
        by=batch.planned_by,
        batch=batch,
        phase=phase,
        structure="",
        evidence="xrd_elsewhere",
        reason="x",
    )


def test_another_recipe_has_its_forecast_from_its_own_ratio_once_it_has_labels(visitor, project):
    ratios = [round(0.2 + 0.15 * i, 2) for i in range(20)]
    ratios = ratios[::2] + ratios[1::2]
    made = plan(project, MANGANESE, *({"ratio_mn_pb": str(r), "ratio_cl_pb": "9"} for r in ratios))
    for batch, ratio in list(zip(made, ratios, strict=True))[:4]:
        label(batch, "gamma" if ratio < 1.6 else "delta")
    learn(project, "learn_recipes")
    batch, forecast = frozen(project, MANGANESE, ratio_mn_pb="0.5", ratio_cl_pb="9")
    assert forecast.result["phase"] is None
    said = "No basis yet: 4 labelled of 10 needed."
    assert said in [one["sentence"] for one in forecast.result["without_basis"]]
    here = address("batch-forecast", batch.code)
    assert said in text(visitor.get(here))
    for made_one, ratio in list(zip(made, ratios, strict=True))[4:]:
        label(made_one, "gamma" if ratio < 1.6 else "delta")
    learn(project, "learn_recipes")
    batch, forecast = frozen(project, MANGANESE, ratio_mn_pb="0.5", ratio_cl_pb="9")
    chances = {one["phase"]: one["value"] for one in forecast.result["phases"]["chances"]}
    assert chances["gamma"] > 0.75
    assert sum(chances.values()) == pytest.approx(1, abs=1e-3)
    told = Api(owner_of(project)).get(f"batches/{batch.code}/").json()["forecast"]
    assert told["phases_of_recipe"]["n"] == 20
    assert "log loss" in text(visitor.get(address("batch-forecast", batch.code)))
