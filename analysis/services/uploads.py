"""Uploads as the services take them."""

from __future__ import annotations

from labnotebook.records.files import HashedUpload


def head_of(upload: HashedUpload, size: int = 4096) -> bytes:
    """Return the first bytes of an upload that is not yet kept."""
    upload.writer.file.flush()
    with upload.writer.path.open("rb") as file:
        return file.read(size)
