"""Photoluminescence as text: columns of intensity, and what heads and header say of the excitation."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from analysis.readers.columns import Columns, read_columns
from analysis.reading import Reading, Scan
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers.two_columns import reading_of

_EXCITATION_KEY = re.compile(r"^(excitation|ex)\b.*(wavelength|\(nm\)|\[nm\]|nm$)", re.IGNORECASE)
_EXCITED_AT = re.compile(
    r"(?:^|[^a-z])(?:ex|exc|excitation|λ ?ex)[a-z ]*[\s_:=@(-]*(\d{3,4}(?:[.,]\d+)?)(?!\d)",
    re.IGNORECASE,
)
_WAVELENGTH = re.compile(r"(\d{3,4}(?:[.,]\d+)?)\s*(?:nm)?", re.IGNORECASE)
_MAP = re.compile(r"\bex(c|citation)?\b", re.IGNORECASE)
_SHORTEST_NM, _LONGEST_NM = 150, 2000


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read spectra with their excitation wavelength where it is said."""
    columns = read_columns(file, technique)
    _add_excitation(columns.metadata)
    return reading_of(columns, technique, lambda scans, _: _excited(scans, columns))


def _add_excitation(metadata: dict[str, Any]) -> None:
    for key, value in metadata.get("header", {}).items():
        number = re.match(r"\s*(\d+(?:[.,]\d+)?)", value)
        if _EXCITATION_KEY.match(key) and number:
            metadata.setdefault("excitation_nm", float(number[1].replace(",", ".")))


def _excited(scans: list[Scan], columns: Columns) -> list[Scan]:
    """Label the scans of an excitation-emission map by their excitation."""
    if len(scans) < 2:
        return scans
    pattern = _WAVELENGTH if _heads_are_excitations(scans, columns) else _EXCITED_AT
    found = [pattern.search(scan.label) for scan in scans]
    wavelengths = [float(one[1].replace(",", ".")) if one else None for one in found]
    if (
        not all(nm and _SHORTEST_NM <= nm <= _LONGEST_NM for nm in wavelengths)
        or len(set(wavelengths)) < 2
    ):
        return scans
    return [
        replace(scan, label=f"ex {nm:g} nm", metadata={**scan.metadata, "excitation_nm": nm})
        for scan, nm in zip(scans, wavelengths, strict=True)
    ]


def _heads_are_excitations(scans: list[Scan], columns: Columns) -> bool:
    """Tell whether bare numbers head the columns and the corner, or the header, speaks of excitation."""
    if not all(_WAVELENGTH.fullmatch(scan.label) for scan in scans):
        return False
    notes = columns.metadata.get("notes", [])
    return any(_MAP.search(text) for text in (columns.heads[0].label, *notes[-5:]))


TEXT = Reader("a spectrum as text", read)
