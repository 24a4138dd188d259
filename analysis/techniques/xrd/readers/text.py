"""Patterns as text (.xy, .xye, .csv): two or three columns, and what the header says of the radiation."""

from __future__ import annotations

from analysis.readers.columns import read_columns
from analysis.reading import Reading
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers.two_columns import reading_of
from analysis.techniques.xrd.readers.facts import diffraction_facts


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a pattern with wavelength and anode where they are said."""
    columns = read_columns(file, technique)
    header = [line for block in columns.table.blocks for line in block.above]
    columns.metadata.update(diffraction_facts(columns.metadata.get("header", {}), header))
    return reading_of(columns, technique)


TEXT = Reader("a pattern as text", read)
