"""What a signature on a batch covers in this room: its files, analyses, accepted numbers, and what people expected.

All of these may grow after the signature (a later measurement, a number that supersedes another); what
was there when the batch was signed stays provable.
"""

from __future__ import annotations

from labnotebook.records.services.signatures import signs
from synthesis.models import Batch

BATCH = Batch._meta.db_table
_MEASUREMENTS = "SELECT id FROM analysis_measurement WHERE batch_id = %(record)s"

for _table in (
    "analysis_measurement",
    "analysis_outcome",
    "analysis_phaseassignment",
    "analysis_guess",
):
    _rows = f"SELECT id FROM {_table} WHERE batch_id = %(record)s"  # noqa: S608  (our own tables)
    signs(BATCH, _table, _rows, locked=False)
signs(
    BATCH,
    "analysis_analysis",
    f"SELECT id FROM analysis_analysis WHERE measurement_id IN ({_MEASUREMENTS})",  # noqa: S608
    locked=False,
)
signs(
    BATCH,
    "analysis_structureevidence",
    "SELECT e.id FROM analysis_structureevidence e JOIN analysis_phaseassignment p"
    " ON p.id = e.phase_assignment_id WHERE p.batch_id = %(record)s",
    locked=False,
)
signs(
    BATCH,
    "records_storedfile",
    "SELECT file_id FROM analysis_measurement WHERE batch_id = %(record)s",
    locked=False,
)
