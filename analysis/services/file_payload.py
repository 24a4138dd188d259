"""What the child process is told of a file, wherever one is read: for a run, beside one, or once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.models import ColumnMapping, Measurement
from analysis.reading import UnreadableFile
from labnotebook.records.blobs import BlobDamaged
from labnotebook.records.bucket import blob_at_hand
from labnotebook.records.models import StoredFile

MOST = 500  # remembered heads that a reading is given


def file_payload(
    measurement: Measurement, scan: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return where the file of a measurement is, what it must hash to, and all that was said of it.

    A child reaches nothing outside, so a file in a bucket is fetched here. Raises `UnreadableFile` when it is not
    what was stored, `StorageAway` when the bucket does not answer.
    """
    return {
        "path": _path_of(measurement.file),
        "sha256": measurement.file.sha256,
        "filename": measurement.file.name,
        "technique": measurement.technique,
        "scan": scan,
        "parameters": dict(parameters),
        "mappings": mappings_for(measurement),
    }


def _path_of(file: StoredFile) -> str:
    try:
        return str(blob_at_hand(file.sha256))
    except BlobDamaged as damage:
        raise UnreadableFile(
            f"The stored file is not what was uploaded: {damage}, so nothing is computed from it. Tell who runs this"
            " server; the file comes back from a backup, or by uploading the original again."
        ) from damage


def mappings_for(measurement: Measurement) -> dict[str, str]:
    """Return what was said of the columns of earlier files in the project, by kind."""
    rows = ColumnMapping.objects.filter(
        project_id=measurement.project_id, technique=measurement.technique
    )
    return dict(rows.order_by("-pk").values_list("kind", "columns")[:MOST])
