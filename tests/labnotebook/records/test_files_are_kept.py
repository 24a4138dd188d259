"""Uploads: hashed while they stream, written once, never lost, never a path."""

import hashlib
import io

import pytest
from django.core.files.uploadhandler import StopUpload
from django.test import RequestFactory

from labnotebook.records import files
from labnotebook.records.files import BlobWriter, HashingUploadHandler, blob_path, clean_name
from labnotebook.records.models import StoredFile
from labnotebook.records.refusals import Refusal, StorageFull, TooLarge
from labnotebook.records.services.files import hashed_upload, store_file
from tests.factories import make_person, make_project


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.BLOB_ROOT = tmp_path / "blobs"


def leftovers(settings):
    return list((settings.BLOB_ROOT / "incoming").glob("*"))


@pytest.mark.django_db
def test_the_bytes_are_kept_under_their_sha256(settings):
    person = make_person()
    project = make_project(person)
    stored = store_file(by=person, project=project, upload=hashed_upload(b"1 2\n3 4\n", "a.xy"))
    assert stored.sha256 == hashlib.sha256(b"1 2\n3 4\n").hexdigest()
    assert blob_path(stored.sha256).read_bytes() == b"1 2\n3 4\n"
    assert (stored.size_bytes, stored.media_type) == (8, "text/plain")
    assert not leftovers(settings)


@pytest.mark.django_db
def test_the_same_bytes_twice_are_one_blob_with_two_names(settings):
    person = make_person()
    project = make_project(person)
    for name in ("a.xy", "b.xy"):
        store_file(by=person, project=project, upload=hashed_upload(b"same", name))
    assert {f.name for f in StoredFile.objects.all()} == {"a.xy", "b.xy"}
    assert len({f.sha256 for f in StoredFile.objects.all()}) == 1
    assert not leftovers(settings)


@pytest.mark.django_db
def test_an_empty_file_is_refused_in_words():
    person = make_person()
    with pytest.raises(Refusal, match="empty"):
        store_file(by=person, project=make_project(person), upload=hashed_upload(b"", "a.xy"))


def test_a_file_over_the_limit_is_refused_while_it_streams(settings):
    settings.MAX_UPLOAD_BYTES = 1024
    writer = BlobWriter()
    with pytest.raises(TooLarge):
        writer.write(b"x" * 1025)
    assert not writer.path.exists()


def test_a_full_disk_is_said_before_anything_is_written(monkeypatch):
    monkeypatch.setattr(files, "RESERVE_BYTES", 10**18)
    with pytest.raises(StorageFull, match="nearly full"):
        BlobWriter()


def test_the_form_door_hashes_on_the_way_and_stops_at_the_limit(settings):
    settings.MAX_UPLOAD_BYTES = 100_000
    request = RequestFactory().post("/", {"file": io.BytesIO(b"y" * 90_000)})
    assert (
        request.FILES["file"].writer.digest.hexdigest() == hashlib.sha256(b"y" * 90_000).hexdigest()
    )
    request.FILES["file"].close()
    handler = HashingUploadHandler(RequestFactory().get("/"))
    handler.new_file("file", "big", "text/plain", None)
    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"z" * 100_001, 0)
    assert isinstance(handler.request.upload_refusal, TooLarge)
    assert not leftovers(settings)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\scan.xy", "scan.xy"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("", "file"),
        ("µ-PL γ.csv", "µ-PL γ.csv"),
    ],
)
def test_a_name_is_data_and_never_a_path(sent, kept):
    assert clean_name(sent) == kept
