"""How the API refuses: in words, with the status that says what to do, and nothing changed."""

import json

import pytest
from django.test import Client

from devices.models import Device
from labnotebook.records.models import Project
from labnotebook.records.services.projects import set_member
from synthesis.models import Batch, Chemical, Material
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CHANGES = {
    "lots": ("lot", {"note": "opened", "reason": "seen"}),
    "chemicals": ("chemical", {"note": "opened", "reason": "seen"}),
    "devices": ("device", {"note": "scratched"}),
    "pixels": ("pixel", {"state": "shorted"}),
}


@pytest.fixture
def person(standing):
    return standing.person


@pytest.fixture
def lab(standing):
    return standing.lab


@pytest.fixture
def api(standing):
    return standing.api


@pytest.mark.parametrize(
    ("accept", "status"),
    [("*/*", 200), ("application/json, text/html;q=0.5", 200), ("text/html", 406)],
)
def test_who_takes_json_gets_json_and_who_takes_other_things_only_is_told(api, accept, status):
    answer = api.client.get("/api/v1/history/", headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/")
    assert json.loads(answer.content)


@pytest.mark.parametrize("noun", CHANGES)
def test_a_change_without_a_version_is_refused_and_told_the_version(noun, lab, api):
    kind, change = CHANGES[noun]
    address = f"{noun}/{lab[kind]}/"
    etag = api.get(address)["ETag"]
    answer = api("PATCH", address, change)
    assert answer.status_code == 428
    assert answer["Content-Type"] == "application/problem+json"
    assert etag in answer.json()["detail"]
    assert api.get(address)["ETag"] == etag


@pytest.mark.parametrize("noun", CHANGES)
def test_a_stale_change_is_refused_with_what_is_there_now(noun, lab, api):
    kind, change = CHANGES[noun]
    address = f"{noun}/{lab[kind]}/"
    old = api.get(address)["ETag"]
    assert api("PATCH", address, change, if_match=old).status_code == 200
    now = api.get(address)
    answer = api("PATCH", address, {**change, "note": "another"}, if_match=old)
    assert answer.status_code == 412
    assert answer.json()["current"] == now.json()
    assert api.get(address).json() == now.json()


CREATIONS = {
    "projects/": (Project, lambda lab: {"name": "Another"}, 201),
    "batches/": (
        Batch,
        lambda lab: {"recipe": lab["recipe"], "ratio_ca_pb": 0.25, "lead_mmol": 0.376},
        201,
    ),
    "chemicals/": (Chemical, lambda lab: {"name": "Salt", "formula": "SrI2"}, 201),
    "lots/": (Material, lambda lab: {"chemical": lab["chemical"], "supplier": "Somebody"}, 201),
    "devices/": (Device, lambda lab: {"architecture": "fret", "batch": lab["batch"]}, 201),
}


@pytest.mark.parametrize("address", CREATIONS)
def test_the_same_key_gives_the_first_answer_and_makes_one(address, lab, api):
    model, body_of, status = CREATIONS[address]
    before = model.objects.count()
    first, again = (api.post(address, body_of(lab), idempotency_key="k-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (status, status)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert model.objects.count() == before + 1


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("batches/", {"ratio_ca_pb": 0.5, "lead_mmol": 0.376}, "recipe"),
        ("batches/", {"recipe": "cspbi3-seed-core-shell", "lots": {"cai2": 3.5}}, "lots.cai2"),
        ("batches/", {"recipe": "no-such-recipe", "ratio_ca_pb": 0.5, "lead_mmol": 1}, "recipe"),
        ("batches/", [], ""),
        ("batches/", "R 0.5", ""),
        ("projects/", {"nam": "typo"}, "nam"),
        ("projects/", {"name": "a\x00b"}, "name"),
        ("projects/", {"name": "x" * 121}, "name"),
        ("lots/", {"chemical": "nothing"}, "chemical"),
        ("lots/", {"chemical": "cai2", "opened_date": "yesterday"}, "opened_date"),
        ("lots/", {"chemical": "cai2", "assay_percent": "NaN"}, "assay_percent"),
        ("devices/", {"architecture": "no-such"}, "architecture"),
        ("devices/", {"architecture": "fret", "pixels": [{"label": "P1"}, {}]}, "pixels.1.label"),
        ("outcomes/", {"batch": "NC-0001", "quantity": "plqy_percent", "value": "much"}, "value"),
        ("outcomes/", {"batch": "NC-0001", "quantity": "happiness", "value": "3"}, "quantity"),
        ("phases/", {"batch": "NC-0001", "phase": "omega", "reason": "x"}, "phase"),
        ("forecasts/", {"ratio_ca_pb": 1e300}, "ratio_ca_pb"),
        ("forecasts/", {}, "ratio_ca_pb"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(address, body, field, lab, api):
    answer = api.post(address, body)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert field in {error["field"] for error in said["errors"]} or not field
    assert len(said["detail"]) > 10


@pytest.mark.parametrize("noun", ["projects", "measurements"])
@pytest.mark.parametrize("sent", ["{", "\x00", '{"name": NaN}', "[" * 100_000, "\xff"])
def test_what_is_no_json_is_refused(sent, noun, api):
    answer = api.client.generic(
        "POST", f"/api/v1/{noun}/", sent.encode("latin-1"), content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_another_content_type_is_refused(api):
    answer = api.client.post("/api/v1/projects/", "name: x", content_type="application/yaml")
    assert answer.status_code == 415


def test_an_address_that_is_not_there_is_refused_as_a_problem(api):
    answer = api.get("unicorns/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == 404


def test_a_misspelt_filter_is_refused_and_not_answered_with_every_row(lab, api):
    for noun in ("batches", "lots", "devices", "measurements", "outcomes", "phases", "forecasts"):
        assert api.get(f"{noun}/?projekt=x").status_code == 400, noun


def test_a_page_size_beyond_the_limit_is_refused(api):
    for size in ("0", "1001", "-1", "ten", "٣"):
        assert api.get(f"batches/?page_size={size}").status_code == 400, size


def test_a_batch_that_is_running_cannot_be_signed(api, person, lab):
    body = {"recipe": lab["recipe"], "ratio_ca_pb": 0.5, "lead_mmol": 0.376}
    code = api.post("batches/", body).json()["code"]
    answer = api.post(f"batches/{code}/sign/", {"password": "correct horse battery"})
    assert answer.status_code == 409
    assert code in answer.json()["detail"]


def test_an_upload_without_a_file_is_refused_at_its_field(lab, api):
    answer = api.client.post("/api/v1/measurements/", {"batch": lab["batch"], "technique": "pl"})
    assert answer.status_code == 400
    assert "file" in {error["field"] for error in answer.json()["errors"]}


def test_a_session_without_the_csrf_token_cannot_write(person):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    answer = browser.post("/api/v1/projects/", {"name": "x"}, content_type="application/json")
    assert answer.status_code == 403


def test_the_only_owner_cannot_leave(person, lab, api):
    answer = api.post(f"projects/{lab['project']}/members/", {"username": person.username})
    assert answer.status_code == 400
    assert "only owner" in answer.json()["detail"]
    set_member(
        by=person,
        project=Project.objects.get(slug=lab["project"]),
        username=make_person("second").username,
        role="owner",
    )
    answer = api.post(f"projects/{lab['project']}/members/", {"username": person.username})
    assert answer.status_code in (200, 404)
