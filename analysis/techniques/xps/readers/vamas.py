"""XPS of a VAMAS file: each photoelectron spectrum over binding energy."""

from __future__ import annotations

from analysis.reading import Reading
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers import vamas
from analysis.techniques.xps.readers.energies import as_binding


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every block as a scan."""
    return vamas.read(file, technique, as_binding)


VAMAS = Reader(vamas.WHAT, read, vamas.knows)
