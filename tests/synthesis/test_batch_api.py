"""Batches through the API: planned, filled in, finished."""

import pytest

from synthesis.models import Batch
from tests.factories import Api, entry, make_batch
from tests.synthesis.factories import browser, make_bottle

STORY = {"recipe": "cspbi3-seed-core-shell", "ratio_ca_pb": 0.5, "lead_mmol": 0.376}


@pytest.fixture
def api(lab) -> Api:
    return Api(lab.mira)


def test_the_story_through_the_api(lab, api):
    plan = api.post(
        "recipes/cspbi3-seed-core-shell/plan/", {"ratio_ca_pb": 0.5, "lead_mmol": 0.376}
    )
    weigh = {line["key"]: line["weigh_mg"] for line in plan.json()["reagents"]}
    assert (weigh["pbi2"], weigh["cai2"]) == (173.3, 55.3)
    bottle = make_bottle(lab, assay_percent="99", assay_kind="mass_fraction")
    made = api.post("batches/", {**STORY, "lots": {"cai2": bottle.code}})
    assert (made.status_code, made.json()["code"], made.json()["state"]) == (
        201,
        "NC-0001",
        "planned",
    )
    events = [
        entry("weighing", "pbi2", "173.9 mg"),
        entry("weighing", "cai2", "55,1"),
        entry("condition", "humidity_percent", "65"),
        entry("observation", "observe_precursor", "colloidal"),
        entry("parameter", "react.duration_s", "5.6"),
        entry("note", "", "Glove caught on the clamp."),
    ]
    taken = api.post("batches/NC-0001/events/", events)
    assert taken.json()["accepted"] == [e["id"] for e in events]
    assert api.post("batches/NC-0001/finish/").status_code == 409
    done = api.post("batches/NC-0001/finish/", {"unrecorded_reason": "volumes as in the recipe"})
    assert done.json()["state"] == "made"
    story = api.get("batches/NC-0001/").json()
    calcium = next(a for a in story["additions"] if a["key"] == "cai2")
    assert (calcium["weighed_text"], calcium["lot"]) == ("55,1", bottle.code)
    assert story["ratio_ca_pb_weighed"] == pytest.approx(0.4921, abs=0.0005)
    assert story["precursor_appearance"] == "colloidal"
    assert [n["text"] for n in story["notes"]] == ["Glove caught on the clamp."]


def test_a_repeated_creation_is_answered_with_the_first(api):
    first = api.post("batches/", STORY, Idempotency_Key="once")
    again = api.post("batches/", STORY, Idempotency_Key="once")
    assert first.json() == again.json()
    assert Batch.objects.count() == 1
    other = api.post("batches/", {**STORY, "ratio_ca_pb": 0.3}, Idempotency_Key="once")
    assert other.status_code == 422


def test_the_same_events_again_change_nothing(lab, api):
    batch, events = make_batch(lab.project), [entry("weighing", "cai2", "55.1")]
    for _again in range(2):
        assert api.post(f"batches/{batch.code}/events/", events).status_code == 200
    assert batch.events.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"recipe": "nothing"},
        {**STORY, "ratio_ca_pb": -1},
        {**STORY, "ratio_ca_pb": "lots"},
        {**STORY, "ratio_ca_pb": [1]},
        {**STORY, "ratio_ca_pb": 1e300},
        {**STORY, "lots": {"cai2": "L-9999"}},
        {**STORY, "lots": [1]},
        {**STORY, "project": "not-mine"},
        {**STORY, "unknown": 1},
    ],
)
def test_a_batch_that_cannot_be_is_refused_in_words(api, body):
    response = api.post("batches/", body)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "event",
    [
        {"id": "x", "kind": "note", "value": "y"},
        {"kind": "note", "value": "y"},
        entry("weighing", "nothing", "1"),
        entry("weighing", "cai2", {"text": {"deep": 1}}),
        entry("weighing", "cai2", None),
        entry("explosion", "", "1"),
        entry("note", "", "a\x00b"),
        entry("note", "", "x" * 5000),
        entry("condition", "humidity_percent", "101"),
        entry("condition", "mood", "1"),
        entry("observation", "", "purple"),
        entry("parameter", "react", "5"),
        entry("step_finish", "load", None, at="2019-01-01T00:00:00Z2"),
        "note",
        None,
        7,
    ],
)
def test_an_entry_that_cannot_be_is_refused_in_words(lab, api, event):
    batch = make_batch(lab.project)
    response = api.post(f"batches/{batch.code}/events/", [event])
    assert response.status_code == 400
    assert batch.events.count() == 0


def test_a_flask_that_would_overflow_is_refused_as_on_the_page(lab, api):
    refused = api.post("batches/", {**STORY, "lead_mmol": "1.88"})
    assert refused.status_code == 400
    assert "fill the 50 mL three-neck flask to 130 %" in refused.json()["detail"]
    posted = browser(lab.mira).post("/plan/", {**STORY, "lead_mmol": "1.88"})
    assert posted.status_code == 422
    assert not Batch.objects.exists()


def test_another_projects_batch_does_not_exist(lab):
    batch, api = make_batch(lab.project), Api(lab.stranger)
    assert api.get(f"batches/{batch.code}/").status_code == 404
    assert api.get("batches/").json()["results"] == []
    bodies = {
        "start": {},
        "finish": {},
        "abandon": {"reason": "x"},
        "sign": {"password": "x"},
        "events": [],
    }
    for action, body in bodies.items():
        assert api.post(f"batches/{batch.code}/{action}/", body).status_code == 404


def test_a_viewer_reads_and_does_not_write(lab):
    batch, api = make_batch(lab.project), Api(lab.vera)
    assert api.get(f"batches/{batch.code}/").status_code == 200
    assert api.post("batches/", {**STORY, "project": lab.project.slug}).status_code == 403
    assert api.post(f"batches/{batch.code}/start/").status_code == 403
    assert api.post(f"batches/{batch.code}/events/", [entry("note", "", "x")]).status_code == 403


def test_abandoning_needs_a_reason(lab, api):
    batch = make_batch(lab.project)
    assert api.post(f"batches/{batch.code}/abandon/", {}).status_code == 400
    assert api.post(f"batches/{batch.code}/abandon/", {"reason": " "}).status_code == 400
    done = api.post(f"batches/{batch.code}/abandon/", {"reason": "The flask broke."})
    assert done.json()["abandoned_reason"] == "The flask broke."


@pytest.mark.parametrize(
    ("said", "field"), [({"ratio_ca_pb": -1}, "ratio_ca_pb"), ({"lead_mmol": 0}, "lead_mmol")]
)
def test_a_refused_plan_names_its_field(api, said, field):
    answer = api.post("recipes/cspbi3-seed-core-shell/plan/", {"lead_mmol": 0.376} | said)
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_an_assay_above_100_percent_is_refused_in_words(api):
    answer = api.post("lots/", {"chemical": "calcium-iodide", "assay_percent": "120"})
    assert answer.status_code == 400
    assert "at most at 100 %" in answer.json()["detail"]


def test_a_flask_that_would_boil_over_becomes_no_batch(api):
    answer = api.post("batches/", STORY | {"lead_mmol": 1.88})
    assert answer.status_code == 400
    assert "cannot be made into a batch" in answer.json()["detail"]
    assert not Batch.objects.exists()


def test_an_entry_from_the_future_is_refused(api):
    code = api.post("batches/", STORY).json()["code"]
    late = entry("weighing", "pbi2", "173.9", at="2099-01-01T00:00:00Z")
    answer = api.post(f"batches/{code}/events/", [late])
    assert answer.status_code == 400
    assert "still to come" in answer.json()["detail"]
