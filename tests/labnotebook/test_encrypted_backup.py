"""An encrypted backup tells an outsider nothing, comes back whole with its passphrase, and with no other."""

from __future__ import annotations

import json
import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from labnotebook.backup import age, folders
from labnotebook.records.blobs import blob_path
from labnotebook.records.models import StoredFile
from labnotebook.records.services.checkpoints import write_checkpoint
from tests.labnotebook.age_by_the_standard import open_age, secret_of
from tests.labnotebook.backups import content, flip_a_bit, with_file

pytestmark = pytest.mark.django_db(transaction=True)

PASSPHRASE = "four words and 1 number"


@pytest.fixture
def encrypted(notebook, tmp_path, settings, monkeypatch):
    """An encrypted backup of a small lab, with checkpoints."""
    monkeypatch.setattr(age, "WORK_FACTOR", 10)
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    write_checkpoint()
    call_command("backup", str(tmp_path / "backup"), verbosity=0)
    return tmp_path / "backup"


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def manifest_of(folder) -> tuple[dict, bytes]:
    """Return the manifest and the secret that opens the files, as somebody without the notebook has them."""
    identity = open_age((folder / "KEY.age").read_bytes(), passphrase=PASSPHRASE).decode()
    secret = secret_of(identity)
    return json.loads(open_age((folder / "MANIFEST.json.age").read_bytes(), secret=secret)), secret


def refusal_of(folder) -> str:
    """Return why a backup is not restored: before the notebook, which is not empty, is looked at."""
    with pytest.raises(CommandError) as refused:
        call_command("restore", str(folder), verbosity=0)
    return str(refused.value)


def test_it_comes_back_whole_into_a_fresh_notebook_whose_history_is_intact(
    encrypted, fresh, test_database_url
):
    fresh.environment["LABNOTEBOOK_BACKUP_PASSPHRASE"] = PASSPHRASE
    answer = fresh.manage("restore", str(encrypted))
    assert answer.returncode == 0, answer.stderr
    assert content(fresh.environment["DATABASE_URL"]) == content(test_database_url)
    blobs = {path.name for path in fresh.data.glob("blobs/sha256/*/*/*")}
    assert blobs == set(StoredFile.objects.values_list("sha256", flat=True))
    (aside,) = fresh.data.glob("checkpoints-of-the-backup-*.jsonl")
    assert json.loads(aside.read_text())["number"] == 1
    verified = fresh.manage("verify_history")
    assert verified.returncode == 0, verified.stderr


def test_an_outsider_learns_nothing_and_who_has_the_passphrase_needs_no_notebook(encrypted):
    manifest, secret = manifest_of(encrypted)
    assert len(manifest["blobs"]) == 2
    for file in files_of(encrypted):
        data = file.read_bytes()
        assert data.startswith(b"age-encryption.org/v1\n-> "), file
        for telling in (b"PGDMP", b"xrd.xy", b"1,2\n3,4", b"sha256", b"records_", b"public_key"):
            assert telling not in data, file
        assert not any(sha256 in str(file) for sha256 in manifest["blobs"])
        assert file.stat().st_mode & 0o077 in (0, 0o040)
    dump = encrypted / f"{manifest['database']['file']}.age"
    assert open_age(dump.read_bytes(), secret=secret).startswith(b"PGDMP")
    for sha256, name in manifest["blob_names"].items():
        kept = encrypted / "blobs" / "sha256" / name[:2] / name[2:4] / f"{name}.age"
        assert open_age(kept.read_bytes(), secret=secret) == blob_path(sha256).read_bytes()


def test_again_it_copies_only_new_files_and_mends_what_rotted(encrypted, notebook, capsys):
    old = {path: path.read_bytes() for path in encrypted.glob("blobs/**/*.age")}
    rotten = sorted(old)[0]
    with_file(notebook.project, "trpl.dat", b"new bytes")
    call_command("backup", str(encrypted))
    assert "3 files (1 new)" in capsys.readouterr().out
    assert all(path.read_bytes() == data for path, data in old.items())
    assert len(list(encrypted.glob("database-*"))) == 1
    flip_a_bit(rotten)
    call_command("backup", str(encrypted))
    said = capsys.readouterr().out
    assert "3 files (1 new)" in said
    assert ", encrypted;" in said
    assert rotten.read_bytes() != old[rotten]
    assert "not empty" in refusal_of(encrypted)  # all of it is sound


def test_what_was_damaged_is_a_sentence_and_nothing_is_touched(encrypted, tmp_path, settings):
    manifest, _ = manifest_of(encrypted)
    (dump,) = encrypted.glob("database-*")
    blobs = sorted(path.relative_to(encrypted) for path in encrypted.glob("blobs/**/*.age"))
    one, other = sorted(manifest["blobs"])

    def with_damage(change) -> str:
        copy = shutil.copytree(encrypted, tmp_path / "copy")
        change(copy)
        said = refusal_of(copy)
        shutil.rmtree(copy)
        return said

    def cut(path):
        path.write_bytes(path.read_bytes()[:-1])

    def swap(copy):
        (copy / blobs[0]).replace(copy / "aside")
        (copy / blobs[1]).replace(copy / blobs[0])
        (copy / "aside").replace(copy / blobs[1])

    altered = f"The blob {one} was altered. The blob {other} was altered."
    missing = f"The blob {one} is missing. The blob {other} is missing."
    assert "not what was written" in with_damage(lambda c: flip_a_bit(c / dump.name))
    assert "not what was written" in with_damage(lambda c: cut(c / dump.name))
    assert altered in with_damage(swap)
    assert missing in with_damage(lambda c: shutil.rmtree(c / "blobs"))
    assert "chunk 1 was cut" in with_damage(lambda c: cut(c / "MANIFEST.json.age"))
    assert "cannot be read" in with_damage(lambda c: cut(c / "checkpoints.jsonl.age"))
    assert "is missing" in with_damage(lambda c: (c / "checkpoints.jsonl.age").unlink())
    assert "KEY.age does not open" in with_damage(lambda c: flip_a_bit(c / "KEY.age"))
    assert "without its KEY.age" in with_damage(lambda c: (c / "KEY.age").unlink())
    assert "is not a backup" in with_damage(lambda c: (c / "MANIFEST.json.age").unlink())
    settings.BACKUP_PASSPHRASE = "four words and 2 numbers"
    assert "KEY.age does not open: it was sealed with another" in refusal_of(encrypted)
    settings.BACKUP_PASSPHRASE = ""
    assert "is encrypted. Set its passphrase in LABNOTEBOOK" in refusal_of(encrypted)
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    assert "not empty" in with_damage(lambda c: None)  # the same, undamaged, would be restored


def test_plain_and_encrypted_files_are_never_mixed_in_a_folder(encrypted, tmp_path, settings):
    before = files_of(encrypted)
    settings.BACKUP_PASSPHRASE = ""
    with pytest.raises(CommandError, match="holds an encrypted backup, and no passphrase is set"):
        call_command("backup", str(encrypted))
    settings.BACKUP_PASSPHRASE = "another one for today"
    with pytest.raises(CommandError, match="does not open"):
        call_command("backup", str(encrypted))
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / folders.MANIFEST).write_text("{}")
    with pytest.raises(CommandError, match="holds a backup that is not encrypted"):
        call_command("backup", str(plain))
    assert files_of(encrypted) == before
    assert files_of(plain) == [plain / folders.MANIFEST]
