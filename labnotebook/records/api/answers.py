"""Answer creating POSTs once, and refuse changes made on a stale version."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rest_framework.response import Response

from labnotebook.records.api.rendering import StoredBody, dumps
from labnotebook.records.files import HashedUpload
from labnotebook.records.history import as_a_whole
from labnotebook.records.models import Record
from labnotebook.records.refusals import PreconditionRequired, StaleWrite
from labnotebook.records.services import idempotency


def answer_once(request, create: Callable[[], Response]) -> Response:
    """Run ``create`` in one transaction; under an Idempotency-Key, at most once."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        with as_a_whole():
            return create()

    def stored() -> idempotency.Answer:
        response = create()
        location = response.headers.get("Location", "")
        return idempotency.Answer(response.status_code, dumps(response.data).decode(), location)

    digest = idempotency.request_digest(request.method, request.path, *_parts(request.data))
    answer = idempotency.once(user=request.user, key=key, request_sha256=digest, create=stored)
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    if answer.location:
        headers["Location"] = answer.location
    return Response(StoredBody(answer.body), status=answer.status, headers=headers)


def _parts(data: Any) -> list[bytes]:
    """Return what was asked, in an order that does not depend on how it was sent."""
    if not hasattr(data, "lists"):
        return [json.dumps(data, sort_keys=True, default=str).encode()]
    parts = []
    for name, values in sorted(data.lists()):
        for value in values:
            content = (
                value.writer.digest.hexdigest() if isinstance(value, HashedUpload) else str(value)
            )
            parts.append(f"{name}={content}".encode())
    return parts


def sent_tags(request, etag: str) -> list[str]:
    """Return the entity tags in If-Match; 428 without any, with the one that would do."""
    sent = request.headers.get("If-Match", "").strip()
    if not sent:
        raise PreconditionRequired(
            f"Say which version you change: send the header If-Match: {etag} (the ETag of the answer you"
            " read)."
        )
    return [tag.strip().removeprefix("W/") for tag in sent.split(",")]


def require_match(request, record: Record, *, body: Callable[[], Any] | None = None) -> int:
    """Return the version that the client says it changes; 428 without If-Match, 412 when stale.

    ``body`` is asked for what the record says now only when it has to be told.
    """
    versions = sent_tags(request, record.etag)
    if record.etag not in versions:
        known = re.search(r"-(\d+)\"?$", versions[0])
        raise StaleWrite(
            f"Somebody changed this since you read it (you have version"
            f" {known.group(1) if known else 'unknown'}, it is now version {record.version}). Read it"
            " again, then send your change.",
            current=record if body is None else body(),
        )
    return record.version
