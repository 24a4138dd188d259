"""A stored file is what its hash says, or is not used: every reader compares."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labnotebook.backup.contents import copy_blobs
from labnotebook.backup.folders import Folder, Shelf
from labnotebook.records.blobs import blob_path
from labnotebook.records.files import open_blob
from labnotebook.records.refusals import FileDamaged
from labnotebook.records.services.files import hashed_upload, store_file
from tests.factories import make_person, make_project

CONTENT = b"Wavelength (nm),Counts\n600,1\n"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.BLOB_ROOT = tmp_path / "blobs"
    settings.DATA_DIR = tmp_path


def store(content: bytes = CONTENT, name: str = "pl.csv"):
    person = make_person()
    return store_file(by=person, project=make_project(person), upload=hashed_upload(content, name))


def replace(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def verify() -> str:
    said = io.StringIO()
    try:
        call_command("verify_history", stdout=said, stderr=said)
    except CommandError as error:
        return f"{said.getvalue()}{error}"
    return said.getvalue()


@pytest.mark.django_db
def test_an_untouched_file_is_opened_from_its_beginning():
    stored = store()
    with open_blob(stored.sha256, stored.name) as blob:
        assert blob.read() == CONTENT
    assert "1 stored files are what their hashes say" in verify()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [CONTENT.replace(b"600", b"650"), b"", CONTENT + b"\n"])
def test_a_replaced_file_is_not_opened_and_verify_history_names_it(content):
    stored = store()
    replace(blob_path(stored.sha256), content)
    with pytest.raises(FileDamaged, match=r"pl\.csv is not handed out"):
        open_blob(stored.sha256, stored.name)
    said = verify()
    assert f"pl.csv ({stored.sha256}): its content is not what was stored" in said
    assert "intact" not in said


@pytest.mark.django_db
def test_a_missing_file_is_named():
    stored = store()
    blob_path(stored.sha256).unlink()
    with pytest.raises(FileDamaged, match="cannot be opened"):
        open_blob(stored.sha256, stored.name)
    assert f"pl.csv ({stored.sha256}): the file is missing" in verify()


@pytest.mark.django_db
def test_uploading_the_original_again_mends_a_damaged_file():
    stored = store()
    replace(blob_path(stored.sha256), b"something else")
    store()
    assert blob_path(stored.sha256).read_bytes() == CONTENT
    assert blob_path(stored.sha256).stat().st_mode & 0o777 == 0o440
    assert "intact" in verify()


@pytest.mark.django_db
def test_a_backup_names_a_file_that_was_replaced_after_it_was_copied(tmp_path):
    stored = store()
    wanted = {stored.sha256: (stored.size_bytes, stored.name)}
    kept = Folder(tmp_path / "kept")
    assert copy_blobs(wanted, Shelf(), kept) == ({stored.sha256: 29}, 1, [])
    replace(blob_path(stored.sha256), CONTENT.replace(b"600", b"650"))
    present, copied, damaged = copy_blobs(wanted, Shelf(), kept)
    assert (present, copied) == ({stored.sha256: 29}, 0)
    assert damaged == [
        f"pl.csv ({stored.sha256}): its content is not what was stored; an earlier copy is sound"
    ]
    assert kept.blob(stored.sha256).read_bytes() == CONTENT


@pytest.mark.django_db
def test_a_copy_that_rotted_in_the_backup_is_copied_again(tmp_path):
    stored = store()
    wanted = {stored.sha256: (stored.size_bytes, stored.name)}
    kept = Folder(tmp_path / "kept")
    copy_blobs(wanted, Shelf(), kept)
    replace(kept.blob(stored.sha256), CONTENT.replace(b"600", b"650"))
    assert copy_blobs(wanted, Shelf(), kept) == ({stored.sha256: 29}, 1, [])
    assert kept.blob(stored.sha256).read_bytes() == CONTENT
