"""Check the proof of a signed record, without a notebook: nothing here reads a database or a setting."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from labnotebook.records.proofs.digests import (
    Covers,
    digest_of,
    flat,
    line_digest,
    revision_hash,
    root_of,
)
from labnotebook.records.proofs.signed import is_signed

FILES = "records_storedfile"


@dataclass
class Checked:
    """What a check found: sentences of what holds, and of what does not."""

    holds: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)  # public keys that signed its checkpoints


def check(
    proof: dict[str, Any],
    files: Collection[str],
    key: str = "",
    stamped: Callable[[bytes, bytes], str] | None = None,
) -> Checked:
    """Check a proof against the SHA-256 of the ``files`` that came with it.

    ``key``: the public key that must have signed the checkpoints. ``stamped``: says what is wrong with a time stamp
    (its bytes) on a message, "" when it holds; None: stamps are not looked at.
    """
    found = Checked()
    try:
        _check(found, proof, files, key, stamped)
    except (KeyError, TypeError, ValueError, AttributeError) as failure:
        found.broken.append(f"the proof cannot be read: {type(failure).__name__} {failure}")
    return found


def _check(
    found: Checked,
    proof: dict[str, Any],
    files: Collection[str],
    key: str,
    stamped: Callable[[bytes, bytes], str] | None,
) -> None:
    revisions = proof["revisions"]
    for one in revisions:
        if one["hash"] != _hash_of(one):
            found.broken.append(
                f"version {one['number']} of {one['table']} {one['record']} was altered"
            )
    by_hash = {one["hash"]: one for one in revisions}
    rows = [json.loads(one["data"]) for one in revisions if one["table"] == "records_signature"]
    signatures = [row for row in rows if [row["table_name"], row["record_id"]] == proof["signed"]]
    if not signatures:
        found.broken.append("there is no signature in it")
    for row in signatures:
        _check_signature(found, row, by_hash, revisions)
    wanted = _wanted_files(signatures, by_hash)
    for sha256, name in wanted.items():
        if sha256 not in files:
            found.broken.append(f"the file {name} is missing or not what was signed")
    if wanted.keys() <= set(files):
        found.holds.append(f"{len(wanted)} files are what was signed")
    signed = {one["hash"] for one in revisions if one["table"] == "records_signature"}
    _check_checkpoints(found, proof, signed, key, stamped)


def _hash_of(one: dict[str, Any]) -> str:
    return revision_hash(
        one["previous_hash"],
        one["table"],
        one["record"],
        one["number"],
        one["operation"],
        one["actor"],
        one["actor_id"],
        one["reason"],
        datetime.fromisoformat(one["at"]),
        one["data"],
    )


def _check_signature(
    found: Checked,
    row: dict[str, Any],
    by_hash: dict[str, dict[str, Any]],
    revisions: list[dict[str, Any]],
) -> None:
    covers: Covers = row["covers"]
    if digest_of(covers) != row["content_sha256"]:
        found.broken.append("what a signature covers was altered")
    count = 0
    for table, records in covers.items():
        for record, (number, hashed) in records.items():
            kept = by_hash.get(hashed)
            count += 1
            if kept is None or [kept["table"], kept["record"], kept["number"]] != [
                table,
                record,
                number,
            ]:
                found.broken.append(f"{table} {record} is not there as it was signed")
    found.holds.append(
        f"{_name_of(row['user_id'], revisions)} signed {count} rows as {row['meaning']} on"
        f" {row['signed_at'][:16].replace('T', ' ')}"
    )


def _name_of(user: int, revisions: list[dict[str, Any]]) -> str:
    for one in revisions:
        if one["table"] == "auth_user" and one["record"] == str(user):
            person = json.loads(one["data"])
            full = f"{person['first_name']} {person['last_name']}".strip()
            return f"{full} ({person['username']})" if full else str(person["username"])
    return f"person {user}"


def _wanted_files(
    signatures: list[dict[str, Any]], by_hash: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """Return the name of each file that was signed, by its SHA-256."""
    wanted = {}
    for row in signatures:
        for _, hashed in row["covers"].get(FILES, {}).values():
            if hashed in by_hash:
                file = json.loads(by_hash[hashed]["data"])
                wanted[file["sha256"]] = file["name"]
    return wanted


def _check_checkpoints(
    found: Checked,
    proof: dict[str, Any],
    signed: set[str],
    key: str,
    stamped: Callable[[bytes, bytes], str] | None,
) -> None:
    checkpoints = proof["checkpoints"]
    if not checkpoints:
        found.broken.append("no checkpoint covers the signature; export it again in a minute")
        return
    first = checkpoints[0]
    listed = [(int(seq), str(hashed)) for seq, hashed in proof["revisions_of_the_first"]]
    in_order = all(one[0] < two[0] for one, two in pairwise(listed))
    if (len(listed), root_of(listed)) != (first["count"], first["root"]) or not in_order:
        found.broken.append(f"checkpoint {first['number']} is not over the revisions listed for it")
    elif not signed & {hashed for _, hashed in listed}:
        found.broken.append(
            f"checkpoint {first['number']} is over other revisions than the signature"
        )
    before = None
    for one in checkpoints:
        if before is not None and one["previous"] != line_digest(before):
            found.broken.append(f"checkpoint {one['number']} does not follow the one before it")
        found.broken += _signed_by(one, key)
        found.keys.add(str(one["public_key"]))
        before = one
    found.holds.append(
        f"checkpoint {first['number']} of {first['at'][:16].replace('T', ' ')} covers it"
    )
    for stamp in proof["time_stamps"]:
        _check_stamp(found, stamp, checkpoints, stamped)


def _signed_by(checkpoint: dict[str, Any], key: str) -> Iterator[str]:
    name = f"checkpoint {checkpoint['number']}"
    if not is_signed(checkpoint):
        yield f"{name} has no valid signature"
    elif key and checkpoint["public_key"] != key:
        yield f"{name} is signed with another key: {checkpoint['public_key']}"


def _check_stamp(
    found: Checked,
    stamp: dict[str, Any],
    checkpoints: list[dict[str, Any]],
    stamped: Callable[[bytes, bytes], str] | None,
) -> None:
    on = next((one for one in checkpoints if one["number"] == stamp["number"]), None)
    name = f"the time stamp of {stamp['authority']} on checkpoint {stamp['number']}"
    if on is None:
        found.broken.append(f"{name}: there is no such checkpoint")
    elif stamped is None:
        found.holds.append(f"{name} was not looked at: name the certificates of its authority")
    elif trouble := stamped(base64.b64decode(stamp["response"]), flat(on)):
        found.broken.append(f"{name}: {trouble}")
    else:
        found.holds.append(f"{name} holds")
