"""An account of an instrument sends files to its project, and reads nothing of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from analysis.models import InboxFile, Measurement
from labnotebook.records.models import Project, Role
from labnotebook.records.refusals import NotPermitted
from labnotebook.records.services.projects import create_project
from labnotebook.records.services.tokens import create_token
from tests.factories import join, make_batch, make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(db):
    return make_batch(make_project(name="Perovskites"))


@pytest.fixture
def xrd(batch):
    return join(batch.project, Role.INSTRUMENT, make_person("xrd"))


@pytest.fixture
def script(xrd):
    _token, text = create_token(user=xrd, name="upload")
    return Client(headers={"authorization": f"Bearer {text}"})


def spectrum(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"wavelength_nm,counts\n680,1\n686,9\n690,2\n")


def test_a_file_goes_to_the_batch_in_its_name_or_waits_in_the_inbox(batch, script, xrd):
    for name, state in ((f"{batch.code}_PL.csv", "filed"), ("PL film.csv", "waiting")):
        body = {
            "file": SimpleUploadedFile(name, f"wavelength_nm,counts\n680,{len(name)}\n".encode())
        }
        answer = script.post("/api/v1/inbox/", body)
        assert [row["state"] for row in answer.json()] == [state], answer.content
    assert Measurement.objects.get().batch == batch
    assert InboxFile.objects.get().file.uploaded_by == xrd
    again = {"file": SimpleUploadedFile("PL film.csv", b"wavelength_nm,counts\n680,11\n")}
    assert script.post("/api/v1/inbox/", again).json()[0]["state"] == "known"  # sent after a loss


def test_a_file_may_name_its_batch_and_nothing_is_read(batch, script):
    body = {"batch": batch.code, "technique": "pl", "file": spectrum("pl.csv")}
    answer = script.post("/api/v1/measurements/", body)
    assert answer.status_code == 201
    assert answer.json()["batch"] == batch.code
    for there in (
        f"batches/{batch.code}/",
        f"measurements/{answer.json()['id']}/",
        f"projects/{batch.project.slug}/",
        f"files/{Measurement.objects.get().file_id}/",
    ):
        assert script.get(f"/api/v1/{there}").status_code == 404, there
    for there in ("batches/", "measurements/", "projects/", "inbox/", "history/"):
        assert script.get(f"/api/v1/{there}").json()["results"] == [], there
    told = script.get("/api/v1/changes/?page_size=1000").json()["results"]
    assert {one["kind"] for one in told} <= {
        "chemical",
        "recipe",
        "architecture",  # the whole lab's, up to here
        "security_event",  # of its own token
    }


def test_it_sends_to_no_other_project(script):
    other = make_batch(make_project())
    body = {"batch": other.code, "technique": "pl", "file": spectrum("pl.csv")}
    assert script.post("/api/v1/measurements/", body).status_code == 400
    body = {"project": other.project.slug, "file": spectrum("pl.csv")}
    assert script.post("/api/v1/inbox/", body).status_code == 400
    assert not Measurement.objects.exists()


def test_it_begins_no_project_of_its_own(xrd):
    with pytest.raises(NotPermitted, match="instrument"):
        create_project(by=xrd, name="Mine")
    join(make_project(), Role.VIEWER, xrd)
    assert create_project(by=xrd, name="Mine")
    assert set(Project.objects.visible_to(xrd).values_list("memberships__role", flat=True)) > {
        "owner"
    }
