"""What the child process is told of a file, wherever one is read: for a run, beside one, or once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.models import ColumnMapping, Measurement
from labnotebook.records.files import blob_path

MOST = 500  # remembered heads that a reading is given


def file_payload(
    measurement: Measurement, scan: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return where the file of a measurement is, what it must hash to, and all that was said of it."""
    return {
        "path": str(blob_path(measurement.file.sha256)),
        "sha256": measurement.file.sha256,
        "filename": measurement.file.name,
        "technique": measurement.technique,
        "scan": scan,
        "parameters": dict(parameters),
        "mappings": mappings_for(measurement),
    }


def mappings_for(measurement: Measurement) -> dict[str, str]:
    """Return what was said of the columns of earlier files in the project, by kind."""
    rows = ColumnMapping.objects.filter(
        project_id=measurement.project_id, technique=measurement.technique
    )
    return dict(rows.order_by("-pk").values_list("kind", "columns")[:MOST])
