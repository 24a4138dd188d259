"""Ultrafast Systems .ufs: the binary map of HELIOS, EOS and Surface Xplorer.

All numbers are big-endian; a text is its length (uint32) and its bytes. In order: "Version2"; label, unit, count
and float64 values of the wavelengths; the same of the delays; "DA"; 0, rows, columns (uint32); float64 cells, all
delays of one wavelength first; remarks. (Laid out by P. Tapping, csv2ufs, 2016.)
"""

from __future__ import annotations

import re
import struct

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Reading, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.ta.readers.maps import MOST_CELLS, PER_PS, map_reading

READER = "ufs 1"
_MARK = re.compile(rb"\x00\x00\x00\x08Version\d")
_LONGEST_TEXT = 1_000_000


class _Bytes:
    """The bytes of a file and how far they were read."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, count: int) -> bytes:
        part = self.content[self.at : self.at + count]
        if count < 0 or len(part) < count:
            raise UnreadableFile("This .ufs file is cut off. Copy it from the instrument again.")
        self.at += count
        return part

    def number(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def text(self) -> str:
        count = self.number()
        if count > _LONGEST_TEXT:
            raise UnreadableFile("This .ufs file is damaged: a text of it has no end.")
        return self.take(count).decode("utf-8", "replace")

    def floats(self, count: int) -> NDArray[np.float64]:
        if count > MOST_CELLS:
            raise UnreadableFile(
                f"This .ufs file says it has {count} numbers; at most {MOST_CELLS} are read."
            )
        return np.frombuffer(self.take(8 * count), dtype=">f8").astype(np.float64)


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a map; raises `UnreadableFile` for one that is cut off, or whose axes have other units."""
    data = _Bytes(file.content)
    data.text()
    (_, x_unit, wavelengths), (_, t_unit, delays) = _axis(data), _axis(data)
    label = data.text()
    data.number()
    rows, columns = data.number(), data.number()
    if (rows, columns) != (wavelengths.size, delays.size):
        raise UnreadableFile(
            f"The map of this .ufs file has {rows} by {columns} cells and axes of {wavelengths.size} and {delays.size} numbers."
        )
    values = data.floats(rows * columns).reshape(rows, columns)
    unit = re.sub("[µμ]", "u", t_unit.strip().lower())
    if x_unit.strip().lower() != "nm" or unit not in PER_PS:
        raise UnreadableFile(
            f"The axes of this .ufs file are in “{x_unit[:20]}” and “{t_unit[:20]}”; nm and fs, ps, ns or µs are read."
        )
    remarks, said = _remarks(data)
    pairs = dict(
        part.split(":", 1) for part in remarks.replace("\r", "\n").split("\n") if ":" in part
    )
    metadata = {"header": {key.strip()[:80]: value.strip()[:500] for key, value in pairs.items()}}
    milli = "mOD" if "mod" in label.lower() else ""
    return map_reading(
        technique, READER, wavelengths, delays * PER_PS[unit], values, milli, metadata, said
    )


def _remarks(data: _Bytes) -> tuple[str, list[str]]:
    """Return the remarks behind the map and a warning; the map itself is whole and stays, whatever follows it."""
    if data.at == len(data.content):
        return "", []
    try:
        return data.text(), []
    except UnreadableFile:
        return "", ["What stands behind the map of this .ufs file is cut off and was not read."]


def _axis(data: _Bytes) -> tuple[str, str, NDArray[np.float64]]:
    return data.text(), data.text(), data.floats(data.number())


UFS = Reader(
    "an Ultrafast Systems map", read, lambda file: bool(_MARK.match(file.content)), binary=True
)
