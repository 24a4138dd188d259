"""Edinburgh Instruments text exports (Fluoracle, F980): ``Labels``, ``Type``, ``Xaxis``, ``Yaxis``...

One or several scans side by side. Wavelengths are in nm, as these instruments always export them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.readers.columns import channel_of
from analysis.readers.heads import Head, split_unit, unit_of
from analysis.readers.scans import Scan, make_reading
from analysis.readers.sniffing import TECHNIQUE_NAMES
from analysis.readers.tables import Style, Table, cells_of, find_tables
from analysis.reading import Channel, Reading, UnreadableFile

READER = "fluoracle 1"
_START = re.compile(r'^"?labels"?\s*[\t,;]', re.IGNORECASE)
_AXIS_WORDS = (
    ("wavelength", "wavelength"), ("energy", "photon_energy"), ("wavenumber", "wavenumber"), ("time", "time"),
)  # fmt: skip
_ORDINATE_WORDS = (
    ("absorbance", "absorbance"), ("absorptance", "absorptance"), ("transmi", "transmittance"),
    ("reflect", "reflectance"), ("count", "counts"), ("cps", "intensity"), ("intens", "intensity"),
)  # fmt: skip
_FITS = {
    "pl": (("wavelength", "photon_energy", "wavenumber"), ("counts", "intensity", "y")),
    "el_spectrum": (("wavelength", "photon_energy", "wavenumber"), ("counts", "intensity", "y")),
    "absorbance": (("wavelength", "photon_energy", "wavenumber"), ("absorbance", "y")),
    "trpl": (("time",), ("counts", "intensity", "y")),
}


def sniff(lines: list[str]) -> bool:
    """Return True when the text begins as these exports do."""
    top = [line for line in lines[:12] if line.strip()]
    return (
        bool(top) and bool(_START.match(top[0])) and any(t.lower().startswith("type") for t in top)
    )


def read(lines: list[str], technique: str) -> Reading:
    """Read every scan of the export; raise `UnreadableFile` when it is of another kind."""
    table = find_tables(lines)
    block = max(table.blocks, key=lambda b: b.columns.shape[1])
    fields = _fields(lines[: block.first_line - 1], _header_style(lines, table))
    labels = fields.get("labels", [])
    scan_count = max(len(labels), 1)
    warnings = list(table.warnings)
    if len(table.blocks) > 1:
        warnings.append(f"The file holds {len(table.blocks)} tables; the longest was read.")
    width = block.columns.shape[0]
    pairs = width == 2 * scan_count and scan_count > 1
    if not pairs and width != scan_count + 1:
        warnings.append(
            f"The header names {scan_count} scans but the table has {width - 1} columns of values."
        )
    scans = []
    columns = range(1, width, 2) if pairs else range(1, width)
    for number, column in enumerate(columns):
        x = _axis(
            _nth(fields, "xaxis", number), block.columns[column - 1 if pairs else 0], technique
        )
        y = _ordinate(_nth(fields, "yaxis", number), block.columns[column], technique)
        label = labels[number] if number < len(labels) else f"column {column + 1}"
        _check_kind(_nth(fields, "type", number), x, y, technique)
        if technique == "trpl" and "response" in _nth(fields, "type", number).lower() and number:
            y = replace(y, name="irf")
        scans.append(
            Scan(x, (replace(y, label=label),), label, _scan_facts(fields, number, technique))
        )
    metadata: dict[str, Any] = {
        "header": {key: "; ".join(v)[:500] for key, v in fields.items() if v}
    }
    if "instrument response" in _nth(fields, "type", 0).lower():
        metadata["is_instrument_response"] = True
        warnings.append("The file says it is an instrument response, not a decay of a sample.")
    return make_reading(technique, READER, scans, metadata, warnings)


def _header_style(lines: list[str], table: Table) -> Style:
    found = re.match(r'^"?labels"?\s*([\t,;])', next(line for line in lines if line.strip()), re.I)
    return Style(found[1]) if found else table.style


def _fields(lines: list[str], style: Style) -> dict[str, list[str]]:
    """Return the header as ``{key in lower case: [value of each scan]}``."""
    fields: dict[str, list[str]] = {}
    for line in lines:
        cells = cells_of(line, style)
        if cells and cells[0]:
            fields.setdefault(cells[0].lower().strip(" :"), cells[1:])
    return fields


def _nth(fields: dict[str, list[str]], key: str, number: int) -> str:
    values = [value for value in fields.get(key, []) if value]
    return values[min(number, len(values) - 1)] if values else ""


def _axis(words: str, values: np.ndarray[Any, np.dtype[np.float64]], technique: str) -> Channel:
    plain, raw_unit = split_unit(words)
    lower = (plain or words).lower()
    name = next((name for word, name in _AXIS_WORDS if word in lower), "")
    if not name:
        name = "time" if technique == "trpl" else "wavelength"
    unit = (
        unit_of(raw_unit)
        or {"wavelength": "nm", "photon_energy": "eV", "wavenumber": "1/cm", "time": "ns"}[name]
    )
    return channel_of(Head(name, unit, words), values, technique, set())


def _ordinate(words: str, values: np.ndarray[Any, np.dtype[np.float64]], technique: str) -> Channel:
    lower = words.lower()
    name = next((name for word, name in _ORDINATE_WORDS if word in lower), "y")
    unit = "counts" if name == "counts" else "counts/s" if "cps" in lower else ""
    if name == "y" or (name == "counts" and technique in ("pl", "el_spectrum")):
        name = {"absorbance": "absorbance", "trpl": "counts"}.get(technique, "intensity")
    return Channel(name, unit, np.array(values), words)


def _check_kind(kind: str, x: Channel, y: Channel, technique: str) -> None:
    axes, ordinates = _FITS.get(technique, ((), ()))
    excitation = technique == "pl" and "excitation" in kind.lower()
    if x.name not in axes or y.name not in ordinates or excitation:
        raise UnreadableFile(
            f'This Edinburgh export holds "{kind or "a scan"}" ({y.name} over {x.name.replace("_", " ")}), not '
            f"{TECHNIQUE_NAMES[technique]}. Choose the technique that fits, or export the right scan."
        )


def _scan_facts(fields: dict[str, list[str]], number: int, technique: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    kind = _nth(fields, "type", number)
    if kind:
        facts["scan_type"] = kind
    fixed = _nth(fields, "fixed/offset", number)
    if technique == "pl" and "emission" in kind.lower() and fixed:
        try:
            facts["excitation_nm"] = float(fixed.replace(",", "."))
        except ValueError:
            facts["excitation"] = fixed
    return facts
