"""How revisions, signatures and checkpoints are digested. Pure: a proof is checked where no notebook is installed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

Covers = dict[str, dict[str, list[Any]]]  # table -> record -> [number, hash] of its last revision


def revision_hash(
    previous: str,
    table: str,
    record_id: str,
    number: int,
    operation: str,
    actor: str,
    actor_id: int | None,
    reason: str,
    at: datetime,
    data: str,
) -> str:
    """Return the chain hash of one revision: SHA-256 over its length-prefixed fields."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = (
        previous,
        table,
        record_id,
        str(number),
        operation,
        actor,
        "" if actor_id is None else str(actor_id),
        reason,
        stamp,
        data,
    )
    return hashlib.sha256("".join(f"{len(f)}:{f}" for f in fields).encode()).hexdigest()


def digest_of(covers: Covers) -> str:
    """Return the SHA-256 over what a signature covers."""
    return hashlib.sha256(flat(covers)).hexdigest()


def root_of(revisions: Iterable[tuple[int, str]]) -> str:
    """Return the digest over (number in the database, hash) of revisions, as a checkpoint holds it."""
    digest = hashlib.sha256()
    for seq, hashed in revisions:
        digest.update(f"{seq}:{hashed}\n".encode())
    return digest.hexdigest()


def line_digest(checkpoint: dict[str, Any]) -> str:
    """Return the digest of a checkpoint with its signature, which the next one names."""
    return hashlib.sha256(flat(checkpoint)).hexdigest()


def flat(said: Any) -> bytes:
    """Return JSON in the one spelling that is digested and signed."""
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
