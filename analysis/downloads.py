"""Hand out stored files: always as attachments, never as something a browser would run."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from labnotebook.records.asked_from import STORED, leaving
from labnotebook.records.files import open_blob
from labnotebook.records.models import StoredFile


def file_response(request: HttpRequest, file: StoredFile) -> HttpResponse:
    """Return the bytes of a file, or 304 when the client has them already.

    Raises `FileDamaged` when they are not what was stored.
    """
    etag = f'"{file.sha256}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if etag in known or "*" in known or f"W/{etag}" in known:
        response = HttpResponseNotModified()
    else:
        response = FileResponse(
            open_blob(file.sha256, file.name),
            as_attachment=True,
            filename=file.name,
            content_type=file.media_type
            if file.media_type != "text/plain"
            else "application/octet-stream",
        )
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-cache"
    return leaving(response, STORED)
