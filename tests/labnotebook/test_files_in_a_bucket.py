"""Files whose place of record is a bucket, told by a real server of S3; boto3 alone says what is in it."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from analysis.models import Analysis
from labnotebook import environment
from labnotebook.records.blobs import blob_path
from labnotebook.records.models import Job, StoredFile
from labnotebook.records.refusals import StorageAway
from labnotebook.records.services import jobs
from tests.analysis.factories import make_batch, pl_file, run_jobs
from tests.factories import owner_of
from tests.s3_server import KEYS, NAME, digest, key, stating, store, verify


class Script:
    """Somebody's script, which sends and asks by the API."""

    def __init__(self) -> None:
        self.batch = make_batch()
        self.api = APIClient()
        self.api.force_login(owner_of(self.batch.project))

    def send(self, content: bytes = b"", **more):
        more.setdefault("file", SimpleUploadedFile("pl.csv", content))
        fields = {"batch": self.batch.code, "technique": "pl", **more}
        return self.api.post("/api/v1/measurements/", fields, format="multipart")

    def download(self, number: int):
        return self.api.get(f"/api/v1/files/{number}/")


@pytest.mark.django_db
def test_a_file_sent_here_is_in_the_bucket_and_analysed_and_read_on_another_machine(
    s3, other_machine
):
    script, content = Script(), pl_file(peak_nm=686.0)
    made = script.send(content)
    assert made.status_code == 201, made.content
    assert s3.content(s3.name) == {key(digest(content)): content}
    cache = other_machine()
    run_jobs("analyse")
    analysis = Analysis.objects.get(pk=json.loads(made.content)["analysis"]["id"])
    assert analysis.state == "done", analysis.failure
    answer = script.download(json.loads(made.content)["file"]["id"])
    assert b"".join(answer.streaming_content) == content
    assert (cache / key(digest(content))).read_bytes() == content
    assert list((cache / "incoming").iterdir()) == []
    assert "1 stored files are what their hashes say" in verify()


@pytest.mark.django_db
def test_a_replaced_object_is_used_by_nobody_and_verify_history_names_it(s3, other_machine):
    script, content = Script(), pl_file(peak_nm=671.0)
    made = json.loads(script.send(content).content)
    other = pl_file(peak_nm=651.0)
    s3.client.put_object(Bucket=s3.name, Key=key(digest(content)), Body=other)
    # The cache of this machine is sound, and the bucket is what counts.
    assert f"({digest(content)}): its content is not what was stored" in verify()
    cache = other_machine()
    run_jobs("analyse")
    analysis = Analysis.objects.get(pk=made["analysis"]["id"])
    assert analysis.state == "failed"
    assert "The stored file is not what was uploaded" in analysis.failure
    answer = script.download(made["file"]["id"])
    assert answer.status_code == 500
    assert "its content is not what was stored" in json.loads(answer.content)["detail"]
    assert not (cache / key(digest(content))).exists()
    assert script.send(content, sure="true").status_code == 201  # mends it
    assert s3.content(s3.name) == {key(digest(content)): content}
    assert "intact" in verify()


@pytest.mark.django_db
def test_an_object_that_is_gone_is_named(s3, other_machine):
    stored = store(b"1 2\n3 4\n")
    s3.client.delete_object(Bucket=s3.name, Key=key(stored.sha256))
    assert f"pl.csv ({stored.sha256}): the file is missing" in verify()


@pytest.mark.django_db
def test_a_bucket_that_is_away_refuses_uploads_in_a_sentence_keeps_analyses_waiting_and_loses_nothing(
    s3, other_machine, client
):
    script, first, second = Script(), pl_file(peak_nm=686.0), pl_file(peak_nm=690.0)
    made = json.loads(script.send(first).content)
    s3.stop()
    refused = script.send(second)
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    problem = json.loads(refused.content)
    assert problem["type"] == "about:blank#storage-away"
    assert "The storage of the files does not answer" in problem["detail"]
    assert StoredFile.objects.count() == 1
    assert list((configured.BLOB_ROOT / "incoming").iterdir()) == []
    assert not blob_path(digest(second)).exists()

    other_machine()
    job = Job.objects.get(kind="analyse")
    for _ in range(jobs.MAX_FAULTS + 1):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.faults) == ("queued", 0, 0)
    assert "does not answer" in job.error
    assert Analysis.objects.get(pk=made["analysis"]["id"]).state == "waiting"

    client.force_login(
        owner_of(script.batch.project), backend=configured.AUTHENTICATION_BACKENDS[0]
    )
    page = client.get(reverse("analysis:measurement-detail", args=[made["id"]]))
    assert page.status_code == 200
    page = client.get(reverse("analysis:file-download", args=[made["file"]["id"]]))
    assert page.status_code == 503
    assert "The storage of the files does not answer" in page.content.decode()
    assert "could not be read, so nothing is said" in verify()

    s3.start()
    run_jobs("analyse")
    assert Analysis.objects.get(pk=made["analysis"]["id"]).state == "done"
    assert script.send(second).status_code == 201
    assert set(s3.content(s3.name)) == {key(digest(first)), key(digest(second))}


@pytest.mark.django_db
def test_a_key_that_the_bucket_does_not_know_is_told_and_not_in_the_sentence(s3, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(
        StorageAway, match=r"refuses the notebook \(SignatureDoesNotMatch\)"
    ) as said:
        store(b"1 2\n3 4\n")
    assert "another" not in str(said.value)
    assert s3.content(s3.name) == {}


@pytest.mark.django_db
def test_a_notebook_that_was_given_no_key_says_so(s3, monkeypatch, tmp_path):
    for name in KEYS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # where a machine of Amazon finds one
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(StorageAway, match="needs a key, and this notebook was given none"):
        store(b"1 2\n3 4\n")


@pytest.mark.django_db
def test_of_several_files_none_is_kept_while_the_bucket_is_away_and_nobody_waits_for_each(s3):
    script = Script()
    s3.stop()
    files = [SimpleUploadedFile(f"{n}.csv", pl_file(peak_nm=680 + n)) for n in range(8)]
    refused = script.send(file=files)
    assert refused.status_code == 503
    assert json.loads(refused.content)["detail"].count("does not answer") == 1
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_bucket_gets_the_hash_with_the_bytes_and_an_upload_counts_when_it_states_it(
    settings, monkeypatch, tmp_path
):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings.BLOB_ROOT = tmp_path / "blobs"
    content = b"1 2\n3 4\n"
    ours = base64.b64encode(hashlib.sha256(content).digest()).decode()
    theirs = base64.b64encode(hashlib.sha256(b"1 2\n3 5\n").digest()).decode()
    with stating(len(content), [theirs, ours]) as (address, got):
        settings.STORAGES = {**settings.STORAGES, **environment.bucket(NAME, address, "")}
        with pytest.raises(StorageAway, match="took a file and does not have it"):
            store(content)
        assert not StoredFile.objects.exists()
        store(content)
    for path, headers, body in got:
        assert path == f"/{NAME}/{key(digest(content))}"
        assert body == content
        assert headers["x-amz-checksum-sha256"] == ours
        assert headers["x-amz-content-sha256"] == digest(content)  # part of what is signed
    assert len(got) == 2


@pytest.mark.django_db
def test_files_from_before_the_bucket_are_sent_to_it_once(s3, settings, capsys):
    of_bucket = settings.STORAGES
    settings.STORAGES = {n: one for n, one in of_bucket.items() if n != "blobs"}
    old = [store(b"before 1"), store(b"before 2")]
    assert s3.content(s3.name) == {}
    settings.STORAGES = of_bucket
    new = store(b"after")
    call_command("fill_bucket")
    assert "2 files were sent, and 1 were in the bucket already" in capsys.readouterr().out
    assert set(s3.content(s3.name)) == {key(one.sha256) for one in (*old, new)}
    assert "intact" in verify()


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_the_bytes_of_the_bucket_and_comes_back_into_another_one(
    s3, other_machine, fresh, tmp_path
):
    sound, spoilt = store(b"1 2\n3 4\n", "sound.csv"), store(b"5 6\n7 8\n", "spoilt.csv")
    s3.client.put_object(Bucket=s3.name, Key=key(spoilt.sha256), Body=b"5 6\n7 9\n")
    other_machine()
    with pytest.raises(CommandError, match=r"spoilt.csv .*its content is not what was stored"):
        call_command("backup", str(tmp_path / "backup"), verbosity=0)
    store(b"5 6\n7 8\n", "spoilt.csv")
    call_command("backup", str(tmp_path / "backup"), verbosity=0)
    other = s3.make("restored")
    fresh.environment |= {
        **KEYS,
        "LABNOTEBOOK_S3_BUCKET": other,
        "LABNOTEBOOK_S3_ENDPOINT": s3.address,
        "LABNOTEBOOK_S3_REGION": "us-east-1",
    }
    done = fresh.manage("restore", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr
    assert s3.content(other) == {
        key(sound.sha256): b"1 2\n3 4\n",
        key(spoilt.sha256): b"5 6\n7 8\n",
    }
