"""Photos and files are entries like all others: with a step, a time, once, and taken back."""

import hashlib
import uuid
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from labnotebook.records.files import blob_path
from labnotebook.records.models import StoredFile
from synthesis.models import Attachment, Batch, BenchEvent
from synthesis.services.bench import record_events
from tests.factories import Api, entry, make_batch
from tests.synthesis.bench.clock import tell
from tests.synthesis.factories import browser
from tests.synthesis.test_plan_a_batch import text_of

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


def photo(content: bytes = JPEG, name: str = "flask.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


@pytest.fixture
def batch(lab) -> Batch:
    return make_batch(lab.project)


@pytest.fixture
def keep(lab, batch):
    """Send a photo to the API as a script does."""

    def _keep(by=lab.mira, **said):
        body = {"file": photo(), "id": str(uuid.uuid4()), "target": "observe_precursor"} | said
        return Api(by).client.post(f"/api/v1/batches/{batch.code}/attachments/", body)

    return _keep


def test_a_photo_is_kept_at_its_step_with_its_time_note_and_digest(lab, batch, keep):
    at = "2026-11-25T10:20:30+00:00"
    batch.set_fields(planned_at="2026-11-25T09:00:00+00:00")
    answer = keep(note="grey-green, in the light", at=at)
    assert answer.status_code == 200
    kept = Attachment.objects.get()
    assert (kept.step_run.key, kept.note) == ("observe_precursor", "grey-green, in the light")
    assert kept.file.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert blob_path(kept.file.sha256).read_bytes() == JPEG
    assert BenchEvent.objects.get().value["sha256"] == kept.file.sha256
    (told,) = Api(lab.vera).get(f"batches/{batch.code}/").json()["attachments"]
    assert datetime.fromisoformat(told["at"]) == datetime.fromisoformat(at)
    assert (told["target"], told["name"]) == ("observe_precursor", "flask.jpg")
    file = Api(lab.vera).get(told["url"].removeprefix("/api/v1/"))
    assert b"".join(file.streaming_content) == JPEG


def test_the_same_photo_sent_twice_is_kept_once(batch, keep):
    identity = str(uuid.uuid4())
    assert keep(id=identity, at="2026-11-26T06:00:00Z").json()["accepted"] == [identity]
    assert keep(id=identity, at="2026-11-26T06:00:00Z").json()["known"] == [identity]
    assert Attachment.objects.count() == StoredFile.objects.count() == 1


def test_another_photo_under_the_same_id_is_refused_and_nothing_of_it_stays(batch, keep):
    identity = str(uuid.uuid4())
    keep(id=identity)
    answer = keep(id=identity, file=photo(JPEG + b"x"))
    assert answer.status_code == 400
    assert "taken by another entry" in str(answer.json())
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"target": "nowhere"}, "no reagent or step 'nowhere'"),
        ({"file": photo(b"")}, "empty"),
        ({"id": "one"}, "UUID"),
    ],
)
def test_a_photo_that_cannot_be_kept_is_refused_in_words(batch, keep, said, words):
    answer = keep(**said)
    assert answer.status_code == 400
    assert words in str(answer.json())
    assert not Attachment.objects.exists()
    assert not BenchEvent.objects.exists()


def test_an_entry_without_bytes_is_no_file(lab, batch):
    said = {"name": "flask.jpg", "sha256": "0" * 64, "size_bytes": 10}
    taken = tell(lab.mira, batch, entry("file", "observe_precursor", said), entry("note", "", "ok"))
    assert len(taken.accepted) == 1
    assert f"batches/{batch.code}/attachments/" in taken.refused[0]["message"]


def test_a_viewer_keeps_nothing(lab, keep):
    assert keep(by=lab.vera).status_code == 403
    assert not Attachment.objects.exists()


def test_a_photo_is_taken_back_and_stays_in_the_log(lab, batch, keep):
    identity = str(uuid.uuid4())
    keep(id=identity)
    tell(lab.mira, batch, entry("withdraw", "", {"entry": identity}))
    assert Api(lab.mira).get(f"batches/{batch.code}/").json()["attachments"] == []
    assert batch.events.count() == 2
    assert "flask.jpg" in text_of(browser(lab.mira).get(f"/b/{batch.code}/history/"))


def test_the_form_of_the_bench_keeps_it_without_scripts(lab, batch):
    mira, there = browser(lab.mira), f"/b/{batch.code}/events/"
    said = {"id": str(uuid.uuid4()), "kind": "file", "target": "degas", "place": "degas"}
    refused = mira.post(there, {**said, "more": "file", "note": "foams"})
    assert refused.status_code == 422
    assert "Choose a photo or a file." in text_of(refused)
    assert 'value="foams"' in refused.content.decode()
    answer = mira.post(there, {**said, "file": photo(), "note": "foams"})
    assert answer.headers["Location"] == f"/b/{batch.code}/bench/degas/"
    page = mira.get(answer.headers["Location"])
    assert f"/files/{Attachment.objects.get().file_id}/" in page.content.decode()
    assert "flask.jpg" in text_of(page)
    assert "foams" in text_of(mira.get(f"/b/{batch.code}/"))


def test_a_photo_after_finishing_needs_no_reason_and_none_comes_after_signing(lab, batch, keep):
    batch.set_fields(state=Batch.State.MADE, started_at=batch.planned_at)
    assert keep().status_code == 200
    batch.set_fields(state=Batch.State.SIGNED)
    refused = keep()
    assert refused.status_code == 400
    assert "closed" in str(refused.json())
    assert Attachment.objects.count() == 1
    with pytest.raises(IntegrityError, match="kept for good"), transaction.atomic():
        Attachment.objects.all().delete()


def test_the_history_says_in_words_what_was_kept(lab, batch, keep):
    keep(note="light scattering")
    said = text_of(browser(lab.vera).get(f"/b/{batch.code}/history/"))
    assert "kept the photo flask.jpg" in said
    assert "light scattering" in said


def test_a_batch_holds_no_more_files_than_it_can_show(lab, batch, keep, monkeypatch):
    monkeypatch.setattr("synthesis.services.bench_entries.kept.MOST_FILES", 1)
    keep()
    answer = keep(file=photo(JPEG + b"2"))
    assert answer.status_code == 400
    assert "at most 1 files" in str(answer.json())
    record_events(by=lab.mira, batch=batch, events=[entry("note", "", "the bench goes on")])
