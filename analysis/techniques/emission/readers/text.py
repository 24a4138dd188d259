"""Photoluminescence as text: two columns, and what the header says of the excitation."""

from __future__ import annotations

import re
from typing import Any

from analysis.readers.columns import read_columns
from analysis.reading import Reading
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers.two_columns import reading_of

_EXCITATION_KEY = re.compile(r"^(excitation|ex)\b.*(wavelength|\(nm\)|\[nm\]|nm$)", re.IGNORECASE)


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a spectrum with its excitation wavelength where it is said."""
    columns = read_columns(file.lines, technique)
    _add_excitation(columns.metadata)
    return reading_of(columns, technique)


def _add_excitation(metadata: dict[str, Any]) -> None:
    for key, value in metadata.get("header", {}).items():
        number = re.match(r"\s*(\d+(?:[.,]\d+)?)", value)
        if _EXCITATION_KEY.match(key) and number:
            metadata.setdefault("excitation_nm", float(number[1].replace(",", ".")))


TEXT = Reader("a spectrum as text", read)
