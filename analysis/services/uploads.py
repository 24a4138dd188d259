"""Uploads as the services take them."""

from __future__ import annotations

from typing import Any

from labnotebook.records.files import BlobWriter, HashedUpload


def hashed(upload: Any) -> HashedUpload:
    """Return an upload with its bytes beside the blobs, whichever handler took it."""
    if isinstance(upload, HashedUpload):
        return upload
    writer = BlobWriter()
    for chunk in upload.chunks():
        writer.write(chunk)
    return HashedUpload(writer, upload.name)


def head_of(upload: HashedUpload, size: int = 4096) -> bytes:
    """Return the first bytes of an upload that is not yet kept."""
    upload.writer.file.flush()
    with upload.writer.path.open("rb") as file:
        return file.read(size)
