"""Of an upload that is stopped on its way nothing is kept: never the files before the one that stopped it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labnotebook.records.models import StoredFile
from tests.analysis.factories import address, pl_file, text
from tests.factories import Api, owner_of

pytestmark = pytest.mark.django_db


def files(count, size=0):
    rows = [pl_file(660 + n) for n in range(count)]
    return [SimpleUploadedFile(f"{n}_PL.csv", one + b"\n" * size) for n, one in enumerate(rows)]


def test_more_than_a_hundred_files_are_refused_by_page_and_api(client, batch, settings):
    settings.MOST_FILES_AT_ONCE = 2  # as 100, and the parser's own limit above it
    owner = owner_of(batch.project)
    client.force_login(owner)
    inbox = {"project": batch.project.slug}
    for page, sent in (("inbox", inbox), ("batch-files", {"technique": "pl"})):
        where = address(page, *([batch.code] if page == "batch-files" else []))
        answer = client.post(where, {**sent, "files": files(3)})
        assert answer.status_code == 413
        assert "More than 2 files came at once, and none was kept" in text(answer)
    api = Api(owner).client
    for door, sent in (
        ("inbox", inbox),
        ("measurements", {"batch": batch.code, "technique": "pl"}),
    ):
        answer = api.post(f"/api/v1/{door}/", {**sent, "file": files(3)})
        assert answer.status_code == 413
        assert "none was kept" in answer.json()["detail"]
    assert not StoredFile.objects.exists()
    assert client.post(address("inbox"), {"files": files(2), **inbox}).status_code == 302
    assert StoredFile.objects.count() == 2


def test_a_file_that_is_too_large_takes_those_before_it_along(batch, settings):
    settings.MAX_UPLOAD_BYTES = 100_000
    sent = {"batch": batch.code, "technique": "pl", "file": [*files(1), *files(1, size=100_000)]}
    answer = Api(owner_of(batch.project)).client.post("/api/v1/measurements/", sent)
    assert answer.status_code == 413
    assert not StoredFile.objects.exists()
