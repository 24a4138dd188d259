"""What is in a backup: rows of tables, and blobs by their content."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from labnotebook.records.actors import KEY_TABLE
from labnotebook.records.files import blob_damage, blob_path
from labnotebook.records.models import StoredFile

MANIFEST = "MANIFEST.json"
CHECKPOINTS = "checkpoints.jsonl"
FORMAT = 1
# Sessions and the cache hold nothing that anybody recorded; after a restore people sign in again.
LEFT_OUT = ("django_session", "labnotebook_cache")


@dataclass(frozen=True, slots=True)
class Done:
    """What a backup or a restore did."""

    rows: int
    revisions: int
    blobs: int
    blobs_copied: int
    damaged: tuple[str, ...]  # sentences, one per blob


def row_counts() -> dict[str, int]:
    """Return how many rows each table of ours has, without what is left out."""
    name = connection.ops.quote_name
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(
            set(connection.introspection.table_names(cursor)) - {*LEFT_OUT, KEY_TABLE}
        ):
            cursor.execute(f"SELECT count(*) FROM {name(table)}")  # noqa: S608 (a table's own name)
            counts[table] = cursor.fetchone()[0]
    return counts


def blobs_wanted() -> dict[str, tuple[int, str]]:
    """Return size and one name of each blob that a stored file points at."""
    rows = StoredFile.objects.order_by("pk").values_list("sha256", "size_bytes", "name")
    return {sha256: (size, name) for sha256, size, name in rows.iterator()}


def migrations_applied() -> list[str]:
    """Return the migrations that the database has had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY app, name")
        return [name for (name,) in cursor.fetchall()]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def notebook_blob(sha256: str) -> Path:
    """Return where the notebook keeps a blob."""
    return blob_path(sha256)


def kept_blob(folder: Path, sha256: str) -> Path:
    """Return where a backup keeps a blob."""
    return folder / "blobs" / "sha256" / sha256[:2] / sha256[2:4] / sha256


def copy_blobs(
    wanted: Mapping[str, tuple[int, str]],
    source_of: Callable[[str], Path],
    target_of: Callable[[str], Path],
) -> tuple[dict[str, int], int, list[str]]:
    """Copy what is not there; return the sizes of what is there, how many were copied, damages.

    Both sides are hashed each time: a blob that rotted in the source is named although the target has
    it, and one that rotted in the target is copied again.
    """
    present: dict[str, int] = {}
    damaged: list[str] = []
    copied = 0
    for sha256, (size, name) in wanted.items():
        source, target = source_of(sha256), target_of(sha256)
        trouble, is_there = blob_damage(source, sha256), not blob_damage(target, sha256)
        if not is_there and not trouble:
            trouble = _copy_one(source, target, sha256)
            is_there = not trouble
            copied += is_there
        if trouble:
            more = "; an earlier copy is sound" if is_there else ""
            damaged.append(f"{name} ({sha256}): {trouble}{more}")
        if is_there:
            present[sha256] = size
    return present, copied, damaged


def _copy_one(source: Path, target: Path, sha256: str) -> str:
    """Copy one blob, hashing what was written; return what is wrong with it, or nothing."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    shutil.copyfile(source, draft)
    if file_digest(draft) != sha256:
        draft.unlink()
        return "its content is not what was stored"
    draft.chmod(0o440)
    sync(draft)
    draft.replace(target)
    return ""


def sync(path: Path) -> None:
    """Have the disk keep what was written."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
