"""Backups are restored into a fresh database, and damage is named."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management.base import CommandError

from labnotebook.records.blobs import blob_path
from labnotebook.records.models import Revision, StoredFile
from labnotebook.records.services.checkpoints import write_checkpoint
from tests.factories import owner_of
from tests.labnotebook.backups import back_up, content, flip_a_bit, with_file

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_backup_comes_back_whole_once_without_sign_ins_and_is_written_on(
    notebook, fresh, tmp_path, test_database_url, client
):
    client.force_login(owner_of(notebook.project), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.session.session_key
    back_up(tmp_path / "backup")
    answer = fresh.manage("restore", str(tmp_path / "backup"))
    assert answer.returncode == 0, answer.stderr
    assert "every chain of the history is unbroken" in answer.stdout
    before, after = content(test_database_url), content(fresh.environment["DATABASE_URL"])
    assert after == before
    assert after["counts"]["synthesis_batch"] == 1
    assert len(after["hashes"]) == Revision.objects.count() > 20
    for stored in StoredFile.objects.all():
        restored = fresh.data / "blobs" / blob_path(stored.sha256).relative_to(settings.BLOB_ROOT)
        assert restored.read_bytes() == blob_path(stored.sha256).read_bytes()
    again = fresh.manage("restore", str(tmp_path / "backup"))
    assert again.returncode != 0
    assert "This notebook is not empty: it has 1 batch" in again.stderr
    with psycopg.connect(fresh.environment["DATABASE_URL"]) as rows:
        assert rows.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        rows.execute("UPDATE records_project SET description = 'later'")
        count = "SELECT count(*) FROM records_revision"
        assert rows.execute(count).fetchone()[0] == len(after["hashes"]) + 1
    verified = fresh.manage("verify_history")
    assert verified.returncode == 0, verified.stderr
    assert "intact" in verified.stdout


def test_one_flipped_bit_in_a_blob_is_named_and_nothing_is_touched(notebook, fresh, tmp_path):
    manifest = back_up(tmp_path / "backup")
    sha256 = sorted(manifest["blobs"])[0]
    flip_a_bit(kept(tmp_path, sha256))
    answer = fresh.manage("restore", str(tmp_path / "backup"))
    assert answer.returncode != 0
    assert f"The blob {sha256} was altered." in answer.stderr
    with psycopg.connect(fresh.environment["DATABASE_URL"]) as rows:
        assert not rows.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchall()


def test_the_rest_of_a_damaged_backup_can_still_be_had(notebook, fresh, tmp_path):
    manifest = back_up(tmp_path / "backup")
    bad, good = sorted(manifest["blobs"])
    flip_a_bit(kept(tmp_path, bad))
    answer = fresh.manage("restore", "--without-damaged", str(tmp_path / "backup"))
    assert answer.returncode != 0
    assert f"({bad}): the file is missing" in answer.stderr
    assert good not in answer.stderr
    blobs = [path.name for path in (fresh.data / "blobs" / "sha256").rglob("*") if path.is_file()]
    assert blobs == [good]


def test_checkpoints_hold_after_a_restore_into_a_first_start_that_has_its_own(
    notebook, fresh, tmp_path
):
    assert write_checkpoint()["count"] > 20
    back_up(tmp_path / "backup")
    assert fresh.manage("prepare").returncode == 0
    assert fresh.manage("relay", "--once").returncode == 0
    own = (fresh.data / "checkpoints.jsonl").read_text()
    answer = fresh.manage("restore", str(tmp_path / "backup"))
    assert answer.returncode == 0, answer.stderr
    aside = {path.read_text() for path in fresh.data.glob("checkpoints-of-*.jsonl")}
    assert aside == {own, (tmp_path / "backup" / "checkpoints.jsonl").read_text()}
    swept = fresh.manage("relay", "--once")
    assert swept.returncode == 0
    verified = fresh.manage("verify_history")
    assert verified.returncode == 0, verified.stderr
    assert "1 signed checkpoints hold" in verified.stdout, swept.stderr


def test_a_past_rewritten_before_the_backup_is_found_by_its_checkpoints(notebook, fresh, tmp_path):
    write_checkpoint()
    manifest = back_up(tmp_path / "backup")
    del manifest["checkpoints_bytes"]  # as it was made before that was written down
    (tmp_path / "backup" / "MANIFEST.json").write_text(json.dumps(manifest))
    file = tmp_path / "backup" / "checkpoints.jsonl"
    body = json.loads(file.read_text())
    file.write_text(json.dumps({**body, "count": body["count"] + 1}) + "\n")
    answer = fresh.manage("restore", str(tmp_path / "backup"))
    assert answer.returncode != 0
    assert "signed checkpoints of the backup do not fit" in answer.stderr


def test_a_changed_dump_is_refused(notebook, fresh, tmp_path):
    manifest = back_up(tmp_path / "backup")
    flip_a_bit(tmp_path / "backup" / manifest["database"]["file"])
    answer = fresh.manage("restore", str(tmp_path / "backup"))
    assert answer.returncode != 0
    assert "not what was written" in answer.stderr


def test_a_blob_that_rotted_in_the_notebook_is_named_by_the_backup(notebook, tmp_path):
    stored = StoredFile.objects.get(name="pl.csv")
    flip_a_bit(blob_path(stored.sha256))
    with pytest.raises(CommandError, match=f"pl.csv \\({stored.sha256}\\)"):
        back_up(tmp_path / "backup")
    manifest = json.loads((tmp_path / "backup" / "MANIFEST.json").read_text())
    assert stored.sha256 not in manifest["blobs"]
    assert len(manifest["blobs"]) == 1


def test_a_second_backup_copies_only_what_is_new(notebook, tmp_path, capsys):
    first = back_up(tmp_path / "backup")
    sizes = {sha256: kept(tmp_path, sha256).stat().st_mtime_ns for sha256 in first["blobs"]}
    with_file(notebook.project, "trpl.dat", b"new bytes")
    second = back_up(tmp_path / "backup")
    assert "3 files (1 new)" in capsys.readouterr().out
    assert set(second["blobs"]) > set(first["blobs"])
    assert {s: kept(tmp_path, s).stat().st_mtime_ns for s in first["blobs"]} == sizes
    dumps = [path.name for path in (tmp_path / "backup").glob("database-*")]
    assert dumps == [second["database"]["file"]]


def test_a_folder_that_is_no_backup_is_refused_in_words(fresh, tmp_path):
    answer = fresh.manage("restore", str(tmp_path))
    assert answer.returncode != 0
    assert "is not a backup" in answer.stderr


def test_a_backup_of_a_newer_notebook_is_refused(notebook, fresh, tmp_path):
    manifest = back_up(tmp_path / "backup")
    manifest["migrations"].append("records.9999_later")
    (tmp_path / "backup" / "MANIFEST.json").write_text(json.dumps(manifest))
    answer = fresh.manage("restore", str(tmp_path / "backup"))
    assert answer.returncode != 0
    assert "made by a newer notebook" in answer.stderr


def kept(tmp_path: Path, sha256: str) -> Path:
    return tmp_path / "backup" / "blobs" / "sha256" / sha256[:2] / sha256[2:4] / sha256
