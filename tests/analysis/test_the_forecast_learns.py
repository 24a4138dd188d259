"""The forecast learns from the lab: what is a label, when it is learned, which version is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from analysis.forecast import Conditions, LabModel, forecast_phase
from analysis.models import Forecast, ModelVersion
from analysis.services.label_sources import add_source
from analysis.services.labels import labels_of
from analysis.services.model_versions import (
    load,
    model_in_use,
    pin_version,
    unpin_version,
    version_in_use,
)
from analysis.services.outcomes import accept_analysis, reject_analysis
from labnotebook.records.models import Job
from labnotebook.records.refusals import NotPermitted, Refusal, WrongState
from synthesis.services.bench import record_events
from tests.analysis.evidence import told
from tests.analysis.factories import make_batch, run_jobs
from tests.analysis.labs import label, learn, make_lab, make_labelled
from tests.factories import entry, join, make_project, owner_of

pytestmark = pytest.mark.django_db
RATIOS = [0.05, 0.12, 0.2, 0.28, 0.36, 0.5]


def chance_of_gamma(project, ratio=0.3):
    said = forecast_phase(Conditions(ratio_ca_pb=ratio), model=model_in_use(project))
    return said.phase["gamma"].value


def test_a_lab_that_turns_early_moves_its_forecast_and_nobody_else_s():
    project, other = make_project(), make_project()
    before = chance_of_gamma(project)
    make_lab(project, 0.15, RATIOS)
    assert Job.objects.filter(kind="learn", project=project).count() == 1  # one for all of them
    learn(project)
    version = ModelVersion.objects.get()
    assert (version.labels, version.backtest["n"]) == (6, 6)
    assert version_in_use(project) == version.pk
    assert chance_of_gamma(project) > before + 0.15
    assert chance_of_gamma(other) == before
    again = LabModel.learn(labels_of(project).rows)
    assert again.mean([Conditions(ratio_ca_pb=0.3)]) == pytest.approx(
        load(version.pk).mean([Conditions(ratio_ca_pb=0.3)]), abs=1e-6
    )


def test_the_same_labels_make_no_second_version_and_a_new_label_does():
    project = make_project()
    batches = make_lab(project, 0.15, RATIOS[:3])
    learn(project)
    label(batches[0], batches[0].phases.get().phase)  # the same again
    learn(project)
    assert ModelVersion.objects.count() == 1
    label(batches[0], "failed", evidence="no_product")
    learn(project)
    assert ModelVersion.objects.count() == 2
    label(batches[0], "alpha")  # a slip, taken back: the first version is asked again
    learn(project)
    assert (ModelVersion.objects.count(), version_in_use(project)) == (
        2,
        ModelVersion.objects.last().pk,
    )


def test_only_named_evidence_is_a_label_and_beta_is_none():
    project = make_project()
    make_labelled(project, 0.3, "gamma", evidence="none")
    assert not Job.objects.filter(kind="learn").exists()
    make_labelled(project, 0.3, "beta")
    sure = make_labelled(project, 0.3, "gamma", confidence=0.8)
    (row,) = labels_of(project).rows
    assert (row.key, row.phase, row.confidence) == (sure.code, "gamma", 0.8)


def test_a_rejected_pattern_is_no_label_any_more():
    batch = make_batch()
    by = owner_of(batch.project)
    run = told(batch, "xrd", {}, phase="gamma")
    accept_analysis(by=by, analysis=run)
    learn(batch.project)
    assert version_in_use(batch.project) == ModelVersion.objects.get().pk
    run.refresh_from_db()
    reject_analysis(by=by, analysis=run, reason="the wrong sample")
    assert labels_of(batch.project).rows == ()
    learn(batch.project)
    assert version_in_use(batch.project) == 0


def test_a_label_has_what_the_bench_recorded_and_the_plan_where_it_did_not():
    batch = make_labelled(make_project(), 0.4, "gamma")
    said = [
        entry("parameter", "inject_cs.temperature_c", "163"),
        entry("parameter", "react.duration_s", "8"),
        entry("condition", "humidity_percent", "41"),
        entry("observation", "observe_precursor", "turbid"),
        entry("weighing", "oa", "2.0 mL"),
        entry("skip", "wash", reason="the tube broke"),
    ]
    taken = record_events(by=batch.planned_by, batch=batch, events=said)
    assert not taken.refused, taken.refused
    batch.refresh_from_db()
    planned = batch.plan
    (row,) = labels_of(batch.project).rows
    made = row.conditions
    assert (made.injection_temperature_c, made.reaction_seconds) == (163, 8)
    assert (made.humidity_percent, made.precursor_appearance) == (41, "turbid")
    assert made.purification_cycles == 0
    # 2.0 mL where the recipe has 1.0 mL; R as weighed, with the assay of 99 % CaI2
    assert made.oa_to_pb == pytest.approx(2 * 7.5, rel=0.1)
    assert made.ola_to_pb == pytest.approx(7.0, rel=0.1)
    assert made.ratio_ca_pb == batch.ratio_ca_pb_weighed
    assert row.ratio_u == batch.ratio_ca_pb_weighed_uncertainty > 0
    assert planned == type(batch).objects.get(pk=batch.pk).plan


def test_a_batch_is_foretold_by_the_version_of_the_moment_it_was_planned():
    project = make_project()
    early = make_batch(project, ratio="0.3")  # planned before anything was learned
    make_lab(project, 0.15, RATIOS[:4])
    learn(project)
    late = make_batch(project, ratio="0.3")
    run_jobs("forecast_batch")
    by_paper, by_lab = (Forecast.objects.get(batch=one) for one in (early, late))
    assert (by_paper.model_name, by_paper.model_version) == ("prior", "0")
    assert by_lab.model_version == str(ModelVersion.objects.get().pk)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Forecast.objects.filter(pk=by_paper.pk).update(result={})


def test_an_owner_holds_the_project_to_a_version_and_lets_go():
    project = make_project()
    owner = owner_of(project)
    make_lab(project, 0.15, RATIOS[:4])
    learn(project)
    learned = version_in_use(project)
    with pytest.raises(NotPermitted):
        pin_version(by=join(project, "editor"), project=project, version=0, reason="paper only")
    with pytest.raises(Refusal, match="why"):
        pin_version(by=owner, project=project, version=0, reason=" ")
    with pytest.raises(Refusal, match="another project"):
        pin_version(by=owner_of(x := make_project()), project=x, version=learned, reason="theirs")
    pin_version(by=owner, project=project, version=0, reason="two labels were mixed up")
    make_labelled(project, 0.45, "gamma")
    learn(project)
    assert version_in_use(project) == 0
    with pytest.raises(WrongState):
        unpin_version(by=owner, project=project, version=learned, reason="they are mended")
    unpin_version(by=owner, project=project, version=0, reason="they are mended")
    assert version_in_use(project) > learned


def test_a_project_learns_from_another_only_where_an_owner_of_both_says_so():
    mine, theirs = make_project(), make_project()
    make_lab(theirs, 0.15, RATIOS[:3])
    with pytest.raises(NotPermitted):
        add_source(by=owner_of(mine), project=mine, source=theirs, reason="one glovebox")
    join(theirs, "owner", owner_of(mine))
    add_source(by=owner_of(mine), project=mine, source=theirs, reason="one glovebox")
    found = labels_of(mine)
    assert len(found.rows) == 3
    assert not any(row.key.startswith("NC-") for row in found.rows)  # no code of what is not mine
    make_labelled(theirs, 0.4, "gamma")
    assert Job.objects.filter(kind="learn", project=mine, state="queued").exists()


def test_what_forecasts_worse_than_before_is_kept_and_not_asked(monkeypatch):
    """A learner that has gone mad: it takes every flask for δ."""
    project = make_project()
    make_lab(project, 0.15, RATIOS[:4])
    learn(project)
    good = version_in_use(project)
    honest = LabModel.learn

    def mad(rows):
        return honest([replace(row, phase="delta") for row in rows])

    monkeypatch.setattr(LabModel, "learn", mad)
    for ratio in (0.4, 0.45, 0.5, 0.55):
        make_labelled(project, ratio, "gamma")
    learn(project)
    bad = ModelVersion.objects.order_by("pk").last()
    assert bad.pk != good
    assert bad.promoted_at is None
    assert bad.verdict.startswith("Not used")
    assert version_in_use(project) == good
