"""Two-column text and its relatives (.xy, .xye, .txt, .csv, .dat): an axis and what was measured at it."""

from __future__ import annotations

from collections.abc import Callable

from analysis.readers.columns import Columns, read_columns, scans_of
from analysis.readers.scans import make_reading
from analysis.reading import Reading, Scan
from analysis.technique import InstrumentFile, Reader, Technique

READER = "text 2"


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a table with an axis; raise `UnreadableFile` when the columns do not fit the technique."""
    return reading_of(read_columns(file, technique), technique)


def reading_of(
    columns: Columns,
    technique: Technique,
    finish: Callable[[list[Scan], list[str]], list[Scan]] = lambda scans, warnings: scans,
) -> Reading:
    """Return the scans of a table whose columns are named, with what its header says.

    ``finish`` adds to the scans what only one technique knows, and to the warnings what it says of that.
    """
    warnings = list(columns.table.warnings)
    scans = finish(scans_of(columns, technique, warnings), warnings)
    return make_reading(technique, READER, scans, columns.metadata, warnings)


TWO_COLUMNS = Reader("a table of numbers as text", read)
