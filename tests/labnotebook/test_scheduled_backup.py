"""The notebook takes its backup by itself once a day, and says when it did not."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from labnotebook.backup import scheduled, taking
from labnotebook.backup.contents import read_manifest
from labnotebook.backup.folders import Folder
from labnotebook.backup.noted import Attempt, last_attempt, note_attempt, note_backup
from labnotebook.backup.restoring import check_backup
from labnotebook.records.management.commands import relay
from labnotebook.records.models import SecurityEvent
from labnotebook.records.services.checkpoints import write_checkpoint
from tests.factories import make_project

NIGHT = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)  # half past three in Berlin


@pytest.fixture
def folder(tmp_path, settings):
    settings.DATA_DIR, settings.BLOB_ROOT = tmp_path / "data", tmp_path / "blobs"
    settings.TIME_ZONE, settings.BACKUP_AT = "Europe/Berlin", time(3, 0)
    settings.BACKUP_FOLDER = str(tmp_path / "backup")
    (tmp_path / "backup").mkdir()
    return tmp_path / "backup"


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("now", "done", "begun", "due"),
    [
        (NIGHT, None, None, True),  # at once, when a folder is named first
        (NIGHT, NIGHT - hours(0.4), NIGHT - hours(0.4), False),  # tonight's is there
        (NIGHT, NIGHT - hours(0.6), NIGHT - hours(0.6), True),  # ten to three: before its time
        (NIGHT - hours(0.6), NIGHT - hours(24), NIGHT - hours(24), False),  # it is not three yet
        (NIGHT, NIGHT - hours(24), NIGHT - hours(24), True),
        (NIGHT + hours(0.9), NIGHT - hours(24), NIGHT, False),  # tonight's failed just now
        (NIGHT + hours(1), NIGHT - hours(24), NIGHT, True),
        (NIGHT, NIGHT + hours(50), NIGHT + hours(50), True),  # a clock was wrong
        (NIGHT + hours(9), NIGHT - hours(90), NIGHT - hours(90), True),  # the machine was off
    ],
)
def test_it_is_due_once_a_day_and_an_hour_after_a_failure(folder, now, done, begun, due):
    said = [moment.isoformat() if moment else "" for moment in (done, begun)]
    attempt = Attempt(str(folder), done_at=said[0], begun_at=said[1])
    assert scheduled._is_due(attempt, now) is due


@pytest.mark.django_db(transaction=True)
def test_it_is_taken_at_its_time_once_and_said_to_be_there(folder):
    assert scheduled.state(NIGHT)["late"] is True
    scheduled.back_up_when_due(NIGHT)
    manifest = (folder / "MANIFEST.json").read_bytes()
    assert scheduled.state(NIGHT) == {
        "folder": str(folder),
        "at": "2026-11-27T02:30:00+00:00",
        "late": False,
        "running": False,
        "trouble": None,
    }
    scheduled.back_up_when_due(NIGHT + hours(12))
    assert (folder / "MANIFEST.json").read_bytes() == manifest
    assert scheduled.state(NIGHT + hours(25))["late"] is False
    assert scheduled.state(NIGHT + hours(27))["late"] is True
    scheduled.back_up_when_due(NIGHT + hours(24))
    assert (folder / "MANIFEST.json").read_bytes() != manifest
    events = SecurityEvent.objects.filter(about="a backup of everything")
    assert events.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_went_wrong_is_logged_and_said_and_tried_again(folder, caplog):
    folder.rmdir()
    scheduled.back_up_when_due(NIGHT)
    said = scheduled.state(NIGHT)
    assert said["trouble"] == f"The folder {folder} is not there. Mount its disk, or make it."
    assert said["trouble"] in caplog.text
    assert (said["at"], said["late"]) == (None, True)
    folder.mkdir()
    scheduled.back_up_when_due(NIGHT + hours(0.5))
    assert not list(folder.iterdir())
    scheduled.back_up_when_due(NIGHT + hours(1))
    assert (folder / "MANIFEST.json").exists()
    assert scheduled.state(NIGHT + hours(1))["trouble"] is None


@pytest.mark.django_db(transaction=True)
def test_one_that_is_killed_leaves_the_one_before_it_whole(folder, monkeypatch):
    make_project()
    write_checkpoint()
    scheduled.back_up_when_due(NIGHT)
    kept = Folder(folder)
    before, checkpoints = read_manifest(kept), (folder / "checkpoints.jsonl").read_bytes()

    def die(*_):
        raise SystemExit

    make_project()
    write_checkpoint()
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(taking, "_write_manifest", die)
        scheduled.back_up_when_due(NIGHT + hours(24))
    assert len(list(folder.glob("database-*"))) == 2
    assert read_manifest(kept) == before
    assert list(check_backup(kept, before)) == []
    # What a restore holds the history against is what was signed then.
    later = (folder / "checkpoints.jsonl").read_bytes()
    assert later[: before["checkpoints_bytes"]] == checkpoints != later
    said = scheduled.state(NIGHT + hours(24))
    assert said["trouble"].startswith(
        "The backup that began at 2026-11-28T02:30:00+00:00 was inter"
    )
    scheduled.back_up_when_due(NIGHT + hours(25))
    assert len(list(folder.glob("database-*"))) == 1
    assert scheduled.state(NIGHT + hours(25))["trouble"] is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "others",
    [
        {"last_revision": {"seq": 1, "hash": "of another notebook"}},
        {"last_revision": None, "rows": {"records_revision": 10**6}},  # of before it was noted
    ],
)
def test_the_backup_of_a_lost_notebook_is_never_replaced_by_that_of_the_new_empty_one(
    folder, others
):
    scheduled.back_up_when_due(NIGHT)
    file = folder / "MANIFEST.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | others))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    scheduled.back_up_when_due(NIGHT + hours(24))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert "revisions that this notebook does not have" in scheduled.state(NIGHT)["trouble"]
    with pytest.raises(CommandError, match="Restore it, or name another folder"):
        call_command("backup", str(folder))


@pytest.mark.django_db(transaction=True)
def test_two_are_never_taken_at_once(folder):
    taken, done = threading.Event(), threading.Event()

    def another():
        with taking.alone():
            taken.set()
            done.wait(20)
        scheduled.connection.close()

    thread = threading.Thread(target=another)
    thread.start()
    try:
        assert taken.wait(20)
        scheduled.back_up_when_due(NIGHT)
        assert last_attempt() == Attempt(str(folder))
        assert scheduled.state(NIGHT)["running"] is True
        with pytest.raises(CommandError, match="Another backup is being taken"):
            call_command("backup", str(folder))
    finally:
        done.set()
        thread.join()
    assert scheduled.state(NIGHT)["running"] is False
    assert not list(folder.iterdir())


@pytest.mark.django_db
def test_without_a_folder_none_is_taken_and_none_is_late(folder, settings):
    settings.BACKUP_FOLDER = ""
    scheduled.back_up_when_due(NIGHT)
    assert scheduled.state(NIGHT) is None
    assert not list(folder.iterdir())


def test_of_another_folder_nothing_is_known_yet(folder, settings):
    note_attempt(Attempt(str(folder), done_at=NIGHT.isoformat(), begun_at=NIGHT.isoformat()))
    note_backup(NIGHT)
    settings.BACKUP_FOLDER = "/elsewhere"
    assert last_attempt() == Attempt("/elsewhere")


def test_the_relay_asks_for_it_again_and_again_and_never_twice_at_once(wait_until):
    assert "_back_up_when_due" in [work.__name__ for work in relay.BESIDE]
    begun, may_end = [], threading.Event()

    def work():
        begun.append(1)
        may_end.wait(20)
        raise RuntimeError("and what breaks there ends nothing else")

    command = relay.Command()
    command.start_beside(work)
    command.start_beside(work)
    assert wait_until(lambda: begun) == [1]
    may_end.set()
    command.beside[work].join()
    command.start_beside(work)
    command.beside[work].join()
    assert begun == [1, 1]


def test_a_torn_note_is_none(folder, settings):
    for torn in ("", "{", "[]", json.dumps({"surprise": 1})):
        settings.DATA_DIR.mkdir(exist_ok=True)
        (settings.DATA_DIR / "scheduled_backup.json").write_text(torn)
        assert last_attempt() == Attempt(str(folder))
