"""Blobs whose place of record is a bucket; the data folder is then a cache of it.

Where the settings name no bucket, all of this does nothing, and a blob is the file in the data folder.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import storages

from labnotebook.records.blobs import (
    MISSING,
    BlobDamaged,
    blob_damage,
    blob_folder,
    blob_path,
    incoming_folder,
    put_in_place,
    sweep_incoming,
)
from labnotebook.records.refusals import StorageAway

if TYPE_CHECKING:  # it imports boto3, which only a notebook with a bucket has
    from labnotebook.records.s3 import BlobBucket

ALIAS = "blobs"
IN_USE_S = 120  # nobody reads one file for longer: a child that reads one has a minute
LOOK_AGAIN = 50  # the cache is looked through when a fiftieth of its limit has come in

_came_in = {"bytes": 0, "unlooked": True}  # into the cache, by this process
_counting = threading.Lock()


def bucket() -> BlobBucket | None:
    """Return the bucket that keeps the blobs; None where the data folder does."""
    return storages[ALIAS] if ALIAS in settings.STORAGES else None


def send_to_bucket(path: Path, sha256: str) -> None:
    """Return when the bucket has the bytes of a file; raises `StorageAway` when it does not take them."""
    store = bucket()
    if store is not None:
        store.put(path, sha256)


def blob_at_hand(sha256: str) -> Path:
    """Return a file with the bytes of a blob, fetched from the bucket where the data folder has none.

    Raises `BlobDamaged` when the bucket's bytes are not what was stored, `StorageAway` when it does not answer.
    Without a bucket it is the file in the data folder, which the caller compares with its digest.
    """
    path, store = blob_path(sha256), bucket()
    if store is None:
        return path
    with suppress(OSError):  # none there
        os.utime(path)  # in use from here on, so that it is not thrown out
    if blob_damage(path, sha256):
        make_room(_fetch(store, sha256))
    return path


@contextmanager
def blobs_of_record() -> Iterator[Callable[[str], Path]]:
    """Lend a function that returns the bytes of record of a blob as a file: the bucket's, not those of the cache.

    Such a file lasts until the next one is asked for. One that is missing in the bucket is missing here.
    """
    store = bucket()
    if store is None:
        yield blob_path
        return
    with _draft() as draft:
        held = ""

        def fetched(sha256: str) -> Path:
            nonlocal held
            if sha256 != held:
                held = ""
                draft.unlink(missing_ok=True)
                store.fetch(sha256, draft)
                held = sha256
            return draft

        yield fetched


def _fetch(store: BlobBucket, sha256: str) -> int:
    """Bring a blob into the cache, whole or not at all; return its size."""
    with _draft() as draft:
        if not store.fetch(sha256, draft):
            raise BlobDamaged(MISSING)
        if damage := blob_damage(draft, sha256):
            raise BlobDamaged(damage)
        size = draft.stat().st_size
        put_in_place(draft, sha256)
    return size


@contextmanager
def _draft() -> Iterator[Path]:
    """Lend a name beside the blobs; what has it in the end is removed."""
    handle, name = tempfile.mkstemp(dir=incoming_folder())
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def make_room(came_in: int) -> None:
    """Have the cache trimmed now and then, when so many bytes came into it; nothing to do without a bucket.

    Beside the work, since to ask the bucket of many files takes a while.
    """
    store = bucket()
    if store is None:
        return
    with _counting:
        _came_in["bytes"] += came_in
        due = _came_in["unlooked"] or _came_in["bytes"] > settings.BLOB_CACHE_BYTES / LOOK_AGAIN
        if due:
            _came_in.update(bytes=0, unlooked=False)
    if due:
        threading.Thread(target=trim_cache, args=[store], daemon=True).start()


def trim_cache(store: BlobBucket) -> int:
    """Remove files of the cache above its limit, oldest-used first; return how many.

    Never one whose bytes the bucket does not have, nor one that somebody may be reading.
    """
    sweep_incoming()  # this may be a machine without the relay, which does it elsewhere
    limit = settings.BLOB_CACHE_BYTES * (1 - 2 / LOOK_AGAIN)  # other processes bring files in too
    kept = sorted(_used_and_size(path) for path in blob_folder().glob("??/??/*"))
    size, removed = sum(one for _, one, _ in kept), 0
    for used_at, bytes_, path in kept:
        if size <= limit or used_at > time.time() - IN_USE_S:
            break
        try:
            if not store.has(path.name, path) or _used_and_size(path)[0] != used_at:
                continue
        except FileNotFoundError:
            continue  # another process was quicker
        except StorageAway:
            break  # nobody can say what it has
        path.unlink(missing_ok=True)
        size, removed = size - bytes_, removed + 1
    return removed


def _used_and_size(path: Path) -> tuple[float, int, Path]:
    """Return when a file was used last and how large it is; one that is gone meanwhile has no size."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0.0, 0, path
    return found.st_mtime, found.st_size, path
