"""Where bytes are kept: one blob per content, named by its SHA-256, written once.

An upload is hashed while it streams to a file beside the blobs, synced, and renamed into place before
its row is written: a crash leaves at worst a blob without a row, never a row without its blob.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from labnotebook.records.blobs import (
    ALTERED,
    BlobDamaged,
    blob_damage,
    blob_path,
    incoming_folder,
    put_in_place,
)
from labnotebook.records.bucket import blob_at_hand, make_room, send_to_bucket
from labnotebook.records.refusals import FileDamaged, Refusal, StorageFull, TooLarge

RESERVE_BYTES = 1024**3  # never fill the disk under the database


def open_blob(sha256: str, name: str) -> BinaryIO:
    """Open a blob for reading, after comparing its content with its digest.

    Raises `FileDamaged`, which calls it by the name that somebody gave it; `StorageAway` where a bucket does not
    answer.
    """
    try:
        blob = blob_at_hand(sha256).open("rb")
    except BlobDamaged as damage:
        raise FileDamaged(_damaged(name, str(damage))) from damage
    except OSError as failure:
        raise FileDamaged(_damaged(name, f"it cannot be opened ({failure.strerror})")) from failure
    if hashlib.file_digest(blob, "sha256").hexdigest() != sha256:
        blob.close()
        raise FileDamaged(_damaged(name, ALTERED))
    blob.seek(0)
    return blob


def _damaged(name: str, damage: str) -> str:
    return (
        f"{name} is not handed out: {damage}. Tell who runs this notebook; the file comes back from a"
        " backup, or by uploading the original again."
    )


class BlobWriter:
    """Write bytes to a temporary file beside the blobs, hashing on the way."""

    def __init__(self) -> None:
        root = incoming_folder()
        if shutil.disk_usage(root).free < RESERVE_BYTES:
            raise StorageFull(
                "The disk of the notebook is nearly full, so no file is taken. Free some space, then"
                " upload again; nothing was lost."
            )
        handle, name = tempfile.mkstemp(dir=root)
        self.file = os.fdopen(handle, "wb")
        self.path = Path(name)
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Take one more piece."""
        self.size += len(chunk)
        if self.size > settings.MAX_UPLOAD_BYTES:
            self.discard()
            raise TooLarge(
                f"The file is larger than {settings.MAX_UPLOAD_BYTES // 1024**2} MiB, the limit here.",
                field="file",
            )
        self.digest.update(chunk)
        self.file.write(chunk)

    def keep(self) -> str:
        """Sync and move into place; return the SHA-256.

        Safe to repeat for the same content: a sound blob stays, a damaged one is replaced by this one.
        """
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        sha256 = self.digest.hexdigest()
        send_to_bucket(self.path, sha256)
        if not blob_damage(blob_path(sha256), sha256):
            self.path.unlink(missing_ok=True)
        else:
            put_in_place(self.path, sha256)
            make_room(self.size)
        return sha256

    def discard(self) -> None:
        """Forget what was written."""
        self.file.close()
        self.path.unlink(missing_ok=True)


class HashedUpload(UploadedFile):
    """An upload whose bytes lie in a `BlobWriter`."""

    def __init__(self, writer: BlobWriter, name: str | None) -> None:
        super().__init__(file=None, name=name or "file", size=writer.size)
        self.writer = writer

    def close(self) -> None:
        """Remove what nobody kept."""
        self.writer.discard()


class HashingUploadHandler(FileUploadHandler):
    """Stream every upload into a `BlobWriter`; the only upload handler of the notebook."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin one file."""
        super().new_file(*args, **kwargs)
        self.refused: Refusal | None = None
        self.begun = getattr(self, "begun", 0) + 1
        if self.begun > settings.MOST_FILES_AT_ONCE:
            raise self._stop(
                TooLarge(
                    f"More than {settings.MOST_FILES_AT_ONCE} files came at once, and none was kept. Send them in parts of"
                    f" at most {settings.MOST_FILES_AT_ONCE}."
                )
            )
        try:
            self.writer = BlobWriter()
        except StorageFull as refusal:
            raise self._stop(refusal) from refusal

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece."""
        try:
            self.writer.write(raw_data)
        except TooLarge as refusal:
            raise self._stop(refusal) from refusal

    def file_complete(self, file_size: int) -> HashedUpload:
        """Hand over the finished file."""
        return HashedUpload(self.writer, self.file_name)

    def upload_interrupted(self) -> None:
        """Leave nothing behind when the client went away."""
        if hasattr(self, "writer"):
            self.writer.discard()

    def _stop(self, refusal: Refusal) -> StopUpload:
        """Remember why, for the door that asks; see `refusal_of`."""
        if self.request is not None:
            self.request.upload_refusal = refusal
        return StopUpload(connection_reset=False)


def sniff_media_type(head: bytes) -> str:
    """Name the kind of content by its first bytes; anything unknown is plain bytes.

    Only ever used as information and for the download header; files are never served inline.
    """
    for magic, media_type in (
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"%PDF", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"<?xml", "application/xml"),
    ):
        if head.startswith(magic):
            return media_type
    if head and b"\x00" not in head:
        return "text/plain"
    return "application/octet-stream"


def clean_name(name: str) -> str:
    """Keep what a person called the file, without folders and control characters."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in name if c.isprintable())[:255].strip() or "file"
