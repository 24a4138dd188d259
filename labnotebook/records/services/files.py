"""Keep uploads."""

from __future__ import annotations

from typing import Any

from labnotebook.records.files import (
    BlobWriter,
    HashedUpload,
    blob_path,
    clean_name,
    sniff_media_type,
)
from labnotebook.records.models import Project, StoredFile
from labnotebook.records.refusals import Refusal


def store_file(*, by: Any, project: Project, upload: HashedUpload) -> StoredFile:
    """Keep an upload's bytes under their hash and note who sent them under which name.

    Runs in the caller's transaction, after the bytes are safe on the disk.
    """
    if upload.size == 0:
        upload.close()
        raise Refusal(
            f"{clean_name(upload.name)} is empty. Was the export finished? Upload it again.",
            field="file",
        )
    sha256 = upload.writer.keep()
    with blob_path(sha256).open("rb") as blob:
        media_type = sniff_media_type(blob.read(512))
    return StoredFile.objects.create(
        project=project,
        sha256=sha256,
        size_bytes=upload.size,
        name=clean_name(upload.name),
        media_type=media_type,
        uploaded_by=by,
    )


def hashed(upload: Any) -> HashedUpload:
    """Return an upload with its bytes beside the blobs, whichever handler took it."""
    if isinstance(upload, HashedUpload):
        return upload
    writer = BlobWriter()
    for chunk in upload.chunks():
        writer.write(chunk)
    return HashedUpload(writer, upload.name)


def hashed_upload(content: bytes, name: str) -> HashedUpload:
    """Wrap bytes that did not come through a form (a script, a test) as an upload."""
    writer = BlobWriter()
    writer.write(content)
    return HashedUpload(writer, name)
