"""The image that a file holds, as a browser can show it: behind the outlines, and before anything was found."""

from __future__ import annotations

import base64

from analysis.models import Analysis
from analysis.reading import UnreadableFile
from analysis.sandbox import AnalysisStopped, run_limited
from analysis.services.file_payload import file_payload
from labnotebook.records.refusals import StorageAway

SECONDS = 20


def holds_image(run: Analysis | None) -> bool:
    """Return whether what a run read is an image; of several, whether it took one."""
    reading = (run.reading if run else None) or {}
    metadata = reading.get("metadata") or {}
    return metadata.get("kind") == "image" and "width_px" in metadata


def picture_of(run: Analysis) -> bytes | None:
    """Return the image as PNG, at most 1024 pixels wide and high; None where it cannot be read any more."""
    try:
        payload = file_payload(run.measurement, run.scan, run.parameters)
        answer = run_limited("picture", payload, seconds=SECONDS)
    except (UnreadableFile, AnalysisStopped, StorageAway):
        return None
    return base64.b64decode(answer["png"])
