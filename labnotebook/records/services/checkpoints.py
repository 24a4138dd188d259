"""Signed checkpoints: what the whole history was at a time, kept outside the database.

A chain per record does not notice somebody who rewrites a whole chain, or removes a record with all
its revisions. A checkpoint does: it holds a digest over every revision since the one before it, is
signed with a key that is not in the database, and is appended to a file that is also copied to other places
(`checkpoint_copies`). `verify_checkpoints` holds the file against the database, against what is
remembered of it elsewhere (`checkpoint_keys`), and against the copies.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from labnotebook.records.proofs.digests import flat, line_digest
from labnotebook.records.proofs.signed import is_signed
from labnotebook.records.services import checkpoint_keys as keys

FILE_NAME = "checkpoints.jsonl"
SENT_NAME = "checkpoints_sent.json"  # of `checkpoint_copies`
LOCK_TIMEOUT = "2s"
WORDS = ("at", "root", "previous", "signature", "public_key")
NUMBERS = ("number", "since", "upto", "count")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checkpoints say about the database."""

    checkpoints: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """What is kept of the checkpoints in another place; ``told`` is the number of the last one left there."""

    place: str
    text: str
    told: int = 0


def checkpoint_file() -> Path:
    """Return the file of the checkpoints; copy it to another machine."""
    return Path(settings.DATA_DIR) / FILE_NAME


def read_checkpoints() -> list[dict[str, Any]]:
    """Return the checkpoints in the file, oldest first, without lines that cannot be read."""
    return [checkpoint for _, _, checkpoint in read_lines() if checkpoint is not None]


def forget_checkpoints() -> None:
    """Begin anew: what was signed before speaks of another database. The keys stay."""
    checkpoint_file().unlink(missing_ok=True)
    checkpoint_file().with_name(SENT_NAME).unlink(missing_ok=True)
    try:
        pin = keys.read_pin()
    except ValueError:
        pin = None
    if pin is not None or keys.read_key() is not None:
        keys.write_pin(keys.Pin(pin.public_keys if pin else ()))


def write_checkpoint() -> dict[str, Any] | None:
    """Sign what has been recorded since the last checkpoint; None when nothing has.

    Waits (at most two seconds) for writers in flight, so that no revision with a lower number can
    still appear behind the checkpoint.
    """
    known = read_checkpoints()
    last = known[-1] if known else None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        cursor.execute("SELECT records_wait_for_writers()")
        since = last["upto"] if last else 0
        count, upto, root = _digest(cursor, since, None)
    if not count:
        return None
    body = {
        "number": last["number"] + 1 if last else 1,
        "at": timezone.now().isoformat(),
        "since": since,
        "upto": upto,
        "count": count,
        "root": root,
        "previous": line_digest(last) if last else "",
    }
    key = keys.signing_key()
    signed = body | {
        "signature": base64.b64encode(key.sign(flat(body))).decode(),
        "public_key": keys.public_key_of(key),
    }
    append_lines(checkpoint_file(), [json.dumps(signed)])
    keys.remember(key, number=signed["number"], digest=line_digest(signed))
    return signed


def verify_checkpoints(only: Collection[str] = (), copies: Iterable[Copy] = ()) -> Verdict:
    """Hold every checkpoint, here and in ``copies``, against the database; ``only`` these public keys may have signed."""
    return Verdict(len(read_checkpoints()), tuple(_problems(only, copies)))


def _problems(only: Collection[str], copies: Iterable[Copy]) -> Iterator[str]:
    before: dict[str, Any] | None = None
    pin, pinned, trouble = _pinned(only)
    yield from trouble
    seen = set()
    with connection.cursor() as cursor:
        for line, _text, checkpoint in read_lines():
            if checkpoint is None:
                yield f"line {line} of {checkpoint_file().name} cannot be read as a checkpoint"
                continue
            name = f"checkpoint {checkpoint['number']} of {checkpoint['at'][:16]}"
            follows = line_digest(before) if before else ""
            number = before["number"] + 1 if before else 1
            if (checkpoint["number"], checkpoint["previous"]) != (number, follows):
                yield f"{name} does not follow the one before it"
            yield from _signature_problems(name, checkpoint, pinned)
            count, _upto, root = _digest(cursor, checkpoint["since"], checkpoint["upto"])
            if (count, root) != (checkpoint["count"], checkpoint["root"]):
                yield (
                    f"{name}: {checkpoint['count']} revisions were recorded up to then, and they are"
                    f" not the {count} that are there now"
                )
            before = checkpoint
            seen.add((checkpoint["number"], line_digest(checkpoint)))
        for copy in copies:
            yield from _problems_of_copy(cursor, copy, seen, pinned)
    if pin is not None and pin.number and (pin.number, pin.digest) not in seen:
        last = before["number"] if before else 0
        yield (
            f"checkpoint {pin.number} was signed here, and {checkpoint_file().name} does not have it as"
            f" it was; its last one is number {last}"
        )


def _problems_of_copy(
    cursor: Any, copy: Copy, seen: Collection[tuple[int, str]], pinned: Collection[str]
) -> Iterator[str]:
    last = 0
    for line, _text, checkpoint in _lines_of(copy.text):
        if checkpoint is None:
            yield f"line {line} of {copy.place} cannot be read as a checkpoint"
            continue
        last = max(last, checkpoint["number"])
        if (checkpoint["number"], line_digest(checkpoint)) in seen:
            continue
        name = (
            f"checkpoint {checkpoint['number']} of {checkpoint['at'][:16]}, kept in {copy.place},"
        )
        yield from _signature_problems(name, checkpoint, pinned)
        count, _upto, root = _digest(cursor, checkpoint["since"], checkpoint["upto"])
        holds = (count, root) == (checkpoint["count"], checkpoint["root"])
        yield f"{name} is not in {checkpoint_file().name}: " + (
            "that file was cut or set back"
            if holds
            else f"its {checkpoint['count']} revisions are not the {count} of the database, which was set back or changed"
        )
    if last < max(copy.told, 1):
        kept = f"checkpoints up to {last}" if last else "no checkpoint"
        yield f"{copy.place} holds {kept}" + (
            f", and {copy.told} were left there" * bool(copy.told)
        )


def _pinned(only: Collection[str]) -> tuple[keys.Pin | None, Collection[str], list[str]]:
    """Return the pin, the keys that may have signed, and what is wrong with the pin."""
    trouble = []
    try:
        pin = keys.read_pin()
    except ValueError as failure:
        pin, trouble = None, [str(failure)]
    if only:
        return pin, only, trouble
    if pin is not None and pin.public_keys:
        return pin, pin.public_keys, trouble
    key, is_signed = keys.read_key(), bool(read_checkpoints())
    if key is None:
        if is_signed:
            trouble.append(
                "neither the key of the checkpoints nor its pin is there, so nothing vouches for them;"
                " name the public key with --key"
            )
        return pin, (), trouble
    if not is_signed and pin is None:
        trouble.append("a key has signed checkpoints here, and there is none of them")
    return pin, (keys.public_key_of(key),), trouble


def _signature_problems(
    name: str, checkpoint: dict[str, Any], pinned: Collection[str]
) -> Iterator[str]:
    key = checkpoint["public_key"]
    if not is_signed(checkpoint):
        yield f"{name} has no valid signature"
    elif pinned and key not in pinned:
        yield (
            f"{name} is signed with another key than was pinned: {key}. If the old key was lost, and"
            " this one is the notebook's own, pin it with 'verify_history --pin' and the key"
        )


def read_lines() -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    """Yield each line of the file that is not empty: its number, its text, and the checkpoint or None."""
    with contextlib.suppress(FileNotFoundError):
        yield from _lines_of(checkpoint_file().read_text(errors="replace"))


def _lines_of(text: str) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line, _read_line(line)


def _read_line(line: str) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    are_words = all(isinstance(said.get(name), str) for name in WORDS)
    are_numbers = all(type(said.get(name)) is int and 0 <= said[name] < 2**63 for name in NUMBERS)
    return said if are_words and are_numbers else None


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Add lines to a file; one that a crash left unfinished before them stays a line of its own."""
    with path.open("ab+") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - 1, 0))
        start = "" if end == 0 or file.read(1) == b"\n" else "\n"
        file.write((start + "".join(f"{line}\n" for line in lines)).encode())
        file.flush()
        os.fsync(file.fileno())


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
