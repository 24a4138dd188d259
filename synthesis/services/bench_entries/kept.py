"""Files that are kept at a step: photos of the flask, and whatever else belongs there."""

from __future__ import annotations

from typing import Any

from labnotebook.records.files import HashedUpload, clean_name
from labnotebook.records.refusals import Refusal
from labnotebook.records.services.files import store_file
from synthesis.models import Attachment, Batch, BenchEvent, StepRun
from synthesis.services.bench_entries.entry import Entry

MOST_FILES = 200  # of one batch


def described(upload: HashedUpload, note: str = "") -> dict[str, Any]:
    """Return what an entry says of a file; the digest ties the entry to the very bytes."""
    said = {
        "name": clean_name(upload.name),
        "sha256": upload.writer.digest.hexdigest(),
        "size_bytes": upload.size,
    }
    return {**said, "note": note} if note else said


def file(by: Any, batch: Batch, entry: Entry, event: BenchEvent) -> None:
    """Keep the bytes that came with an entry."""
    if entry.upload is None:
        raise Refusal(
            "A file is sent by itself, with its bytes: as a form with id, target, note and file to"
            f" batches/{batch.code}/attachments/.",
            field="value",
        )
    if batch.attachments.that_count().count() >= MOST_FILES:
        raise Refusal(
            f"A batch holds at most {MOST_FILES} files; put several into one archive.", field="file"
        )
    key = entry.target.partition(".")[0]
    step = StepRun.objects.filter(batch=batch, key=key).first()
    if key and step is None and not batch.additions.filter(key=key).exists():
        raise Refusal(f"This batch has no reagent or step {key!r}.", field="target")
    Attachment.objects.create(
        batch=batch,
        step_run=step,
        event=event,
        file=store_file(by=by, project=batch.project, upload=entry.upload),
        note=str(entry.value.get("note") or ""),
        at=entry.at,
    )
