"""Finishing: each open thing has a reason of its own, at least a word."""

import pytest

from labnotebook.records.refusals import Refusal, WrongState
from synthesis.services.batches import abandon_batch
from synthesis.services.finishing import finish_batch, open_questions
from tests.factories import Api, entry, make_batch
from tests.synthesis.bench.clock import noticed, tell

REST = "the other reagents were not looked at"


@pytest.fixture
def batch(lab):
    batch = make_batch(lab.project)
    tell(lab.mira, batch, entry("weighing", "pbi2", "173.3 mg"))
    return batch


def test_a_full_stop_is_no_reason_and_nothing_is_finished(lab, batch):
    with pytest.raises(Refusal, match="says nothing"):
        finish_batch(by=lab.mira, batch=batch, unrecorded_reason=".")
    batch.refresh_from_db()
    assert batch.state == "running"
    assert not batch.additions.exclude(skipped_reason="").exists()


def test_each_reason_stands_on_what_it_speaks_of(lab, batch):
    said = {"cai2": "weighed it, lost the note", "degas": "the gauge was off"}
    finish_batch(by=lab.mira, batch=batch, unrecorded=said, unrecorded_reason=REST)
    assert (
        batch.additions.get(key="cai2").skipped_reason == "not recorded: weighed it, lost the note"
    )
    assert batch.step_runs.get(key="degas").skipped_reason == "not recorded: the gauge was off"
    assert batch.additions.get(key="ola").skipped_reason == f"not recorded: {REST}"


def test_what_no_reason_speaks_of_is_named(lab, batch):
    asked = open_questions(batch)
    all_but_one = {row.key: "not looked at" for row in asked.missing if row.key != "ola"}
    with pytest.raises(
        WrongState, match=r"Not recorded yet: Oleylamine \(OLA\)\. Record"
    ) as refused:
        finish_batch(by=lab.mira, batch=batch, unrecorded=all_but_one)
    assert refused.value.field == "unrecorded_reason"


def test_a_major_deviation_asks_for_its_own_reason_first(lab, batch):
    tell(lab.mira, batch, entry("weighing", "pbi2", "100 mg"))
    (far,) = noticed(batch, "amount")
    with pytest.raises(Refusal, match=r"Say why: Lead\(II\) iodide: 100 mg where") as refused:
        finish_batch(by=lab.mira, batch=batch, unrecorded_reason=REST)
    assert refused.value.field == f"deviations.{far.pk}"
    with pytest.raises(Refusal, match="says nothing"):
        finish_batch(
            by=lab.mira, batch=batch, unrecorded_reason=REST, deviations={str(far.pk): "."}
        )
    why = {str(far.pk): "the bottle was nearly empty"}
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason=REST, deviations=why)
    far.refresh_from_db()
    assert far.reason == "the bottle was nearly empty"


def test_the_reason_of_the_entry_that_made_it_is_enough(lab, batch):
    tell(lab.mira, batch, entry("weighing", "pbi2", "100 mg", reason="the bottle was nearly empty"))
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason=REST)


def test_a_minor_deviation_may_stay_without_one(lab, batch):
    tell(lab.mira, batch, entry("parameter", "react.duration_s", "5.6"))
    assert [one.target for one in open_questions(batch).minor] == ["react.duration_s"]
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason=REST)


def test_by_api_the_reasons_go_by_key_and_id(lab, batch):
    tell(lab.mira, batch, entry("weighing", "pbi2", "100 mg"))
    api = Api(lab.mira)
    refused = api.post(f"batches/{batch.code}/finish/", {"unrecorded_reason": REST})
    assert refused.status_code == 400
    field = refused.json()["errors"][0]["field"]
    (far,) = api.get(f"batches/{batch.code}/").json()["deviations"]
    assert field == f"deviations.{far['id']}"
    said = {
        "unrecorded": {"cai2": "lost the note"},
        "unrecorded_reason": REST,
        "deviations": {far["id"]: "the bottle was nearly empty"},
    }
    assert api.post(f"batches/{batch.code}/finish/", said).status_code == 200
    assert "lost the note" in batch.additions.get(key="cai2").skipped_reason


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("start", {}),
        ("abandon", {"reason": "spilled the flask"}),
        ("finish", {"unrecorded_reason": REST}),
    ],
)
def test_a_change_of_state_on_another_version_is_refused(lab, call, body):
    batch = make_batch(lab.project)
    if call == "finish":
        tell(lab.mira, batch, entry("weighing", "pbi2", "173.3 mg"))
    api, before = Api(lab.mira), batch.state
    stale = api.post(f"batches/{batch.code}/{call}/", body, If_Match='"batch-1-999"')
    assert stale.status_code == 412
    batch.refresh_from_db()
    assert batch.state == before
    etag = api.get(f"batches/{batch.code}/").headers["ETag"]
    assert api.post(f"batches/{batch.code}/{call}/", body, If_Match=etag).status_code == 200


def test_giving_up_takes_a_word_too(lab, batch):
    with pytest.raises(Refusal, match="says nothing"):
        abandon_batch(by=lab.mira, batch=batch, reason="-")


def test_after_the_end_a_correction_gives_a_reason_that_says_something(lab, batch):
    finish_batch(by=lab.mira, batch=batch, unrecorded_reason=REST)
    for reason in ("", "."):
        assert tell(lab.mira, batch, entry("weighing", "pbi2", "170 mg", reason=reason)).refused
    assert tell(
        lab.mira, batch, entry("weighing", "pbi2", "170 mg", reason="read it again")
    ).accepted
