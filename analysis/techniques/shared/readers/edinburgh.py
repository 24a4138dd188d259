"""Edinburgh Instruments text exports (Fluoracle, F980): ``Labels``, ``Type``, ``Xaxis``, ``Yaxis``...

One or several scans side by side. Wavelengths are in nm, as these instruments always export them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from analysis.readers.cells import Style, cells_of
from analysis.readers.heads import Head, split_unit, unit_of
from analysis.readers.scans import make_reading
from analysis.readers.tables import Table, find_tables
from analysis.readers.units import channel_of
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique

READER = "fluoracle 1"
_START = re.compile(r'^"?labels"?\s*[\t,;]', re.IGNORECASE)
_AXIS_WORDS = (
    ("wavelength", "wavelength"), ("energy", "photon_energy"), ("wavenumber", "wavenumber"), ("time", "time"),
)  # fmt: skip
_ORDINATE_WORDS = (
    ("absorbance", "absorbance"), ("absorptance", "absorptance"), ("transmi", "transmittance"),
    ("reflect", "reflectance"), ("count", "counts"), ("cps", "intensity"), ("intens", "intensity"),
)  # fmt: skip
_OF_LIGHT = ("counts", "intensity")


def knows(file: InstrumentFile) -> bool:
    """Return True when the text begins as these exports do."""
    top = [line for line in file.lines[:40] if line.strip()]
    start = next((number for number, line in enumerate(top) if _START.match(line)), None)
    return start is not None and any(
        line.strip('"').lower().startswith("type") for line in top[start : start + 4]
    )


def read(file: InstrumentFile, technique: Technique, *, excited: bool = False) -> Reading:
    """Read every scan of the export; raise `UnreadableFile` when it is of another kind.

    ``excited``: by light of a wavelength that the export may say.
    """
    lines = file.lines
    table = find_tables(lines)
    block = max(table.blocks, key=lambda b: b.columns.shape[1])
    start = next(number for number, line in enumerate(lines) if _START.match(line))
    fields = _fields(lines[start : block.first_line - 1], _header_style(lines[start], table))
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
        kind = _nth(fields, "type", number)
        _check_kind(kind, x, y, technique, excited=excited)
        if technique.ordinate == "counts" and "response" in kind.lower() and number:
            y = replace(y, name="irf")
        facts = _scan_facts(fields, number, excited=excited)
        scans.append(Scan(x, (replace(y, label=label),), label, facts))
    metadata: dict[str, Any] = {
        "header": {key: "; ".join(v)[:500] for key, v in fields.items() if v}
    }
    title = [line.strip().strip('"')[:500] for line in lines[:start] if line.strip()]
    if title:
        metadata["notes"] = title
    if "instrument response" in _nth(fields, "type", 0).lower():
        metadata["is_instrument_response"] = True
        warnings.append("The file says it is an instrument response, not a decay of a sample.")
    return make_reading(technique, READER, scans, metadata, warnings)


def _header_style(labels: str, table: Table) -> Style:
    found = re.match(r'^"?labels"?\s*([\t,;])', labels, re.I)
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


def _axis(
    words: str, values: np.ndarray[Any, np.dtype[np.float64]], technique: Technique
) -> Channel:
    plain, raw_unit = split_unit(words)
    lower = (plain or words).lower()
    name = next((name for word, name in _AXIS_WORDS if word in lower), "")
    if not name:
        name = technique.axes[0].name
    unit = (
        unit_of(raw_unit)
        or {"wavelength": "nm", "photon_energy": "eV", "wavenumber": "1/cm", "time": "ns"}[name]
    )
    return channel_of(Head(name, unit, words), values, technique, set())


def _ordinate(
    words: str, values: np.ndarray[Any, np.dtype[np.float64]], technique: Technique
) -> Channel:
    lower = words.lower()
    name = next((name for word, name in _ORDINATE_WORDS if word in lower), "y")
    unit = "counts" if name == "counts" else "counts/s" if "cps" in lower else ""
    if name == "y" or (name == "counts" and technique.ordinate == "intensity"):
        name = technique.ordinate
    return Channel(name, unit, np.array(values), words)


def _check_kind(kind: str, x: Channel, y: Channel, technique: Technique, *, excited: bool) -> None:
    fitting = _OF_LIGHT if technique.ordinate in _OF_LIGHT else (technique.ordinate,)
    over_excitation = excited and "excitation" in kind.lower()
    if technique.axis(x.name) is None or y.name not in fitting or over_excitation:
        raise UnreadableFile(
            f'This Edinburgh export holds "{kind or "a scan"}" ({y.name} over {x.name.replace("_", " ")}), not '
            f"{technique.noun}. Choose the technique that fits, or export the right scan."
        )


def _scan_facts(fields: dict[str, list[str]], number: int, *, excited: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    kind = _nth(fields, "type", number)
    if kind:
        facts["scan_type"] = kind
    fixed = _nth(fields, "fixed/offset", number)
    if excited and "emission" in kind.lower() and fixed:
        try:
            wavelength = float(fixed.replace(",", "."))
        except ValueError:
            wavelength = 0.0  # such as "460 nm, 0.50"
        if wavelength > 0:
            facts["excitation_nm"] = wavelength
        else:
            facts["excitation"] = fixed
    return facts


_WHAT = "an Edinburgh Instruments export (Fluoracle, F980)"
EDINBURGH = Reader(_WHAT, read, knows)
EDINBURGH_EXCITED = Reader(_WHAT, partial(read, excited=True), knows)
