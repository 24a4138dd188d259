"""Fill an empty notebook from a backup, and check what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from labnotebook.backup.age import CannotOpen
from labnotebook.backup.contents import Done, copy_blobs, read_manifest, row_counts
from labnotebook.backup.folders import CHECKPOINTS, Folder, Shelf, folder_to_restore
from labnotebook.backup.programs import feed
from labnotebook.records.bucket import make_room, send_to_bucket
from labnotebook.records.models import Record
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.checkpoints import (
    checkpoint_file,
    forget_checkpoints,
    read_checkpoints,
    verify_checkpoints,
)
from labnotebook.records.services.fixity import damaged_files
from labnotebook.records.services.verification import verify_history
from labnotebook.records.whole_files import write_whole
from labnotebook.tables import make_tables


def restore(path: Path, passphrase: str = "", *, without_damaged: bool = False) -> Done:
    """Fill an empty notebook from a backup, then check rows, history and files. Raises Refusal.

    Everything in the backup is read and hashed before the notebook is touched.
    """
    folder = folder_to_restore(path, passphrase)
    manifest = read_manifest(folder)
    damaged = list(check_backup(folder, manifest))
    if damaged and not without_damaged:
        raise Refusal(
            "The backup is damaged, so nothing was restored. "
            + " ".join(damaged)
            + " Use another copy of the backup, or add --without-damaged to restore all the rest."
        )
    _refuse_unknown_migrations(manifest)
    _refuse_unless_empty()
    _replace_database(folder, manifest["database"]["file"])
    connection.close()
    _compare_rows(manifest)
    sound, copied = _bring_blobs(folder, manifest["blobs"])
    make_tables()
    lost = [str(damage) for damage in damaged_files()]
    lost += [sentence for sentence in damaged if sentence.startswith(CHECKPOINTS)]
    _refuse_broken_history()
    _hold_checkpoints(folder, manifest)
    rows = manifest["rows"]
    return Done(sum(rows.values()), rows["records_revision"], sound, copied, tuple(lost))


def _bring_blobs(folder: Folder, sizes: dict[str, int]) -> tuple[int, int]:
    """Bring the blobs back, into the bucket where there is one; return how many are there and were copied."""
    shelf, sound, copied = Shelf(), 0, 0
    for sha256, size in sizes.items():
        wanted = {sha256: (size, sha256)}
        present, new, _ = copy_blobs(wanted, folder, shelf)
        if present:
            send_to_bucket(shelf.blob(sha256), sha256)
            make_room(size)
        sound, copied = sound + len(present), copied + new
    return sound, copied


def check_backup(folder: Folder, manifest: dict[str, Any]) -> Iterator[str]:
    """Hash everything in a backup; yield a sentence for each damage. A bad dump is refused."""
    dump = folder.file(Path(manifest["database"]["file"]).name)
    if not _is_sound(folder, dump, manifest["database"]["sha256"]):
        raise Refusal(
            f"{dump.name} is missing or not what was written, so the backup cannot be used. Nothing"
            " was restored. Use another copy of the backup."
        )
    for sha256 in manifest["blobs"]:
        if folder.blob_damage(sha256):
            was = "was altered" if folder.blob(sha256).exists() else "is missing"
            yield f"The blob {sha256} {was}."
    checkpoints = folder.file(CHECKPOINTS)
    try:
        if manifest.get("checkpoints_bytes"):
            folder.digest(checkpoints)
    except FileNotFoundError:
        yield f"{checkpoints.name} is missing."
    except (OSError, CannotOpen) as failure:
        yield f"{checkpoints.name} cannot be read: {failure}."


def _is_sound(folder: Folder, dump: Path, sha256: str) -> bool:
    try:
        return folder.digest(dump) == sha256
    except (OSError, CannotOpen):
        return False


def _refuse_unknown_migrations(manifest: dict[str, Any]) -> None:
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest["migrations"]) - known)
    if unknown:
        raise Refusal(
            f"The backup was made by a newer notebook (it knows {unknown[0]}). Update the notebook,"
            " then restore."
        )


def _refuse_unless_empty() -> None:
    """Refuse a notebook in which anybody has recorded anything.

    What the first start makes (the shipped recipes, the first person and project) does not count.
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    for model in _models_with_work():
        table = model._meta.db_table
        if table in tables and (found := model._default_manager.count()):
            raise Refusal(
                f"This notebook is not empty: it has {found} {model._meta.verbose_name_plural}."
                " Restore into a new one: name an empty folder in LABNOTEBOOK_DATA (or another"
                " database in DATABASE_URL), start it, and run restore there."
            )


def _models_with_work() -> list[type[Record]]:
    wanted = ("synthesis.Batch", "synthesis.Material", "devices.Device", "records.StoredFile")
    return [apps.get_model(name) for name in (*wanted, "analysis.Forecast", "records.Signature")]


def _replace_database(folder: Folder, dump: str) -> None:
    """Drop what the empty notebook has and load the dump in its place."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _drops(cursor):
            cursor.execute(statement)
    connection.close()
    arguments = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    try:
        feed("pg_restore", *arguments, content=folder.chunks(folder.file(Path(dump).name)))
    except CannotOpen as failure:
        raise Refusal(
            f"{dump} was sound and changed while it was restored: {failure}. Begin anew, from another"
            " copy of the backup."
        ) from failure


def _drops(cursor: Any) -> list[str]:
    """Return what removes our tables (with views and triggers) and our functions."""
    cursor.execute(
        "SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename)"
        " FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        " UNION ALL SELECT 'DROP FUNCTION IF EXISTS ' || p.oid::regprocedure || ' CASCADE'"
        " FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner"
        " WHERE p.pronamespace = 'public'::regnamespace AND r.rolname = current_user"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    return [statement for (statement,) in cursor.fetchall()]


def _compare_rows(manifest: dict[str, Any]) -> None:
    found = row_counts()
    wrong = [
        f"{table} has {found.get(table)} rows instead of {count}"
        for table, count in manifest["rows"].items()
        if found.get(table) != count
    ]
    if wrong:
        raise Refusal("The database was restored incompletely: " + "; ".join(wrong) + ".")


def _refuse_broken_history() -> None:
    findings = verify_history().findings
    if findings:
        first = findings[0]
        raise Refusal(
            f"Everything was restored, but the history is not intact in {len(findings)} places. The"
            f" first: {first.table} {first.record_id}, {first.sentence}. It was so when the backup"
            " was made."
        )


def _hold_checkpoints(folder: Folder, manifest: dict[str, Any]) -> None:
    """Hold the backup's signed checkpoints against what was restored; then set them aside.

    The restored notebook signs with a key of its own and so begins a new file. What the empty one
    had signed before is about rows that are gone, and is set aside as well.
    """
    file = checkpoint_file()
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    if file.exists():
        file.replace(file.with_name(f"checkpoints-of-the-empty-notebook-{stamp}.jsonl"))
    forget_checkpoints()
    try:
        kept = b"".join(folder.chunks(folder.file(CHECKPOINTS)))
    except (FileNotFoundError, CannotOpen):
        return  # there were none; or they were named as damaged, and all the rest was asked for
    # A later backup that was killed may have added lines about what this one does not have.
    kept = kept[: manifest.get("checkpoints_bytes")]
    if not kept:
        return
    write_whole(file, kept)
    # Signed by the notebook that was backed up: its key is the one that its first checkpoint names.
    problems = verify_checkpoints(only={c["public_key"] for c in read_checkpoints()[:1]}).problems
    file.replace(file.with_name(f"checkpoints-of-the-backup-{stamp}.jsonl"))
    if problems:
        raise Refusal(
            "Everything was restored and every chain is unbroken, but the signed checkpoints of the"
            f" backup do not fit: {problems[0]}. Somebody rewrote the past before the backup was made."
        )
