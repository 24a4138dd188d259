"""Take a backup."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from labnotebook.backup.contents import (
    CHECKPOINTS,
    FORMAT,
    LEFT_OUT,
    MANIFEST,
    Done,
    blobs_wanted,
    copy_blobs,
    file_digest,
    kept_blob,
    migrations_applied,
    notebook_blob,
    row_counts,
    sync,
)
from labnotebook.backup.noted import note_backup
from labnotebook.backup.programs import run_program, server_major
from labnotebook.records.actors import KEY_TABLE
from labnotebook.records.services.checkpoints import checkpoint_file
from labnotebook.records.services.security import Kind, note


def back_up(folder: Path) -> Done:
    """Write a backup into ``folder``, or bring the one that is there up to date.

    A blob that is missing or altered in the notebook is left out and named in ``Done.damaged``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    note(Kind.EXPORTED, by="manage.py", about="a backup of everything")
    stamp = datetime.now(UTC)
    dump = folder / f"database-{stamp:%Y%m%dT%H%M%S%fZ}.dump"
    with transaction.atomic(durable=True):
        snapshot = _open_snapshot()
        rows, wanted = row_counts(), blobs_wanted()
        _dump_database(dump, snapshot)
    present, copied, damaged = copy_blobs(wanted, notebook_blob, lambda s: kept_blob(folder, s))
    manifest = {
        "format": FORMAT,
        "made_at": stamp.isoformat(timespec="seconds"),
        "postgresql": server_major(),
        "migrations": migrations_applied(),
        "database": {"file": dump.name, "sha256": file_digest(dump), "bytes": dump.stat().st_size},
        "rows": rows,
        "blobs": present,
    }
    _copy_checkpoints(folder)
    _write_manifest(folder, manifest)
    for old in folder.glob("database-*.dump"):
        if old != dump:
            old.unlink()
    note_backup(stamp)
    return Done(sum(rows.values()), rows["records_revision"], len(present), copied, tuple(damaged))


def _open_snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        return cursor.fetchone()[0]


def _dump_database(dump: Path, snapshot: str) -> None:
    draft = dump.with_suffix(".new")
    draft.touch(mode=0o600)
    run_program(
        "pg_dump",
        *("--format=custom", "--compress=1", "--no-owner", "--no-privileges"),
        *(f"--exclude-table-data={table}" for table in LEFT_OUT),
        f"--exclude-table={KEY_TABLE}",  # follows from the secret key; the application may not read it
        f"--snapshot={snapshot}",
        f"--file={draft}",
    )
    sync(draft)
    draft.replace(dump)


def _copy_checkpoints(folder: Path) -> None:
    """Keep the signed checkpoints beside the backup: an outside witness of the history."""
    if checkpoint_file().exists():
        draft = folder / f"{CHECKPOINTS}.new"
        shutil.copyfile(checkpoint_file(), draft)
        sync(draft)
        draft.replace(folder / CHECKPOINTS)


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    draft = folder / f"{MANIFEST}.new"
    draft.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    sync(draft)
    draft.replace(folder / MANIFEST)
    sync(folder)
