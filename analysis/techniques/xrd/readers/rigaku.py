"""Rigaku .ras text and .rasx containers: 2theta, counts, and the attenuator that the counts were taken with.

The intensity is the second column times the third.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from analysis.readers.scans import make_reading
from analysis.readers.text import decode, split_lines
from analysis.readers.unpacking import member_names, members
from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.xrd.readers.angles import intensity, is_two_theta, two_theta

RAS_READER, RASX_READER = "rigaku ras 1", "rigaku rasx 1"
_KEY = re.compile(r'^\*([A-Za-z0-9_.-]+)\s+"?(.*?)"?\s*$')
_PROFILE = re.compile(r"(?:^|/)Data(\d+)/Profile(\d+)\.txt$", re.IGNORECASE)
_CONDITIONS = re.compile(r"(?:^|/)Data(\d+)/Mea?surementConditions(\d+)\.xml$", re.IGNORECASE)
_FACTS = {
    "wavelength_angstrom": ("HW_XG_WAVE_LENGTH_ALPHA1", "WavelengthKalpha1"),
    "wavelength_kalpha2_angstrom": ("HW_XG_WAVE_LENGTH_ALPHA2", "WavelengthKalpha2"),
}
_ANODE = ("HW_XG_TARGET_NAME", "TargetName")
_AXIS = ("MEAS_SCAN_AXIS_X_INTERNAL", "MEAS_SCAN_AXIS_X", "AxisName")
_UNIT = ("MEAS_SCAN_UNIT_Y", "IntensityUnit")
_KEPT = (
    ("sample", ("FILE_SAMPLE", "SampleName")),
    ("instrument", ("HW_I_NAME", "FILE_SYSTEM_NAME", "SystemName")),
    ("started", ("MEAS_SCAN_START_TIME", "StartTime")),
    ("speed", ("MEAS_SCAN_SPEED", "Speed")),
    ("mode", ("MEAS_SCAN_MODE", "Mode")),
    ("tension", ("MEAS_COND_XG_VOLTAGE", "Voltage")),
    ("current", ("MEAS_COND_XG_CURRENT", "Current")),
)


def knows_ras(file: InstrumentFile) -> bool:
    """Return True when the text has the marks of a .ras file near its top."""
    return any(
        line.startswith(("*RAS_DATA_START", "*RAS_HEADER_START", "*RAS_INT_START"))
        for line in file.lines[:5000]
    )


def read_ras(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every range of the file."""
    keys: dict[str, str] = {}
    first_keys: dict[str, str] = {}
    scans: list[Scan] = []
    warnings: list[str] = []
    rows: list[str] | None = None
    for line in [*file.lines, "*RAS_INT_END"]:
        text = line.strip()
        if text.startswith("*RAS_INT_START"):
            rows = []
        elif text.startswith("*") and rows is not None:
            scans.extend(_scan(rows, keys, f"range {len(scans) + 1}", warnings))
            first_keys, keys, rows = first_keys or keys, dict(keys), None
        elif rows is not None:
            rows.append(text)
        elif found := _KEY.match(text):
            keys[found[1]] = found[2]
    if not scans:
        raise UnreadableFile(
            f"This Rigaku file holds no scan over 2theta. {' '.join(warnings)}".strip()
        )
    return make_reading(technique, RAS_READER, scans, _facts(first_keys), warnings)


def knows_rasx(file: InstrumentFile) -> bool:
    """Return True for a zip container that holds profiles."""
    return any(_PROFILE.search(name) for name in member_names(file))


def read_rasx(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every profile of the container with the conditions beside it."""
    names = member_names(file)
    profiles = {found.groups(): name for name in names if (found := _PROFILE.search(name))}
    conditions = {found.groups(): name for name in names if (found := _CONDITIONS.search(name))}
    order = sorted(profiles, key=lambda place: tuple(map(int, place)))
    content = members(file, [*profiles.values(), *conditions.values()])
    scans: list[Scan] = []
    warnings: list[str] = []
    first_keys: dict[str, str] = {}
    for number, place in enumerate(order, 1):
        keys = _keys_of(content[conditions[place]]) if place in conditions else {}
        rows = split_lines(decode(content[profiles[place]], technique))
        scans.extend(_scan(rows, keys, f"profile {number}", warnings))
        first_keys = first_keys or keys
    if not scans:
        raise UnreadableFile(
            f"This Rigaku file holds no scan over 2theta. {' '.join(warnings)}".strip()
        )
    return make_reading(technique, RASX_READER, scans, _facts(first_keys), warnings)


def _keys_of(content: bytes) -> dict[str, str]:
    """Return the first text of each element of the conditions."""
    try:
        root = ElementTree.fromstring(content.strip(b"\x00\r\n\t "))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as broken:
        raise UnreadableFile(
            f"The conditions inside this Rigaku file are broken ({broken}). Copy or export it again."
        ) from broken
    keys: dict[str, str] = {}
    for element in root.iter():
        if element.text and element.text.strip():
            keys.setdefault(str(element.tag).rpartition("}")[2], element.text.strip()[:500])
    return keys


def _scan(rows: list[str], keys: dict[str, str], name: str, warnings: list[str]) -> list[Scan]:
    axis = _said(keys, _AXIS)
    if not is_two_theta(axis):
        warnings.append(f"{name.capitalize()} is over {axis}, not over 2theta; it was left out.")
        return []
    table: list[list[float]] = []
    for row in rows:
        if not row.strip():
            continue
        try:
            cells = [float(cell) for cell in row.split()]
        except ValueError:
            cells = []
        if len(cells) < 2:
            warnings.append(
                f'{name.capitalize()}: "{row.strip()[:60]}" is no row of numbers and was left out.'
            )
            if len(warnings) > 25:
                raise UnreadableFile(
                    "Too many rows of this Rigaku file are no numbers. Export it again."
                )
            continue
        table.append([*cells[:3], 1.0][:3])
    if not table:
        return []
    angles, counts, attenuator = np.array(table, dtype=np.float64).T
    if not (attenuator > 0).all():
        raise UnreadableFile(
            f"The attenuator column of {name} in this Rigaku file has values that are not positive. Export it again."
        )
    if (attenuator != 1).any():
        warnings.append(
            f"{name.capitalize()}: counts were multiplied by the attenuator column of the file "
            f"({attenuator.min():g} to {attenuator.max():g})."
        )
    unit = "counts/s" if "cps" in _said(keys, _UNIT).lower() else "counts"
    y = intensity(counts * attenuator, unit, "counts x attenuator", name)
    return [Scan(two_theta(angles, name), (y,), name)]


def _said(keys: dict[str, str], names: tuple[str, ...]) -> str:
    return next((keys[name] for name in names if keys.get(name)), "")


def _facts(keys: dict[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for fact, names in _FACTS.items():
        try:
            wavelength = float(_said(keys, names))
        except ValueError:
            continue
        if 0.2 <= wavelength <= 3.0:
            facts[fact] = wavelength
    anode = _said(keys, _ANODE)
    if anode:
        facts["anode"] = anode.capitalize()
    header = {word: text for word, names in _KEPT if (text := _said(keys, names))}
    return {**facts, "header": header} if header else facts


RAS = Reader("a Rigaku .ras diffraction file", read_ras, knows_ras)
RASX = Reader("a Rigaku .rasx diffraction file", read_rasx, knows_rasx, binary=True)
