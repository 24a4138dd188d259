"""Take a backup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from labnotebook.backup.contents import (
    FORMAT,
    LEFT_OUT,
    Done,
    blobs_wanted,
    copy_blobs,
    last_revision,
    migrations_applied,
    read_manifest,
    row_counts,
    sync,
)
from labnotebook.backup.folders import CHECKPOINTS, MANIFEST, Folder, Shelf, folder_to_fill
from labnotebook.backup.noted import note_backup
from labnotebook.backup.programs import output_of, server_major
from labnotebook.records.actors import KEY_TABLE
from labnotebook.records.bucket import blobs_of_record
from labnotebook.records.models import Revision
from labnotebook.records.refusals import Refusal, WrongState
from labnotebook.records.services.checkpoints import checkpoint_file
from labnotebook.records.services.security import Kind, note

ADVISORY_LOCK = 7_309_552  # one backup at a time


def back_up(path: Path, passphrase: str = "", *, by: str = "manage.py") -> Done:
    """Write a backup into a folder, or bring the one that is there up to date; encrypted with a passphrase.

    ``by``: who is written down as having exported everything.
    A blob that is missing or altered in the notebook is left out and named in ``Done.damaged``.
    """
    with alone():
        return _back_up(folder_to_fill(path, passphrase), by)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the right to take a backup; refuse while another process does so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            raise WrongState("Another backup is being taken. Wait until it is done.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def is_running() -> bool:
    """Say whether some process is taking a backup."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = %s AND l.granted"
            " AND d.datname = current_database())",
            [ADVISORY_LOCK],
        )
        return bool(cursor.fetchone()[0])


def _refuse_what_another_left(folder: Folder) -> None:
    """Refuse to replace a backup that knows what this notebook does not: of another one, or of this before a loss.

    A new notebook that is to be filled from this very folder would else overwrite it with nothing.
    """
    try:
        manifest = read_manifest(folder)
    except Refusal:
        return  # none, or none that could be restored
    last = manifest.get("last_revision")
    if last is None:  # of before that was written down
        is_ours = manifest["rows"]["records_revision"] <= Revision.objects.count()
    else:
        is_ours = not last or Revision.objects.filter(**last).exists()
    if not is_ours:
        raise Refusal(
            f"{folder.path} holds a backup of {manifest['made_at']} with revisions that this notebook does"
            " not have, so it is left as it is. Restore it, or name another folder."
        )


def _back_up(folder: Folder, by: str) -> Done:
    _refuse_what_another_left(folder)
    note(Kind.EXPORTED, by=by, about="a backup of everything")
    stamp = datetime.now(UTC)
    dump = f"database-{stamp:%Y%m%dT%H%M%S%fZ}.dump"
    checkpoints = _checkpoints()
    with transaction.atomic(durable=True):
        snapshot = _open_snapshot()
        rows, wanted, last = row_counts(), blobs_wanted(), last_revision()
        database = _dump_database(folder, dump, snapshot)
    with blobs_of_record() as kept_at:
        present, copied, damaged = copy_blobs(wanted, Shelf(at=kept_at), folder)
    manifest = {
        "format": FORMAT,
        "made_at": stamp.isoformat(timespec="seconds"),
        "postgresql": server_major(),
        "migrations": migrations_applied(),
        "database": database,
        "rows": rows,
        "last_revision": last,
        "blobs": present,
        "checkpoints_bytes": len(checkpoints),
    }
    if folder.key:
        manifest["blob_names"] = {sha256: folder.blob_name(sha256) for sha256 in present}
    if checkpoints:
        with folder.new_file(folder.file(CHECKPOINTS)) as new:
            new.write(checkpoints)
    _write_manifest(folder, manifest)
    for old in folder.path.glob("database-*"):  # also what a backup left that was killed
        if old != folder.file(dump):
            old.unlink()
    note_backup(stamp)
    return Done(sum(rows.values()), rows["records_revision"], len(present), copied, tuple(damaged))


def _open_snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        return cursor.fetchone()[0]


def _dump_database(folder: Folder, name: str, snapshot: str) -> dict[str, Any]:
    """Write the dump, never in the clear where the backup is encrypted; return what the manifest says of it."""
    dumped = output_of(
        "pg_dump",
        *("--format=custom", "--compress=1", "--no-owner", "--no-privileges"),
        *(f"--exclude-table-data={table}" for table in LEFT_OUT),
        f"--exclude-table={KEY_TABLE}",  # follows from the secret key; the application may not read it
        f"--snapshot={snapshot}",
    )
    with folder.new_file(folder.file(name)) as new:
        for chunk in dumped:
            new.write(chunk)
    return {"file": name, "sha256": new.sha256, "bytes": new.size}


def _checkpoints() -> bytes:
    """Return the signed checkpoints, whole lines: an outside witness of the history, kept beside it.

    Read before the snapshot is opened, so that all that they speak of is in it.
    """
    try:
        content = checkpoint_file().read_bytes()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(b"\n") + 1]


def _write_manifest(folder: Folder, manifest: dict[str, Any]) -> None:
    with folder.new_file(folder.file(MANIFEST)) as new:
        new.write((json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())
    sync(folder.path)
