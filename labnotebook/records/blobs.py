"""Blobs in a folder: one per content, named by its SHA-256, written once."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from django.conf import settings

MISSING = "the file is missing"
ALTERED = "its content is not what was stored"


class BlobDamaged(Exception):
    """A blob is missing where it is kept, or not what its hash says; ``str()`` says which."""


def blob_path(sha256: str) -> Path:
    """Return where the blob with this digest is kept in the data folder."""
    return Path(settings.BLOB_ROOT) / blob_name(sha256)


def blob_folder() -> Path:
    """Return the folder of all blobs."""
    return Path(settings.BLOB_ROOT) / "sha256"


def blob_name(sha256: str) -> str:
    """Return the name of a blob below its folder, and in a bucket."""
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def incoming_folder() -> Path:
    """Return the folder of what is being written, beside the blobs; it is made where it is missing."""
    root = Path(settings.BLOB_ROOT) / "incoming"
    root.mkdir(parents=True, exist_ok=True)
    return root


def blob_damage(path: Path, sha256: str) -> str:
    """Say what is wrong with a blob that should have this digest; '' when it is what was stored."""
    try:
        with path.open("rb") as blob:
            digest = hashlib.file_digest(blob, "sha256").hexdigest()
    except FileNotFoundError:
        return MISSING
    except OSError as failure:
        return f"it cannot be read ({failure.strerror})"
    return "" if digest == sha256 else ALTERED


def put_in_place(path: Path, sha256: str) -> None:
    """Move a file that was written and synced to where its blob is kept, on the same disk."""
    target = blob_path(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.chmod(0o440)
    path.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def sweep_incoming(older_than_s: float = 24 * 3600) -> int:
    """Remove what uploads that died left behind; return how many files."""
    removed = 0
    for path in (Path(settings.BLOB_ROOT) / "incoming").glob("tmp*"):
        if time.time() - path.stat().st_mtime > older_than_s:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
