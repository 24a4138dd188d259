"""Pages travel compressed to browsers that say they can read it; long JSON too; files travel as they are."""

import gzip

import pytest
from django.test import Client

from tests.factories import make_batch, make_person, make_project, shipped_recipe

GZIP = {"accept-encoding": "gzip, br"}


@pytest.fixture
def batch(db):
    project = make_project(make_person("mira"), "Perovskites")
    shipped_recipe()
    return make_batch(project)


@pytest.fixture
def mira(batch) -> Client:
    client = Client()
    client.force_login(batch.planned_by)
    return client


def test_a_page_is_compressed_and_says_the_same(mira, batch):
    there = f"/b/{batch.code}/bench/load.cai2/"
    plain, packed = mira.get(there), mira.get(there, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < len(plain.content) / 4
    assert batch.code.encode() in gzip.decompress(packed.content)
    assert "Content-Encoding" not in plain.headers


def test_long_json_is_compressed_and_its_etag_still_opens_a_change(mira, batch):
    there = f"/api/v1/recipes/{batch.recipe_version.recipe.slug}/"
    plain, packed = mira.get(there), mira.get(there, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content) == plain.content
    story = mira.get(f"/api/v1/batches/{batch.code}/", headers=GZIP)
    assert story.headers["Content-Encoding"] == "gzip"
    sent = {"if-match": story.headers["ETag"]}
    there = f"/api/v1/batches/{batch.code}/start/"
    assert mira.post(there, {}, "application/json", headers=sent).status_code == 200


@pytest.mark.parametrize("path", ["/history.csv", "/api/v1/batches/", "/history.parquet"])
def test_tables_and_short_json_are_not(mira, path):
    answer = mira.get(path, headers=GZIP)
    b"".join(answer)
    assert "Content-Encoding" not in answer.headers
