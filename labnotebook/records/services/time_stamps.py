"""Time stamps of an authority (RFC 3161) on checkpoints: somebody else says that they existed at a time.

`TIMESTAMP_ADDRESS` names the authority, `TIMESTAMP_ROOTS` the certificates that vouch for it. Only the newest checkpoint
is stamped: it holds the digest of the one before it, and so of all. An answer is kept as it came, in
`time_stamps.jsonl`, also when it cannot be verified here: it may be, elsewhere.
"""

from __future__ import annotations

import base64
import json
import logging
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from labnotebook.records.proofs.digests import flat
from labnotebook.records.proofs.stamps import trouble_of
from labnotebook.records.services.checkpoint_copies import WAIT_S, opener
from labnotebook.records.services.checkpoints import append_lines, read_checkpoints

log = logging.getLogger(__name__)
MOST_BYTES = 1024**2


def stamp_newest() -> dict[str, Any] | None:
    """Have the newest checkpoint stamped, if that is configured and was not done; None when nothing was."""
    checkpoints = read_checkpoints()
    if not settings.TIMESTAMP_ADDRESS or not checkpoints:
        return None
    newest = checkpoints[-1]
    if any(stamp["number"] == newest["number"] for stamp in read_stamps()):
        return None
    message = flat(newest)
    request = (
        TimestampRequestBuilder()
        .data(message)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    try:
        content = _ask(request.as_bytes())
        trouble = _trouble(content, message, request.nonce)
    except OSError as failure:
        log.warning("no time stamp from %s: %s", settings.TIMESTAMP_ADDRESS, failure)
        return None
    if trouble:
        log.warning("the time stamp from %s: %s", settings.TIMESTAMP_ADDRESS, trouble)
    stamp = {
        "number": newest["number"],
        "at": timezone.now().isoformat(),
        "authority": settings.TIMESTAMP_ADDRESS,
        "response": base64.b64encode(content).decode(),
    }
    append_lines(stamps_file(), [json.dumps(stamp)])
    return stamp


def stamps_file() -> Path:
    """Return the file of the time stamps."""
    return Path(settings.DATA_DIR) / "time_stamps.jsonl"


def read_stamps() -> list[dict[str, Any]]:
    """Return the stamps in the file, oldest first, without lines that cannot be read."""
    return [stamp for stamp in _lines() if stamp is not None]


def stamp_problems() -> Iterator[str]:
    """Yield a sentence for every stamp that does not fit its checkpoint.

    None where no roots are configured: then nothing can be said.
    """
    if not settings.TIMESTAMP_ROOTS:
        return
    checkpoints = {one["number"]: one for one in read_checkpoints()}
    for line, stamp in enumerate(_lines(), start=1):
        if stamp is None:
            yield f"line {line} of {stamps_file().name} cannot be read as a time stamp"
            continue
        name = f"the time stamp on checkpoint {stamp['number']} from {stamp['authority']}"
        checkpoint = checkpoints.get(stamp["number"])
        if checkpoint is None:
            yield f"{name}: there is no such checkpoint"
        elif trouble := _trouble(base64.b64decode(stamp["response"]), flat(checkpoint)):
            yield f"{name}: {trouble}"


def _ask(request: bytes) -> bytes:
    asked = urllib.request.Request(  # noqa: S310  (an address from the settings)
        settings.TIMESTAMP_ADDRESS,
        request,
        {"Content-Type": "application/timestamp-query"},
        method="POST",
    )
    with opener().open(asked, timeout=WAIT_S) as answer:
        return bytes(answer.read(MOST_BYTES))


def _trouble(content: bytes, message: bytes, nonce: int | None = None) -> str:
    """Say what is wrong with an authority's answer; '' when it stamps the message."""
    try:
        roots = Path(settings.TIMESTAMP_ROOTS).read_bytes()
    except OSError:
        return f"nobody here vouches for its authority: TIMESTAMP_ROOTS is {settings.TIMESTAMP_ROOTS!r}"
    return trouble_of(content, message, roots, nonce)


def _lines() -> Iterator[dict[str, Any] | None]:
    try:
        lines = stamps_file().read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        if line.strip():
            yield _read(line)


def _read(line: str) -> dict[str, Any] | None:
    try:
        stamp = json.loads(line)
        base64.b64decode(stamp["response"], validate=True)
        return stamp if isinstance(stamp["number"], int) and stamp["authority"] else None
    except (ValueError, KeyError, TypeError):
        return None
