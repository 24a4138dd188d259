"""Devices and pixels over HTTP."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.routers import SimpleRouter

from devices.api import ArchitectureViewSet, DeviceViewSet, PixelViewSet
from devices.models import Device
from tests.devices.factories import api, make_batch, make_device, make_project

DEVICES, PIXELS = "/api/v1/devices/", "/api/v1/pixels/"


def test_the_story_of_a_fret_led_over_the_api(lab):
    client, batch = api(lab.mira), make_batch(lab.mira, lab.project)
    pixels = [{"label": f"P{n}", "area_mm2": 4} for n in (1, 2, 3, 4)]
    asked = {"architecture": "fret", "batch": batch.code, "pixels": pixels, "note": "first"}
    built = client.post(DEVICES, {"project": lab.project.slug, **asked})
    assert built.status_code == 201
    assert built["Location"].endswith("/api/v1/devices/D-0001/")
    assert built["ETag"] == built.data["etag"]
    emitters = [layer for layer in built.data["layers"] if layer["is_emitter"]]
    assert [(layer["index"], layer["batch"]) for layer in emitters] == [(4, batch.code)]
    assert built.data["batch"] == batch.code
    assert [pixel["area_mm2"] for pixel in built.data["pixels"]] == [4.0] * 4

    fourth = built.data["pixels"][3]
    marked = client.patch(
        f"{PIXELS}{fourth['id']}/", {"state": "shorted"}, headers={"If-Match": fourth["etag"]}
    )
    assert (marked.status_code, marked.data["state"]) == (200, "shorted")
    assert marked["ETag"] != fourth["etag"]
    states = [pixel["state"] for pixel in client.get(f"{DEVICES}D-0001/").data["pixels"]]
    assert states == ["", "", "", "shorted"]


def test_without_a_project_the_device_belongs_to_that_of_its_batch(lab):
    other = make_project(lab.mira, name="Blue LEDs")
    batch = make_batch(lab.mira, other)
    answer = api(lab.mira).post(DEVICES, {"architecture": "p-i-n", "batch": batch.code})
    assert (answer.status_code, answer.data["project"]) == (201, other.slug)


def test_the_same_key_builds_one_device_and_gives_the_same_answer(lab):
    client, asked = api(lab.mira), {"architecture": "fret"}
    first, second = (
        client.post(DEVICES, asked, headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert first.content == second.content
    assert Device.objects.count() == 1


def test_a_refused_build_leaves_nothing_behind_and_the_key_free(lab):
    client, key = api(lab.mira), {"Idempotency-Key": "once"}
    asked = {"architecture": "fret", "batch": "NC-9999"}
    assert client.post(DEVICES, asked, headers=key).status_code == 400
    assert not Device.objects.exists()
    again = client.post(DEVICES, {"architecture": "fret"}, headers=key)
    assert again.status_code == 201
    assert again.json()["code"] == "D-0001"  # the refused one took no number


def test_a_foreign_batch_is_refused_as_if_it_were_not_there(lab):
    batch = make_batch(lab.stranger, make_project(lab.stranger, name="Secret"))
    answer = api(lab.mira).post(DEVICES, {"architecture": "fret", "batch": batch.code})
    assert answer.status_code == 400
    assert answer.data["detail"] == f"There is no batch '{batch.code}' for you."
    assert answer.data["errors"][0]["field"] == "batch"


@pytest.mark.parametrize("state", ["planned", "abandoned"])
def test_a_batch_that_was_never_made_answers_409(lab, state):
    batch = make_batch(lab.mira, lab.project, state=state)
    answer = api(lab.mira).post(DEVICES, {"architecture": "fret", "batch": batch.code})
    assert (answer.status_code, answer.data["type"]) == (409, "about:blank#wrong-state")


def test_a_viewer_reads_but_changes_nothing(lab):
    device = make_device(lab.mira, lab.project)
    client, pixel = api(lab.viewer), device.pixels.first()
    assert client.get(f"{DEVICES}{device.code}/").status_code == 200
    asked = {"architecture": "fret", "project": lab.project.slug}
    assert client.post(DEVICES, asked).status_code == 403
    match = {"If-Match": device.etag}
    assert client.patch(f"{DEVICES}{device.code}/", {"name": "x"}, headers=match).status_code == 403
    match = {"If-Match": pixel.etag}
    changed = client.patch(f"{PIXELS}{pixel.pk}/", {"state": "open"}, headers=match)
    assert changed.status_code == 403


def test_a_stranger_finds_nothing(lab):
    device = make_device(lab.mira, lab.project)
    make_project(lab.stranger, name="Own")
    client, pixel = api(lab.stranger), device.pixels.first()
    assert client.get(DEVICES).data["results"] == []
    assert client.get(f"{DEVICES}{device.code}/").status_code == 404
    assert client.get(f"{PIXELS}{pixel.pk}/").status_code == 404
    match = {"If-Match": pixel.etag}
    changed = client.patch(f"{PIXELS}{pixel.pk}/", {"state": "open"}, headers=match)
    assert changed.status_code == 404
    asked = {"architecture": "fret", "project": lab.project.slug}
    assert client.post(DEVICES, asked).status_code == 400


def test_a_change_says_which_version_it_changes(lab):
    device = make_device(lab.mira, lab.project)
    client, there = api(lab.mira), f"{DEVICES}{device.code}/"
    assert client.patch(there, {"name": "x"}).status_code == 428
    first = client.patch(there, {"name": "Best"}, headers={"If-Match": device.etag})
    assert (first.status_code, first.data["name"]) == (200, "Best")
    stale = client.patch(there, {"name": "Worst"}, headers={"If-Match": device.etag})
    assert (stale.status_code, stale.data["current"]["name"]) == (412, "Best")
    again = client.patch(there, {"name": "Worst"}, headers={"If-Match": first["ETag"]})
    assert again.status_code == 200


def test_a_stale_pixel_is_shown_as_it_stands(lab):
    device = make_device(lab.mira, lab.project)
    pixel = device.pixels.first()
    client, there = api(lab.mira), f"{PIXELS}{pixel.pk}/"
    client.patch(there, {"state": "working"}, headers={"If-Match": pixel.etag})
    stale = client.patch(there, {"state": "shorted"}, headers={"If-Match": pixel.etag})
    assert (stale.status_code, stale.data["current"]["state"]) == (412, "working")


def test_an_area_can_be_typed_and_taken_back(lab):
    pixel = make_device(lab.mira, lab.project).pixels.first()
    client, there = api(lab.mira), f"{PIXELS}{pixel.pk}/"
    typed = client.patch(there, {"area_mm2": "0,04 cm²"}, headers={"If-Match": pixel.etag})
    assert typed.data["area_mm2"] == 4.0
    empty = client.patch(there, {"area_mm2": None}, headers={"If-Match": typed["ETag"]})
    assert empty.data["area_mm2"] is None


@pytest.mark.parametrize(
    "asked",
    [
        {},
        [],
        {"architecture": "nonsense"},
        {"architecture": "fr\x00et"},
        {"architecture": ["fret"]},
        {"architecture": "fret", "pixels": []},
        {"architecture": "fret", "pixels": "P1"},
        {"architecture": "fret", "pixels": [{"label": "P1"}, {"label": "P1"}]},
        {"architecture": "fret", "pixels": [{"label": "P1", "area_mm2": True}]},
        {"architecture": "fret", "pixels": [{"label": "P1", "area_mm2": 10**400}]},
        {"architecture": "fret", "pixels": [{"label": "P1", "area_mm2": "\x00"}]},
        {"architecture": "fret", "pixels": [{"label": "P1", "areas": 4}]},
        {"architecture": "fret", "project": "nonsense"},
        {"architecture": "fret", "built_at": "0001-01-01T00:00:00+14:00"},
        {"architecture": "fret", "built_at": "yesterday"},
        {"architecture": "fret", "built_at": "0002-01-01T00:00:00Z"},
        {"architecture": "fret", "built_at": "9999-12-31T23:59:59Z"},
        {"architecture": "fret", "name": "x" * 121},
        {"architecture": "fret", "owner": "mira"},
    ],
)
def test_nonsense_is_refused_as_a_problem(lab, asked):
    answer = api(lab.mira).post(DEVICES, asked)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert not Device.objects.exists()


@pytest.mark.parametrize("field", ["architecture", "batch", "name", "pixels"])
def test_half_a_character_is_refused_as_a_problem(lab, field):
    half = '"\\ud800"' if field != "pixels" else '[{"label": "P1", "area_mm2": "4\\ud800"}]'
    body = f'{{"architecture": "fret", "{field}": {half}}}'
    answer = api(lab.mira).generic("POST", DEVICES, body, "application/json")
    assert answer.status_code == 400
    assert not Device.objects.exists()


@pytest.mark.parametrize("code", ["%00", "D-99999999999999999999", "nonsense", "D-0001%00"])
def test_what_cannot_be_a_code_is_not_there(lab, code):
    assert api(lab.mira).get(f"{DEVICES}{code}/").status_code == 404
    assert api(lab.mira).get(f"/api/v1/architectures/{code}/").status_code == 404


def test_a_number_that_no_pixel_has_is_not_there(lab):
    for number in ("0", "99999999999999999999999", "abc"):
        assert api(lab.mira).get(f"{PIXELS}{number}/").status_code == 404


def test_devices_are_found_by_stack_and_by_batch(lab):
    batch = make_batch(lab.mira, lab.project)
    fret = make_device(lab.mira, lab.project, "fret", emitter_batch_code=batch.code)
    make_device(lab.mira, lab.project, "p-i-n")
    client = api(lab.mira)
    for query in ({"architecture": "fret"}, {"batch": batch.code}):
        found = client.get(DEVICES, {**query, "project": lab.project.slug}).data["results"]
        assert [row["code"] for row in found] == [fret.code]
    assert client.get(DEVICES, {"batch": "NC-9999"}).data["results"] == []
    assert client.get(DEVICES, {"colour": "red"}).status_code == 400
    assert client.get(DEVICES, {"batch": "\x00"}).status_code == 400


def test_the_architectures_are_read_and_not_written(lab):
    client = api(lab.mira)
    slugs = {row["slug"] for row in client.get("/api/v1/architectures/").data["results"]}
    assert slugs == {"p-i-n", "fret", "hole-only", "electron-only", "capacitor"}
    pin = client.get("/api/v1/architectures/p-i-n/").data
    assert "ITO is the cathode" in pin["polarity"]
    assert client.post("/api/v1/architectures/", {}).status_code == 405


def test_the_empty_lab_answers(lab):
    assert api(lab.mira).get(DEVICES).data == {"next": None, "previous": None, "results": []}


def test_a_long_list_takes_few_queries(lab, django_assert_max_num_queries):
    batch = make_batch(lab.mira, lab.project)
    for _ in range(12):
        make_device(lab.mira, lab.project, emitter_batch_code=batch.code)
    with django_assert_max_num_queries(5):
        rows = api(lab.mira).get(DEVICES).data["results"]
    assert len(rows) == 12


def test_the_schema_is_drawn_without_warnings(lab):
    GENERATOR_STATS.reset()
    router = SimpleRouter()
    router.register("devices", DeviceViewSet)
    router.register("architectures", ArchitectureViewSet)
    router.register("pixels", PixelViewSet)
    schema = SchemaGenerator(patterns=router.urls).get_schema(request=None, public=True)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    assert set(schema["paths"]["/devices/{code}/"]) == {"get", "patch"}
