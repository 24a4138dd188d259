"""Any file is kept: a photo, a film, what no technique reads; and of several each is answered by itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from analysis.models import Measurement
from analysis.services.measurements import add_measurement, correct_technique
from analysis.services.outcomes import accept_analysis
from devices.models import Device, Layer
from labnotebook.records.history import recorded
from labnotebook.records.models import Job
from labnotebook.records.refusals import WrongState
from synthesis.models import Chemical
from synthesis.services.materials import add_bottle
from tests.analysis.factories import make_batch, pl_file, run_jobs, upload
from tests.factories import Api, make_person, owner_of

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"a flask under the lamp"


@pytest.fixture
def batch():
    return make_batch()


@pytest.fixture
def owner(batch):
    return owner_of(batch.project)


def send(owner, *files, **said):
    """POST measurements/ with several parts called ``file``."""
    parts = [SimpleUploadedFile(name, content) for name, content in files]
    return Api(owner).client.post("/api/v1/measurements/", {**said, "file": parts})


@pytest.fixture
def visitor(client, owner):
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_photo_is_kept_and_comes_back_and_nothing_is_analysed(batch, owner, visitor):
    answer = send(owner, ("flask.png", PNG), batch=batch.code, technique="other")
    assert answer.status_code == 201
    said = answer.json()
    assert (said["technique"], said["analysis"], said["figures"]) == ("other", None, [])
    assert not Job.objects.filter(kind="analyse").exists()
    back = visitor.get(f"/files/{said['file']['id']}/")
    assert b"".join(back.streaming_content) == PNG
    shown = visitor.get(f"/m/{said['id']}/").content.decode()
    assert f'src="/files/{said["file"]["id"]}/"' in shown  # looked at in place
    on_batch = visitor.get(f"/b/{batch.code}/measurements/").content.decode()
    assert f'src="/files/{said["file"]["id"]}/"' in on_batch


@pytest.mark.parametrize(
    "name", ["film.mp4", "Report.PDF", "IMG_2.jpeg", "plot.opju", "slides.pptx"]
)
def test_the_page_tells_by_its_name_what_is_only_kept(batch, visitor, name):
    files = SimpleUploadedFile(name, b"\x00\x01 nothing that is read")
    visitor.post(f"/b/{batch.code}/files/", {"technique": "guess", "files": files})
    assert Measurement.objects.get().technique == "other"


def test_a_file_that_was_only_kept_is_read_once_its_technique_is_said(batch, owner):
    kept = add_measurement(by=owner, subject=batch, technique="other", upload=upload(pl_file()))
    correct_technique(by=owner, measurement=kept, technique="pl")
    run_jobs("analyse")
    assert kept.analyses.get().state == "done"
    api = Api(owner)
    other = add_measurement(
        by=owner, subject=batch, technique="other", upload=upload(b"x", "x.txt")
    )
    refused = api.post(f"measurements/{other.pk}/analyse/", {})
    assert refused.status_code == 400
    assert "only kept" in refused.json()["detail"]


def test_every_file_of_one_post_is_kept(batch, owner):
    answer = send(
        owner,
        ("one.csv", pl_file(686)),
        ("two.csv", pl_file(687)),
        batch=batch.code,
        technique="pl",
    )
    assert answer.status_code == 201
    assert [row["file"] for row in answer.json()] == ["one.csv", "two.csv"]
    assert {row["measurement"]["id"] for row in answer.json()} == set(
        Measurement.objects.values_list("pk", flat=True)
    )


def test_a_bad_file_of_several_is_named_and_the_others_are_kept(batch, owner):
    answer = send(
        owner, ("good.csv", pl_file()), ("empty.csv", b""), batch=batch.code, technique="pl"
    )
    assert answer.status_code == 201
    good, bad = answer.json()
    assert (good["measurement"]["file"]["name"], good["refused"]) == ("good.csv", "")
    assert bad["measurement"] is None
    assert "empty.csv is empty" in bad["refused"]
    assert Measurement.objects.count() == 1


def test_when_no_file_can_be_kept_each_is_named(batch, owner):
    answer = send(owner, ("a.csv", b""), ("b.csv", b""), batch=batch.code, technique="pl")
    assert answer.status_code == 400
    assert "a.csv is empty" in answer.json()["detail"]
    assert "b.csv is empty" in answer.json()["detail"]
    assert not Measurement.objects.exists()


def test_an_upload_without_a_file_is_refused_by_page_and_api(batch, owner, visitor):
    assert send(owner, batch=batch.code, technique="pl").status_code == 400
    answer = visitor.post(f"/b/{batch.code}/files/", {"technique": "guess"})
    assert answer.status_code == 422


@pytest.fixture
def lot(batch, owner):
    return add_bottle(
        by=owner, project=batch.project, chemical=Chemical.objects.get(slug="lead-iodide")
    )


@pytest.fixture
def layer(batch, owner):
    with recorded(owner, "test"):
        device = Device.objects.create(project=batch.project, code="D-0001", built_by=owner)
        return Layer.objects.create(
            device=device, index=3, role=Layer.Role.EMITTER, material_name="CsPbI3"
        )


def test_a_file_hangs_on_a_bottle_and_on_a_layer_as_well(lot, layer, owner, visitor):
    of_lot = send(owner, ("a.png", PNG), lot=lot.code, technique="other").json()
    assert (of_lot["lot"], of_lot["layer"], of_lot["batch"]) == (lot.code, None, None)
    of_layer = send(owner, ("b.png", PNG), layer="D-0001/3", technique="other").json()
    assert (of_layer["layer"], of_layer["lot"]) == ("D-0001/3", None)
    listed = Api(owner).get(f"measurements/?lot={lot.code}").json()["results"]
    assert [one["id"] for one in listed] == [of_lot["id"]]
    assert "a.png" in visitor.get(f"/lots/{lot.code}/measured/").content.decode()
    assert "b.png" in visitor.get("/d/D-0001/layers/3/files/").content.decode()
    for one in (of_lot, of_layer):
        assert visitor.get(f"/m/{one['id']}/").status_code == 200


def test_a_file_is_of_exactly_one_thing_that_one_may_see(batch, lot, owner):
    both = send(owner, ("a.png", PNG), lot=lot.code, batch=batch.code, technique="other")
    assert both.status_code == 400
    assert "exactly one of batch, device, pixel, lot and layer" in both.json()["detail"]
    for name, code in (("lot", "L-9999"), ("layer", "D-9999/1"), ("layer", "nonsense")):
        answer = send(owner, ("a.png", PNG), **{name: code}, technique="other")
        assert answer.status_code == 400
        assert f"There is no {name}" in answer.json()["detail"]
    stranger = make_person("stranger")
    assert send(stranger, ("a.png", PNG), lot=lot.code, technique="other").status_code == 400
    with pytest.raises(IntegrityError), transaction.atomic():
        kept = add_measurement(by=owner, subject=lot, technique="other", upload=upload(b"x"))
        Measurement.objects.filter(pk=kept.pk).update(batch=batch)


def test_the_numbers_of_a_bottles_file_are_read_and_stand_for_no_batch(lot, owner, visitor):
    measurement = add_measurement(by=owner, subject=lot, technique="pl", upload=upload())
    run_jobs("analyse")
    run = measurement.analyses.get()
    assert run.state == "done"
    with pytest.raises(WrongState, match=f"This file is of {lot.code}"):
        accept_analysis(by=owner, analysis=run)
    shown = visitor.get(f"/m/{measurement.pk}/").content.decode()
    assert "these stay with their file" in shown
    assert f"/m/{measurement.pk}/accept/" not in shown
