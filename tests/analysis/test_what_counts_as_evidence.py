"""What a phase rests on: only named evidence is held against the forecast, and only of what came after it."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from analysis.models import HistoryRow, PhaseAssignment, Score
from analysis.services.phases import assign_phase
from labnotebook.records.refusals import Refusal
from synthesis.services.batches import create_batch
from synthesis.services.bench import record_events
from tests.analysis.factories import make_batch, run_jobs
from tests.factories import Api, entry, make_project, owner_of, shipped_recipe

pytestmark = pytest.mark.django_db


def said(batch, **more):
    """What the API tells of a phase after it was said."""
    body = {"batch": batch.code, "phase": "gamma", "reason": "seen", **more}
    answer = Api(batch.planned_by).post("phases/", body)
    assert answer.status_code == 201, answer.content
    return Api(batch.planned_by).get(f"phases/{answer.json()['id']}/").json()


@pytest.mark.parametrize(
    ("evidence", "scored"), [("xrd_elsewhere", True), ("hrtem", True), ("none", False), ("", False)]
)
def test_only_named_evidence_is_scored(evidence, scored):
    batch = make_batch()
    run_jobs("forecast_batch")
    told = said(batch, **({"evidence": evidence} if evidence else {}), confidence=0.9)
    assert (told["evidence"], told["confidence"]) == (evidence or "none", 0.9)
    assert (told["score"] is not None) is scored
    story = Api(batch.planned_by).get(f"batches/{batch.code}/").json()["phase"]
    assert (story["score"] is not None, story["evidence"]) == (scored, evidence or "none")
    row = HistoryRow.objects.get(batch=batch)
    assert (row.forecast_log_score is not None, row.phase_evidence) == (scored, evidence or "none")


def test_a_batch_that_was_typed_in_later_is_neither_hit_nor_miss():
    batch = create_batch(
        by=owner_of(project := make_project()),
        project=project,
        version=shipped_recipe().current,
        targets={"ratio_ca_pb": "0.5"},
    )
    run_jobs("forecast_batch")
    earlier = (timezone.now() - timedelta(days=3)).isoformat()
    weighed = [entry("weighing", "pbi2", "173.3 mg", at=earlier)]
    taken = record_events(by=batch.planned_by, batch=batch, events=weighed)
    assert taken.accepted
    assert said(batch, evidence="xrd_elsewhere")["score"] is None
    assert not Score.objects.exists()


def test_what_was_typed_in_later_takes_back_a_score():
    """The phase first, and then the entries that say it was made last week."""
    batch = make_batch()
    run_jobs("forecast_batch")
    assert said(batch, evidence="hrtem")["score"] is not None
    earlier = (timezone.now() - timedelta(days=7)).isoformat()
    weighed = [entry("weighing", "pbi2", "173.3 mg", at=earlier)]
    record_events(by=batch.planned_by, batch=batch, events=weighed)
    (row,) = Api(batch.planned_by).get(f"phases/?batch={batch.code}").json()["results"]
    assert row["score"] is None
    assert HistoryRow.objects.get(batch=batch).forecast_log_score is None


def test_a_phase_that_is_said_before_the_worker_answers_is_scored_all_the_same():
    batch = make_batch()
    told = said(batch, evidence="xrd_elsewhere")
    assert told["score"] is None
    run_jobs("forecast_batch")
    assert Api(batch.planned_by).get(f"phases/{told['id']}/").json()["score"] is not None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"evidence": "xrd"}, "accept that"),
        ({"evidence": "a friend"}, "no evidence"),
        ({"evidence": "no_product"}, "is failed"),
        ({"confidence": 0.0}, "above 0"),
        ({"confidence": float("nan")}, "above 0"),
        ({"confidence": 90.0}, "above 0"),
    ],
)
def test_evidence_that_cannot_be_is_refused(more, says):
    batch = make_batch()
    with pytest.raises(Refusal, match=says):
        assign_phase(by=batch.planned_by, batch=batch, phase="gamma", reason="seen", **more)
    assert not PhaseAssignment.objects.exists()


def test_the_table_that_goes_out_says_what_the_phase_rests_on():
    batch = make_batch()
    said(batch, evidence="saed")
    out = Api(batch.planned_by).get("history.csv?phase_evidence=saed&columns=code,phase_evidence")
    text = b"".join(out.streaming_content).decode("utf-8-sig")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    (row,) = csv.DictReader(lines)
    assert row == {"code": batch.code, "phase_evidence": "saed"}
