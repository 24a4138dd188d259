"""Signed checkpoints: what the whole history was at a time, kept outside the database.

A chain per record does not notice somebody who rewrites a whole chain, or removes a record with all
its revisions. A checkpoint does: it holds a digest over every revision since the one before it, is
signed with a key that is not in the database, and is appended to a file that should also be copied to
another machine. `verify` holds the file against the database.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

LOCK_TIMEOUT = "2s"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checkpoints say about the database."""

    checkpoints: int
    problems: tuple[str, ...]


def checkpoint_file() -> Path:
    """Return the file of the checkpoints; copy it to another machine."""
    return Path(settings.DATA_DIR) / "checkpoints.jsonl"


def _key() -> Ed25519PrivateKey:
    """Return the instance's signing key, made at first use, readable by its owner only."""
    path = Path(settings.DATA_DIR) / "secrets" / "checkpoint_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def read_checkpoints() -> list[dict[str, Any]]:
    """Return the checkpoints in the file, oldest first."""
    path = checkpoint_file()
    return (
        [json.loads(line) for line in path.read_text().splitlines() if line]
        if path.exists()
        else []
    )


def write_checkpoint() -> dict[str, Any] | None:
    """Sign what has been recorded since the last checkpoint; None when nothing has.

    Waits (at most two seconds) for writers in flight, so that no revision with a lower number can
    still appear behind the checkpoint.
    """
    known = read_checkpoints()
    last = known[-1] if known else None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        cursor.execute("LOCK TABLE records_revision IN SHARE MODE")
        since = last["upto"] if last else 0
        count, upto, root = _digest(cursor, since, None)
    if not count:
        return None
    body = {
        "number": len(known) + 1,
        "at": timezone.now().isoformat(),
        "since": since,
        "upto": upto,
        "count": count,
        "root": root,
        "previous": _line_digest(last) if last else "",
    }
    key = _key()
    signed = body | {
        "signature": base64.b64encode(key.sign(_bytes(body))).decode(),
        "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    }
    with checkpoint_file().open("a") as file:
        file.write(json.dumps(signed) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return signed


def verify_checkpoints() -> Verdict:
    """Hold every checkpoint against the database."""
    known = read_checkpoints()
    problems: list[str] = []
    before: dict[str, Any] | None = None
    with connection.cursor() as cursor:
        for number, checkpoint in enumerate(known, start=1):
            name = f"checkpoint {number} of {checkpoint['at'][:16]}"
            if checkpoint["number"] != number or checkpoint["previous"] != (
                _line_digest(before) if before else ""
            ):
                problems.append(f"{name} does not follow the one before it")
            if not _is_signed(checkpoint, known[0]["public_key"]):
                problems.append(f"{name} has no valid signature")
            count, _upto, root = _digest(cursor, checkpoint["since"], checkpoint["upto"])
            if (count, root) != (checkpoint["count"], checkpoint["root"]):
                problems.append(
                    f"{name}: {checkpoint['count']} revisions were recorded up to then, and they are"
                    f" not the {count} that are there now"
                )
            before = checkpoint
    return Verdict(len(known), tuple(problems))


def _digest(cursor: Any, since: int, upto: int | None) -> tuple[int, int, str]:
    """Return count, last number and digest of the revisions after ``since`` (up to ``upto``)."""
    digest, count, last = hashlib.sha256(), 0, since
    cursor.execute(
        "SELECT seq, hash FROM records_revision WHERE seq > %s AND (%s::bigint IS NULL OR seq <= %s)"
        " ORDER BY seq",
        [since, upto, upto],
    )
    while rows := cursor.fetchmany(5000):
        for seq, hashed in rows:
            digest.update(f"{seq}:{hashed}\n".encode())
            last = seq
        count += len(rows)
    return count, last, digest.hexdigest()


def _bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def _line_digest(checkpoint: dict[str, Any]) -> str:
    return hashlib.sha256(_bytes(checkpoint)).hexdigest()


def _is_signed(checkpoint: dict[str, Any], public_key: str) -> bool:
    body = {k: v for k, v in checkpoint.items() if k not in ("signature", "public_key")}
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    try:
        key.verify(base64.b64decode(checkpoint["signature"]), _bytes(body))
    except InvalidSignature:
        return False
    return checkpoint["public_key"] == public_key
