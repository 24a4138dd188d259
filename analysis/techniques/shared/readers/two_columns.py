"""Two-column text and its relatives (.xy, .xye, .txt, .csv, .dat): an axis and what was measured at it."""

from __future__ import annotations

from analysis.readers.columns import Columns, read_columns, scans_of
from analysis.readers.scans import make_reading
from analysis.reading import Reading
from analysis.technique import InstrumentFile, Reader, Technique

READER = "text 1"


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a table with an axis; raise `UnreadableFile` when the columns do not fit the technique."""
    return reading_of(read_columns(file.lines, technique), technique)


def reading_of(columns: Columns, technique: Technique) -> Reading:
    """Return the scans of a table whose columns are named, with what its header says."""
    warnings = list(columns.table.warnings)
    scans = scans_of(columns, technique, warnings)
    return make_reading(technique, READER, scans, columns.metadata, warnings)


TWO_COLUMNS = Reader("a table of numbers as text", read)
