"""Scripts upload, poll, accept and ask through the API."""

import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from analysis.models import Analysis, Forecast, Measurement, Outcome
from labnotebook.records.files import blob_path
from tests.analysis.factories import make_batch, make_pixel, pl_file, run_jobs
from tests.factories import join, make_person, owner_of

pytestmark = pytest.mark.django_db
BASE = "/api/v1/"


@pytest.fixture
def batch():
    return make_batch()


def client_of(person):
    client = APIClient()
    client.force_login(person)
    return client


@pytest.fixture
def api(batch):
    return client_of(owner_of(batch.project))


def send(api, **fields):
    fields.setdefault("file", SimpleUploadedFile("pl.csv", pl_file()))
    fields.setdefault("technique", "pl")
    return api.post(f"{BASE}measurements/", fields, format="multipart")


def test_an_upload_waits_and_is_polled_until_it_is_done(api, batch):
    made = send(api, batch=batch.code)
    assert made.status_code == 201, made.data
    body = json.loads(made.content)
    assert body["analysis"]["state"] == "waiting"
    run_jobs("analyse")
    body = json.loads(api.get(f"{BASE}measurements/{body['id']}/").content)
    assert body["analysis"]["state"] == "done"
    figures = {f["quantity"]: f["value"] for f in body["analysis"]["figures"]}
    assert figures["pl_peak_nm"] == pytest.approx(686, abs=0.3)
    assert body["curves"] is None
    whole = json.loads(api.get(f"{BASE}measurements/{body['id']}/?curves=1").content)
    assert {"fit", "residual"} <= {curve["name"] for curve in whole["curves"]}


def test_a_file_whose_technique_is_not_installed_any_more_is_still_told_of(api, batch):
    made = json.loads(send(api, batch=batch.code).content)
    run_jobs("analyse")
    Measurement.objects.update(technique="raman")
    there = f"{BASE}measurements/{made['id']}/"
    told = json.loads(api.get(there).content)
    assert (told["technique"], told["file"]["name"]) == ("raman", "pl.csv")
    again = api.post(f"{there}analyse/", {}, format="json")
    assert again.status_code == 400
    assert "The technique “raman” is not installed here any more." in again.content.decode()


def test_the_data_of_an_analysis_can_be_taken(api, batch):
    made = json.loads(send(api, batch=batch.code).content)
    run_jobs("analyse")
    data = json.loads(api.get(f"{BASE}analyses/{made['analysis']['id']}/data/").content)
    assert [channel["name"] for channel in data["channels"]] == ["wavelength", "intensity"]
    assert data["points"] == 360


def test_the_same_key_uploads_once(api, batch):
    headers = {"HTTP_IDEMPOTENCY_KEY": "one"}
    answers = [
        api.post(
            f"{BASE}measurements/",
            {
                "batch": batch.code,
                "technique": "pl",
                "file": SimpleUploadedFile("pl.csv", pl_file()),
            },
            format="multipart",
            **headers,
        )
        for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert Measurement.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"technique": "nmr"}, 400, "technique"),
        ({"file": SimpleUploadedFile("e.csv", b"")}, 400, "empty"),
        ({"file": ""}, 400, "file"),
        ({"batch": "NC-9999"}, 400, "no batch"),
        ({"device": "D-0001"}, 400, "exactly one"),
        ({"colour": "red"}, 400, "Unknown field"),
        ({"parameters": "[1]"}, 400, "object"),
        ({"parameters": '{"form_nm": 1}'}, 400, "form_nm"),
        ({"parameters": '{"from_nm": "\\u0000"}'}, 400, "not a number"),
        ({"instrument": "a\x00b"}, 400, "Null"),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(api, batch, fields, status, says):
    answer = send(api, **{"batch": batch.code, **fields})
    assert answer.status_code == status, answer.content
    assert says in answer.content.decode()
    assert not Measurement.objects.exists()


def test_an_upload_beyond_the_limit_is_413(api, batch, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    answer = send(api, batch=batch.code)
    assert answer.status_code == 413, answer.content
    assert not Measurement.objects.exists()


def test_a_pixel_is_named_by_device_and_label():
    pixel = make_pixel()
    api = client_of(owner_of(pixel.device.project))
    for name in (f"{pixel.device.code}/P1", str(pixel.pk)):
        made = send(api, pixel=name, technique="el_spectrum", sure="true")  # twice the same file
        assert made.status_code == 201, made.content
        assert json.loads(made.content)["pixel"] == f"{pixel.device.code}/P1"


def test_lists_are_filtered_and_an_unknown_filter_is_refused(api, batch):
    send(api, batch=batch.code)
    found = json.loads(api.get(f"{BASE}measurements/?batch={batch.code}&technique=pl").content)
    assert len(found["results"]) == 1
    assert json.loads(api.get(f"{BASE}measurements/?technique=xrd").content)["results"] == []
    assert api.get(f"{BASE}measurements/?technique=nmr").status_code == 400
    assert api.get(f"{BASE}measurements/?tehcnique=pl").status_code == 400


def test_accepting_and_running_again(api, batch):
    made = json.loads(send(api, batch=batch.code).content)
    accept = f"{BASE}analyses/{made['analysis']['id']}/accept/"
    assert api.post(accept, {}).status_code == 409
    run_jobs("analyse")
    accepted = api.post(accept, {"quantities": ["pl_peak_nm"]})
    assert accepted.status_code == 200, accepted.content
    again = api.post(f"{BASE}measurements/{made['id']}/analyse/", {"parameters": {"from_nm": 640}})
    assert again.status_code == 201
    assert json.loads(again.content)["number"] == 2
    assert api.post(accept, {}, HTTP_IF_MATCH='"analysis-1-1"').status_code == 412
    outcomes = json.loads(api.get(f"{BASE}outcomes/?batch={batch.code}&current=true").content)
    assert [o["quantity"] for o in outcomes["results"]] == ["pl_peak_nm"]


def test_rejecting_needs_a_reason(api, batch):
    made = json.loads(send(api, batch=batch.code).content)
    run_jobs("analyse")
    reject = f"{BASE}analyses/{made['analysis']['id']}/reject/"
    assert api.post(reject, {}).status_code == 400
    assert json.loads(api.post(reject, {"reason": "drift"}).content)["rejected_reason"] == "drift"


def test_a_number_is_typed_as_number_or_text(api, batch):
    for value in (98, "98,0 %"):
        made = api.post(
            f"{BASE}outcomes/", {"batch": batch.code, "quantity": "plqy_percent", "value": value}
        )
        assert made.status_code == 201, made.content
    assert Outcome.objects.filter(superseded_at=None).get().typed_text == "98,0 %"


def test_a_phase_is_said_and_scored(api, batch):
    run_jobs("forecast_batch")
    made = api.post(
        f"{BASE}phases/",
        {
            "batch": batch.code,
            "phase": "gamma",
            "evidence": "xrd_elsewhere",
            "reason": "XRD elsewhere",
        },
    )
    assert made.status_code == 201, made.content
    assert json.loads(made.content)["score"]["hit"] is True
    refused = api.post(f"{BASE}phases/", {"batch": batch.code, "phase": "cubic", "reason": "x"})
    assert refused.status_code == 400


def test_a_forecast_is_asked_and_answered(api):
    asked = api.post(
        f"{BASE}forecasts/",
        {
            "ratio_ca_pb": 0.5,
            "injection_temperature_c": 170,
            "seed": "CaIx",
            "purification_cycles": 1,
        },
    )
    assert asked.status_code == 202, asked.content
    body = json.loads(asked.content)
    assert body["phase"] is None
    run_jobs("forecast")
    body = json.loads(api.get(f"{BASE}forecasts/{body['id']}/").content)
    assert 0.45 <= body["phase"]["gamma"]["value"] <= 0.95
    assert body["model"]["name"] == "prior"
    assert body["in_domain"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ratio_ca_pb": -1},
        {"ratio_ca_pb": "abc"},
        {"ratio_ca_pb": True},
        {"ratio_ca_pb": 10**400},
        {"ratio_ca_pb": 0.5, "seed": "gold"},
        {"ratio_ca_pb": 0.5, "purification_cycles": 1.5},
        {"ratio_ca_pb": 0.5, "colour": 1},
        {"ratio_ca_pb": 0.5, "cs_to_pb": "NaN"},
        {"ratio_ca_pb": 0.5, "project": "not-mine"},
    ],
)
def test_impossible_conditions_are_400(api, body):
    answer = api.post(f"{BASE}forecasts/", body)
    assert answer.status_code == 400, answer.content
    assert not Forecast.objects.filter(batch=None).exists()


def test_the_story_of_a_batch_has_everything(api, batch):
    made = json.loads(send(api, batch=batch.code).content)
    run_jobs()
    api.post(f"{BASE}analyses/{made['analysis']['id']}/accept/", {})
    story = json.loads(api.get(f"{BASE}batches/{batch.code}/").content)
    assert story["plan"]["reagents"]
    assert [m["id"] for m in story["measurements"]] == [made["id"]]
    assert "pl_peak_nm" in {o["quantity"] for o in story["outcomes"]}
    assert story["forecast"]["state"] == "done"
    assert (story["phase"], story["devices"], story["computed"]) == (None, [], [])


def test_a_viewer_reads_but_cannot_write_and_a_stranger_finds_nothing(batch):
    owner = client_of(owner_of(batch.project))
    made = json.loads(send(owner, batch=batch.code).content)
    run_jobs("analyse")
    run = made["analysis"]["id"]
    reads = [
        f"measurements/{made['id']}/",
        f"analyses/{run}/",
        f"analyses/{run}/data/",
        f"files/{made['file']['id']}/",
    ]
    writes = [
        (f"analyses/{run}/accept/", {}),
        (f"analyses/{run}/reject/", {"reason": "x"}),
        (f"measurements/{made['id']}/analyse/", {}),
    ]
    creates = [
        ("outcomes/", {"batch": batch.code, "quantity": "size_nm", "value": "12"}),
        ("phases/", {"batch": batch.code, "phase": "gamma", "reason": "x"}),
    ]
    viewer = client_of(join(batch.project, "viewer"))
    stranger = client_of(make_person())
    for path in reads:
        assert viewer.get(BASE + path).status_code == 200, path
        assert stranger.get(BASE + path).status_code == 404, path
        assert APIClient().get(BASE + path).status_code == 401, path
    for path, body in writes + creates:
        assert viewer.post(BASE + path, body).status_code == 403, path
    for path, body in writes:
        assert stranger.post(BASE + path, body).status_code == 404, path
    for path, body in creates:
        assert stranger.post(BASE + path, body).status_code == 400, path
    assert send(viewer, batch=batch.code).status_code == 403
    assert send(stranger, batch=batch.code).status_code == 400
    assert json.loads(stranger.get(f"{BASE}measurements/").content)["results"] == []
    assert Analysis.objects.get(pk=run).accepted_at is None


def pl_upload(**peak) -> SimpleUploadedFile:
    return SimpleUploadedFile("pl.csv", pl_file(**peak))


def test_a_file_is_downloaded_as_it_was(api, batch):
    made = json.loads(send(api, batch=batch.code).content)
    answer = api.get(f"{BASE}files/{made['file']['id']}/")
    assert b"".join(answer.streaming_content) == pl_file()
    assert answer["ETag"] == f'"{made["file"]["sha256"]}"'


def test_a_file_that_was_replaced_on_the_disk_is_not_handed_out(api, batch, client):
    made = json.loads(send(api, batch=batch.code, file=pl_upload(peak_nm=671)).content)
    blob = blob_path(made["file"]["sha256"])
    blob.chmod(0o600)
    blob.write_bytes(pl_file(peak_nm=650))
    answer = api.get(f"{BASE}files/{made['file']['id']}/")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "its content is not what was stored" in json.loads(answer.content)["detail"]
    client.force_login(owner_of(batch.project), backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get(reverse("analysis:file-download", args=[made["file"]["id"]]))
    assert page.status_code == 500
    assert "its content is not what was stored" in page.content.decode()
    blob.unlink()


def test_a_list_of_many_asks_few_questions(api, batch, django_assert_max_num_queries):
    for _ in range(6):
        send(api, batch=batch.code)
    with django_assert_max_num_queries(4):
        assert api.get(f"{BASE}measurements/").status_code == 200
