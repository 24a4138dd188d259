"""Every point of a file that the store keeps thinned: read again, in a child process, when somebody takes it home."""

from __future__ import annotations

from dataclasses import replace

from analysis.drawing import Drawn
from analysis.models import Analysis
from analysis.reading import UnreadableFile
from analysis.sandbox import AnalysisStopped, run_limited
from analysis.services.file_payload import file_payload
from analysis.technique import COLUMNS
from labnotebook.records.refusals import StorageAway

SECONDS = 20


def stored_drawn(analysis: Analysis) -> tuple[Drawn, str]:
    """Return what the store holds of a run, and "" or how many points of the file are missing."""
    drawn = analysis.drawn(str(analysis.measurement))
    points = drawn.reading.get("points") or 0
    kept = len(drawn.channels[0]["values"]) if drawn.channels else 0
    if points <= kept:
        return drawn, ""
    return drawn, f"{kept} of {points}: the lowest and the highest of each run"


def whole_drawn(analysis: Analysis, seconds: float = SECONDS) -> tuple[Drawn, str]:
    """Return what is there of a run with every point of the file, and "" or why some are missing.

    Most files are kept whole; only a long one is read once more, for at most so many seconds.
    """
    drawn, missing = stored_drawn(analysis)
    if not missing:
        return drawn, ""
    said = dict(analysis.parameters)
    if heads := analysis.provenance.get("columns"):
        said[COLUMNS] = heads  # as the run had them, whatever is remembered now
    try:
        payload = file_payload(analysis.measurement, analysis.scan, said)
        answer = run_limited("read", payload, seconds=seconds)
    except (UnreadableFile, AnalysisStopped, StorageAway):
        return drawn, missing
    return replace(drawn, reading=answer["reading"]), ""
