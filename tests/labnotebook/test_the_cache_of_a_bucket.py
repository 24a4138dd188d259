"""The data folder as a cache of a bucket: it keeps its limit, and lets nothing go that the bucket does not have."""

from __future__ import annotations

import pytest

from labnotebook.records.blobs import blob_path
from labnotebook.records.bucket import blob_at_hand, bucket, trim_cache
from tests.s3_server import cached, key, store, used_ago, verify


@pytest.mark.django_db
def test_a_copy_that_rotted_in_the_cache_is_fetched_anew(s3):
    stored = store(b"1 2\n3 4\n")
    blob_path(stored.sha256).chmod(0o600)
    blob_path(stored.sha256).write_bytes(b"1 2\n3 5\n")
    assert blob_at_hand(stored.sha256).read_bytes() == b"1 2\n3 4\n"
    assert "intact" in verify()


@pytest.mark.django_db
def test_the_cache_keeps_its_limit_by_what_was_used_longest_ago(s3, settings, wait_until):
    settings.BLOB_CACHE_BYTES = 10**6
    files = [store(bytes([65 + n]) * 1000) for n in range(4)]
    for ago, one in enumerate(files):
        used_ago(one.sha256, 1000 + 1000 * ago)
    blob_at_hand(files[3].sha256)  # the oldest one is used again
    settings.BLOB_CACHE_BYTES = 4500
    store(b"x" * 2000)
    wait_until(lambda: sum(one.stat().st_size for one in cached()) <= 4500, 60)
    assert [blob_path(one.sha256).exists() for one in files] == [True, False, False, True]
    assert len(s3.content(s3.name)) == 5
    assert blob_at_hand(files[1].sha256).read_bytes() == b"B" * 1000


@pytest.mark.django_db
def test_what_was_used_a_moment_ago_stays_though_the_limit_is_passed(s3, settings):
    stored = store(b"a" * 1000)
    settings.BLOB_CACHE_BYTES = 1
    used_ago(stored.sha256, 100)
    assert trim_cache(bucket()) == 0
    used_ago(stored.sha256, 130)
    blob_at_hand(stored.sha256)
    assert trim_cache(bucket()) == 0


@pytest.mark.django_db
def test_the_cache_never_lets_go_what_the_bucket_does_not_have(s3, settings):
    gone, replaced, there = (store(bytes([letter]) * 1000) for letter in b"abc")
    for one in (gone, replaced, there):
        used_ago(one.sha256, 1000)
    s3.client.delete_object(Bucket=s3.name, Key=key(gone.sha256))
    s3.client.put_object(Bucket=s3.name, Key=key(replaced.sha256), Body=b"z" * 1000)
    settings.BLOB_CACHE_BYTES = 1
    assert trim_cache(bucket()) == 1
    assert [blob_path(one.sha256).exists() for one in (gone, replaced, there)] == [True, True, False]  # fmt: skip


@pytest.mark.django_db
def test_the_cache_lets_nothing_go_while_the_bucket_is_away(s3, settings):
    stored = store(b"a" * 1000)
    used_ago(stored.sha256, 1000)
    settings.BLOB_CACHE_BYTES = 1
    s3.stop()
    assert trim_cache(bucket()) == 0
    assert blob_path(stored.sha256).exists()
