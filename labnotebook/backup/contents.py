"""What is in a backup: rows of tables, and blobs by their content."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from labnotebook.backup.age import CannotOpen
from labnotebook.backup.folders import MANIFEST, Folder, Shelf
from labnotebook.records.actors import KEY_TABLE
from labnotebook.records.models import Revision, StoredFile
from labnotebook.records.refusals import Refusal

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


class NotAsStored(ValueError):
    """A blob changed while it was copied."""


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


def last_revision() -> dict[str, Any]:
    """Return number and hash of the newest revision; an empty one where there is none."""
    return Revision.objects.order_by("-seq").values("seq", "hash").first() or {}


def blobs_wanted() -> dict[str, tuple[int, str]]:
    """Return size and one name of each blob that a stored file points at."""
    rows = StoredFile.objects.order_by("pk").values_list("sha256", "size_bytes", "name")
    return {sha256: (size, name) for sha256, size, name in rows.iterator()}


def migrations_applied() -> list[str]:
    """Return the migrations that the database has had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY app, name")
        return [name for (name,) in cursor.fetchall()]


def read_manifest(folder: Folder) -> dict[str, Any]:
    """Return what a backup says about itself; refuse what is none."""
    file = folder.file(MANIFEST)
    try:
        manifest = json.loads(b"".join(folder.chunks(file)))
        known = manifest["format"] == FORMAT
    except FileNotFoundError:
        raise Refusal(
            f"{folder.path} holds no {file.name}, so it is not a backup. Name the folder that was given"
            " to 'manage.py backup'."
        ) from None
    except (OSError, ValueError, TypeError, KeyError) as failure:
        raise Refusal(f"{file} cannot be read: {failure}") from failure
    if not known:
        raise Refusal(
            f"This backup has format {manifest['format']}, and this notebook reads format {FORMAT}."
            " Restore it with the version of the notebook that made it, or a newer one."
        )
    return manifest


def copy_blobs(
    wanted: Mapping[str, tuple[int, str]], source: Shelf, target: Shelf
) -> tuple[dict[str, int], int, list[str]]:
    """Copy what is not there; return the sizes of what is there, how many were copied, damages.

    Both sides are hashed each time: a blob that rotted in the source is named although the target has
    it, and one that rotted in the target is copied again.
    """
    present: dict[str, int] = {}
    damaged: list[str] = []
    copied = 0
    for sha256, (size, name) in wanted.items():
        trouble, is_there = source.blob_damage(sha256), not target.blob_damage(sha256)
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


def _copy_one(source: Shelf, target: Shelf, sha256: str) -> str:
    """Copy one blob, hashing what was written; return what is wrong with it, or nothing."""
    try:
        with target.new_file(target.blob(sha256), mode=0o440) as new:
            for chunk in source.chunks(source.blob(sha256)):
                new.write(chunk)
            if new.sha256 != sha256:
                raise NotAsStored("its content is not what was stored")
    except (NotAsStored, CannotOpen) as failure:
        return str(failure)
    return ""


def sync(path: Path) -> None:
    """Have the disk keep what was written."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
