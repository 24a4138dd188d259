"""Bruker UXD text: ``_KEY=value`` lines, then ``_2THETACOUNTS`` pairs or ``_COUNTS`` over start and step."""

from __future__ import annotations

import re

import numpy as np

from analysis.readers.scans import make_reading
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.xrd.readers.facts import diffraction_facts

READER = "uxd 1"
_DATA = re.compile(r"^_(2THETA)?(COUNTS|CPS|INTENSITY)\s*$", re.IGNORECASE)
_KEY = re.compile(r"^_([A-Z0-9_]+)\s*=\s*(.*)$", re.IGNORECASE)


def knows(file: InstrumentFile) -> bool:
    """Return True when the text has UXD's version or data keyword near its top."""
    return any(line.upper().startswith("_FILEVERSION") for line in file.lines[:60]) or any(
        _DATA.match(line.strip()) for line in file.lines[:300]
    )


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every range; raise `UnreadableFile` when the rows and the keywords do not fit."""
    header: dict[str, str] = {}
    here: dict[str, str] = {}
    scans: list[Scan] = []
    warnings: list[str] = []
    data: list[float] = []
    kind: re.Match[str] | None = None
    for number, line in enumerate([*file.lines, "_END=1"], 1):
        text = line.strip()
        key, begins = _KEY.match(text), _DATA.match(text)
        if (key or begins) and kind and data:
            scans.append(_scan(kind, data, {**header, **here}, len(scans) + 1))
            data, kind, here = [], None, {}
        if begins:
            kind = begins
        elif key:
            (here if scans else header)[key[1].upper()] = key[2].strip().strip("'")
        elif kind and text and not text.startswith(";"):
            try:
                data.extend(_numbers(text))
            except ValueError:
                warnings.append(
                    f'Line {number} inside the data is no row of numbers and was left out: "{text[:60]}".'
                )
    if not scans:
        raise UnreadableFile("This UXD file holds no counts. Export it again, or as .xy.")
    metadata = diffraction_facts(
        {f"_{key}": value for key, value in header.items()}, file.lines[:200]
    )
    return make_reading(technique, READER, scans, {**metadata, "header": header}, warnings)


def _numbers(text: str) -> list[float]:
    if "_" in text:
        raise ValueError(text)
    return [float(cell) for cell in text.split()]


def _scan(kind: re.Match[str], data: list[float], keys: dict[str, str], number: int) -> Scan:
    label = f"range {number}"
    values = np.array(data, dtype=np.float64)
    unit = "counts/s" if kind[2].upper() == "CPS" else "counts"
    if kind[1]:
        if len(values) % 2:
            raise UnreadableFile(
                f"In {label} of this UXD file an angle has no counts. Export it again."
            )
        x, y = values[0::2], values[1::2]
    else:
        try:
            start = float(keys.get("2THETA", keys.get("START", "")))
            step = float(keys["STEPSIZE"])
        except (KeyError, ValueError) as missing:
            raise UnreadableFile(
                f"{label.capitalize()} of this UXD file has counts but no start or step size. "
                "Export it with 2theta and counts."
            ) from missing
        x, y = start + step * np.arange(len(values), dtype=np.float64), values
    if not (np.abs(x[np.isfinite(x)]) <= 180).all():
        raise UnreadableFile(
            f"In {label} of this UXD file the angles leave -180 to 180 degrees. Export it again."
        )
    return Scan(
        Channel("two_theta", "deg", x, "2THETA"), (Channel("intensity", unit, y, kind[2]),), label
    )


UXD = Reader("a Bruker UXD diffraction file", read, knows)
