"""Decisions on what was measured: stale ones, of flasks that were never made, of several files at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from analysis.history.columns import COLUMNS
from analysis.history.count import count
from analysis.history.language import Question
from analysis.history.overview import look_over
from analysis.models import Measurement, PhaseAssignment
from analysis.services.analysing import Analysis
from analysis.services.measurements import add_measurement
from analysis.services.outcomes import accept_analysis, reject_analysis
from analysis.services.phases import assign_phase
from labnotebook.records.refusals import PreconditionRequired, Refusal, StaleWrite
from synthesis.services.batches import create_batch
from tests.analysis.factories import make_batch, pl_file, run_jobs, upload
from tests.analysis.history.factories import forecast_and_score
from tests.factories import Api, make_project, owner_of, shipped_recipe

pytestmark = pytest.mark.django_db


@pytest.fixture
def analysed():
    batch = make_batch()
    by = owner_of(batch.project)
    made = add_measurement(by=by, subject=batch, technique="pl", upload=upload())
    run_jobs("analyse")
    return by, Analysis.objects.select_related("measurement__project").get(measurement=made)


def test_a_stale_accept_does_not_override_a_reject(analysed):
    by, seen = analysed
    reject_analysis(by=by, analysis=seen, reason="the lamp was on")
    with pytest.raises(StaleWrite):
        accept_analysis(by=by, analysis=seen, version=seen.version)
    with pytest.raises(PreconditionRequired, match="the lamp was on"):
        accept_analysis(by=by, analysis=seen)
    assert seen.outcomes.count() == 0
    seen.refresh_from_db()
    accept_analysis(by=by, analysis=seen, version=seen.version)
    assert seen.outcomes.filter(superseded_at=None).exists()


def test_by_api_what_was_rejected_needs_the_version_that_was_seen(analysed):
    by, seen = analysed
    api = Api(by)
    before = api.get(f"analyses/{seen.pk}/")["ETag"]
    assert api.post(f"analyses/{seen.pk}/reject/", {"reason": "noise"}).status_code == 200
    assert api.post(f"analyses/{seen.pk}/accept/").status_code == 428
    assert api.post(f"analyses/{seen.pk}/accept/", {}, If_Match=before).status_code == 412
    now = api.get(f"analyses/{seen.pk}/")["ETag"]
    assert api.post(f"analyses/{seen.pk}/accept/", {}, If_Match=now).status_code == 200


def test_on_the_page_an_accept_from_before_the_reject_is_refused(analysed):
    by, seen = analysed
    reject_analysis(by=by, analysis=seen, reason="the lamp was on")
    visitor = Client()
    visitor.force_login(by)
    form = {"v": seen.number, "version": seen.version}
    answer = visitor.post(f"/m/{seen.measurement_id}/accept/", form)
    assert answer.status_code == 422
    assert seen.outcomes.count() == 0


def test_a_flask_that_was_only_planned_has_no_phase():
    project = make_project()
    by = owner_of(project)
    planned = create_batch(
        by=by, project=project, version=shipped_recipe().current, targets={"ratio_ca_pb": "0.5"}
    )
    with pytest.raises(Refusal, match="only planned"):
        assign_phase(by=by, batch=planned, phase="gamma", reason="TEM")
    said = {"batch": planned.code, "phase": "gamma", "reason": "TEM"}
    assert Api(by).post("phases/", said).status_code == 400
    assert not PhaseAssignment.objects.exists()


@pytest.mark.parametrize(
    "path", ["outcomes/?current=zz", "phases/?current=zz", "recipes/?retired=x"]
)
def test_a_wrong_filter_is_refused_on_every_list(path):
    assert Api(owner_of(make_project())).get(path).status_code == 400


def test_forecasts_count_against_named_evidence_alone():
    """Three scored forecasts: on HRTEM, on a look at the flask, and of a batch typed in later: one counts."""
    project = make_project()
    by = owner_of(project)
    for evidence, days_before in (("hrtem", 0), ("none", 0), ("hrtem", 1)):
        batch = make_batch(project)
        batch.set_fields(started_at=batch.planned_at - timedelta(days=days_before))
        forecast_and_score(batch, "gamma", hit=True, log_score=0.2, evidence=evidence)
    axes = COLUMNS["ratio_ca_pb_weighed"], COLUMNS["eqe_percent"]
    assert look_over(by, Question(), count(by, Question()), *axes).scored.batches == 1


def post_files(batch, *files: tuple[str, bytes], **more: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    visitor = Client()
    visitor.force_login(owner_of(batch.project))
    parts = [SimpleUploadedFile(name, content) for name, content in files]
    body = {"batch": batch.code, "technique": "pl", "file": parts, **more}
    return visitor.post("/api/v1/measurements/", body)


def test_two_files_in_one_upload_are_both_kept():
    batch = make_batch()
    answer = post_files(batch, ("a.csv", pl_file(686)), ("b.csv", pl_file(700)))
    assert answer.status_code == 201
    kept = [one["measurement"]["file"]["name"] for one in answer.json()]
    assert kept == ["a.csv", "b.csv"]
    assert Measurement.objects.filter(batch=batch).count() == 2


def test_one_file_is_answered_as_ever():
    answer = post_files(make_batch(), ("a.csv", pl_file()))
    assert answer.status_code == 201
    assert answer.json()["file"]["name"] == "a.csv"
    assert answer["Location"].endswith(f"/measurements/{answer.json()['id']}/")
