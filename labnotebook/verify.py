"""`python -m labnotebook.verify FILE`: check an exported signed record where no notebook is.

Needs Python and the package cryptography; rfc3161-client too, when time stamps are to be verified.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labnotebook.records.broken_zips import BROKEN_ZIP
from labnotebook.records.proofs.checking import Checked, check

PROOF = "proof.json"
MOST_BYTES = (
    4 * 1024**3
)  # unpacked, counted while reading: what an archive says of itself may be a lie
MOST_FILES = 10_000
PIECE = 1 << 20


class Unreadable(ValueError):
    """The file is no archive with a proof; the message says why."""


def verify(path: Path, key: str = "", roots: Path | None = None) -> Checked:
    """Check an archive, or a proof alone; raises `Unreadable`."""
    if zipfile.is_zipfile(path):
        proof, files = _read_archive(path)
    else:
        proof, files = _read_proof(path.read_bytes()), set()
    return check(proof, files, key, _stamp_checker(roots) if roots else None)


def main(arguments: list[str] | None = None) -> int:
    """Print what holds and what does not; return 0 when all holds, else 1."""
    parser = argparse.ArgumentParser(prog="labnotebook.verify", description=__doc__)
    parser.add_argument("file", type=Path, help="what was exported: NC-0042.eln")
    parser.add_argument(
        "--key", default="", help="public key that must have signed its checkpoints"
    )
    parser.add_argument("--roots", type=Path, help="PEM file of who vouches for time stamps")
    asked = parser.parse_args(arguments)
    try:
        found = verify(asked.file, asked.key, asked.roots)
    except (*BROKEN_ZIP, Unreadable) as failure:
        print(f"{asked.file} cannot be checked: {failure}", file=sys.stderr)
        return 1
    for sentence in found.holds:
        print(sentence)
    for sentence in found.broken:
        print(f"BROKEN: {sentence}", file=sys.stderr)
    if found.broken:
        print(f"{asked.file} is not what was signed.", file=sys.stderr)
        return 1
    if not asked.key:
        keys = ", ".join(sorted(found.keys))
        print(f"Whose the key of the checkpoints is you must know from elsewhere: {keys}")
    print(f"{asked.file} is what was signed.")
    return 0


def _read_archive(path: Path) -> tuple[dict[str, Any], set[str]]:
    """Return the proof in an archive, and the SHA-256 of every file in it. Nothing is unpacked to a disk."""
    proof, files, left = None, set(), MOST_BYTES
    with zipfile.ZipFile(path) as archive:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        if len(entries) > MOST_FILES:
            raise Unreadable(f"it holds {len(entries)} files, more than {MOST_FILES}")
        for one in entries:
            is_proof = one.filename.count("/") == 1 and one.filename.endswith(f"/{PROOF}")
            digest, kept = hashlib.sha256(), bytearray()
            with archive.open(one) as file:
                while piece := file.read(PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise Unreadable(f"it is larger than {MOST_BYTES // 1024**3} GB unpacked")
                    digest.update(piece)
                    if is_proof:
                        kept += piece
            files.add(digest.hexdigest())
            if is_proof and proof is not None:
                raise Unreadable("it holds two proofs")
            if is_proof:
                proof = _read_proof(bytes(kept))
    if proof is None:
        raise Unreadable(f"there is no {PROOF} in it")
    return proof, files


def _read_proof(content: bytes) -> dict[str, Any]:
    try:
        proof = json.loads(content)
    except (ValueError, RecursionError) as failure:
        raise Unreadable(f"it is no proof ({failure})") from failure
    if not isinstance(proof, dict):
        raise Unreadable("it is no proof")
    return proof


def _stamp_checker(roots: Path) -> Callable[[bytes, bytes], str]:
    from labnotebook.records.proofs.stamps import trouble_of

    pem = roots.read_bytes()
    return lambda content, message: trouble_of(content, message, pem)


if __name__ == "__main__":
    sys.exit(main())
