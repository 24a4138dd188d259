"""Raman spectra that Renishaw's WiRE exports as text: two columns under ``#Wave`` and ``#Intensity``."""

from __future__ import annotations

from analysis.readers.scans import make_reading
from analysis.readers.tables import find_tables
from analysis.reading import Channel, Reading, Scan
from analysis.technique import InstrumentFile, Reader, Technique


def knows(file: InstrumentFile) -> bool:
    """Return True when the first line names the two columns."""
    return bool(file.lines) and file.lines[0].split() == ["#Wave", "#Intensity"]


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read the two columns; raise `UnreadableFile` when there is no table."""
    table = find_tables(file.lines)
    shift, intensity = table.blocks[0].columns[:2]
    scan = Scan(
        Channel("raman_shift", "1/cm", shift, "Raman shift"),
        (Channel("intensity", "counts", intensity, "Intensity"),),
    )
    return make_reading(technique, "wire text 1", [scan], {}, table.warnings)


WIRE_TEXT = Reader("a Raman spectrum of WiRE", read, knows)
