"""Two-column text and its relatives (.xy, .xye, .txt, .csv, .dat) for XRD, PL, absorbance, EL, TRPL."""

from __future__ import annotations

import re

from analysis.readers.columns import read_columns, scans_of
from analysis.readers.scans import make_reading
from analysis.reading import Reading

READER = "text 1"
_EXCITATION_KEY = re.compile(r"^(excitation|ex)\b.*(wavelength|\(nm\)|\[nm\]|nm$)", re.IGNORECASE)


def read(lines: list[str], technique: str) -> Reading:
    """Read a table with an axis; raise `UnreadableFile` when the columns do not fit the technique."""
    columns = read_columns(lines, technique)
    warnings = list(columns.table.warnings)
    scans = scans_of(columns, technique, warnings)
    metadata = columns.metadata
    if technique == "pl":
        for key, value in metadata.get("header", {}).items():
            number = re.match(r"\s*(\d+(?:[.,]\d+)?)", value)
            if _EXCITATION_KEY.match(key) and number:
                metadata.setdefault("excitation_nm", float(number[1].replace(",", ".")))
    return make_reading(technique, READER, scans, metadata, warnings)
