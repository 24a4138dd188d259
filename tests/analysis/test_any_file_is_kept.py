"""Any file is kept: a photo, a film, what no technique reads; and of several each is answered by itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analysis.models import Measurement
from analysis.services.measurements import add_measurement, correct_technique
from labnotebook.records.models import Job
from tests.analysis.factories import make_batch, pl_file, run_jobs, upload
from tests.factories import Api, owner_of

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
def page(client, owner):
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_photo_is_kept_and_comes_back_and_nothing_is_analysed(batch, owner, page):
    answer = send(owner, ("flask.png", PNG), batch=batch.code, technique="other")
    assert answer.status_code == 201
    said = answer.json()
    assert (said["technique"], said["analysis"], said["figures"]) == ("other", None, [])
    assert not Job.objects.filter(kind="analyse").exists()
    back = page.get(f"/files/{said['file']['id']}/")
    assert b"".join(back.streaming_content) == PNG
    shown = page.get(f"/m/{said['id']}/").content.decode()
    assert f'src="/files/{said["file"]["id"]}/"' in shown  # looked at in place
    on_batch = page.get(f"/b/{batch.code}/measurements/").content.decode()
    assert f'src="/files/{said["file"]["id"]}/"' in on_batch


@pytest.mark.parametrize(
    "name", ["film.mp4", "Report.PDF", "IMG_2.jpeg", "plot.opju", "slides.pptx"]
)
def test_the_page_tells_by_its_name_what_is_only_kept(batch, page, name):
    files = SimpleUploadedFile(name, b"\x00\x01 nothing that is read")
    page.post(f"/b/{batch.code}/files/", {"technique": "guess", "files": files})
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


def test_an_upload_without_a_file_is_refused_by_page_and_api(batch, owner, page):
    assert send(owner, batch=batch.code, technique="pl").status_code == 400
    answer = page.post(f"/b/{batch.code}/files/", {"technique": "guess"})
    assert answer.status_code == 422
