"""The same file twice, or a file that is named for another batch, is asked about before it is kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analysis.models import Measurement
from devices.models import Device, Layer, Pixel
from labnotebook.records.history import recorded
from tests.analysis.factories import make_batch, pl_file
from tests.factories import Api, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    return make_batch()


@pytest.fixture
def other(batch):
    return make_batch(batch.project)


@pytest.fixture
def owner(batch):
    return owner_of(batch.project)


def send(owner, name, content=None, **said):
    file = SimpleUploadedFile(name, pl_file() if content is None else content)
    body = {"technique": "pl", "file": file, **said}
    return Api(owner).client.post("/api/v1/measurements/", body)


def test_the_same_file_of_the_same_batch_is_asked_about(batch, other, owner):
    assert send(owner, "pl.csv", batch=batch.code).status_code == 201
    again = send(owner, "renamed.csv", batch=batch.code)
    assert again.status_code == 409
    assert again.json()["type"].endswith("asked")
    assert f"renamed.csv is kept with {batch.code} already" in again.json()["detail"]
    assert "pl.csv" in again.json()["detail"]
    assert Measurement.objects.count() == 1
    assert (
        send(owner, "pl.csv", batch=other.code).status_code == 201
    )  # a control is a control of both
    assert send(owner, "pl.csv", batch=batch.code, sure="true").status_code == 201


@pytest.mark.parametrize("name", ["{}_PL.csv", "day 3 ({}).csv", "pl-{}.csv"])
def test_a_file_named_for_another_batch_is_asked_about(batch, other, owner, name):
    asked = send(owner, name.format(other.code.lower()), batch=batch.code)
    assert asked.status_code == 409
    assert f"is named for {other.code}, and this is {batch.code}" in asked.json()["detail"]
    assert send(owner, name.format(batch.code), batch=batch.code).status_code == 201


def test_a_name_that_the_lab_does_not_have_or_one_may_not_see_says_nothing(batch, owner):
    assert send(owner, "NC-9999_PL.csv", batch=batch.code).status_code == 201
    foreign = make_batch()
    assert send(owner, f"{foreign.code}.csv", pl_file(690), batch=batch.code).status_code == 201


def test_a_device_takes_files_named_for_the_batch_it_is_made_of(batch, other, owner):
    with recorded(owner, "test"):
        device = Device.objects.create(project=batch.project, code="D-0007", built_by=owner)
        Layer.objects.create(
            device=device,
            index=1,
            role=Layer.Role.EMITTER,
            material_name="CsPbI3",
            source_batch=batch,
        )
        Pixel.objects.create(device=device, label="P2", area_mm2=4)
    said = {"technique": "el_spectrum", "pixel": "D-0007/P2"}
    assert send(owner, f"{batch.code}_d3_p2.csv", **said).status_code == 201
    assert send(owner, f"{other.code}_d3_p2.csv", pl_file(680), **said).status_code == 409


def test_the_page_names_the_odd_one_keeps_the_others_and_takes_a_yes(batch, other, owner, client):
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")

    def upload(*names, **said):
        files = [SimpleUploadedFile(name, pl_file(680 + n)) for n, name in enumerate(names)]
        form = {"technique": "pl", "files": files, **said}
        return client.post(f"/b/{batch.code}/files/", form, follow=True).content.decode()

    page = upload("good.csv", f"{other.code}.csv")
    assert f"is named for {other.code}" in page
    assert "The other files are kept." in page
    alone = upload(f"{other.code}.csv")
    assert "say that you are sure" in alone
    assert 'name="sure"' in alone
    upload(f"{other.code}.csv", sure="on")
    assert sorted(Measurement.objects.values_list("file__name", flat=True)) == sorted(
        ["good.csv", f"{other.code}.csv"]
    )
