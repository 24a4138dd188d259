"""What tests of backups share: files for a lab, a backup of it, what a database holds, and damage."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
from django.core.management import call_command

from labnotebook.records.history import recorded
from labnotebook.records.models import StoredFile
from labnotebook.records.services.files import hashed_upload, store_file
from tests.factories import owner_of


def with_file(project, name: str, content: bytes) -> StoredFile:
    with recorded(owner_of(project), "uploaded"):
        return store_file(
            by=owner_of(project), project=project, upload=hashed_upload(content, name)
        )


def back_up(folder: Path) -> dict:
    call_command("backup", str(folder), verbosity=0)
    return json.loads((folder / "MANIFEST.json").read_text())


def content(url: str) -> dict:
    """Every table's row count, every chain's last hash and every stored file of a database."""
    with psycopg.connect(url) as rows:
        tables = [
            name
            for (name,) in rows.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                " AND tablename NOT IN ('django_session', 'labnotebook_cache')"
            )
        ]
        return {
            "counts": {t: rows.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables},
            "hashes": rows.execute(
                "SELECT table_name, record_id, number, hash FROM records_revision ORDER BY seq"
            ).fetchall(),
            "files": rows.execute(
                "SELECT id, sha256, name FROM records_storedfile ORDER BY id"
            ).fetchall(),
        }


def flip_a_bit(path: Path) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
