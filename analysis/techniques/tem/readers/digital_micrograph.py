"""Gatan DigitalMicrograph, .dm3 and .dm4: a tree of tags in which images lie, with their calibration.

The layout as hyperspy's and NCEM's documentation describe it: numbers of the tree are big-endian, 4 bytes in
version 3 and 8 bytes in version 4; values have the byte order that the head says. Every length is checked
against the file before it is used.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np

from analysis.reading import Reading, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.tem.readers.images import check_pixels, nm_per, reading_of

READER = "digital micrograph 1"
MOST_TAGS = 200_000
MOST_DEPTH = 40
_GROUP, _DATA = 20, 21
_STRUCT, _STRING, _ARRAY = 15, 18, 20
# Encoded type of a value -> struct code.
_SIMPLE = {
    2: "h",
    3: "i",
    4: "H",
    5: "I",
    6: "f",
    7: "d",
    8: "b",
    9: "b",
    10: "b",
    11: "q",
    12: "Q",
}
# DataType of an image -> numpy type; complex and RGB images are none that can be measured.
_PIXELS = {1: "i2", 2: "f4", 6: "u1", 7: "i4", 9: "i1", 10: "u2", 11: "u4", 12: "f8", 14: "u1"}
_RECIPROCAL = ("1/nm", "nm^-1", "1/å", "1/a", "rad", "mrad")


class _Array(NamedTuple):
    start: int
    length: int
    width: int  # bytes of one element
    code: str  # "" for structures


class _Tree:
    """Walks the tags of one file; ``tags`` maps a path such as ``ImageList.1.ImageData.DataType``."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        version = int.from_bytes(content[:4], "big")
        self.size = 8 if version == 4 else 4
        self.place = 4 + self.size
        self.little = self._number(4) == 1
        self.tags: dict[str, Any] = {}
        self.count = 0
        self._group("", 0)

    def _take(self, count: int) -> bytes:
        if count < 0 or self.place + count > len(self.content):
            raise UnreadableFile(
                "This DigitalMicrograph file ends before its tags do. Copy it from the instrument again."
            )
        self.place += count
        return self.content[self.place - count : self.place]

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _group(self, path: str, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise UnreadableFile("The tags of this DigitalMicrograph file are nested too deeply.")
        self._take(2)
        for index in range(self._number(self.size)):
            self.count += 1
            if self.count > MOST_TAGS:
                raise UnreadableFile("This DigitalMicrograph file has too many tags to be one.")
            kind = self._number(1)
            name = self._take(self._number(2)).decode("latin-1") or str(index)
            if self.size == 8:
                self._take(8)
            inner = f"{path}.{name}" if path else name
            if kind == _GROUP:
                self._group(inner, depth + 1)
            elif kind == _DATA:
                self.tags[inner] = self._value()
            else:
                raise UnreadableFile(f"A tag of this DigitalMicrograph file has the kind {kind}.")

    def _value(self) -> Any:
        if self._take(4) != b"%%%%":
            raise UnreadableFile("A tag of this DigitalMicrograph file does not begin as it must.")
        count = self._number(self.size)
        if not 0 < count <= 10_000:
            raise UnreadableFile("A tag of this DigitalMicrograph file has no sensible length.")
        info = [self._number(self.size) for _ in range(count)]
        kind = info[0]
        if kind in _SIMPLE:
            code = _SIMPLE[kind]
            return struct.unpack(self._order + code, self._take(struct.calcsize(code)))[0]
        if kind == _STRUCT:
            self._take(sum(map(self._width, self._fields(info))))
            return None
        if kind == _STRING and count > 1:
            return self._take(info[1]).decode("utf-16-le", "replace")
        if kind == _ARRAY and count > 2:
            element, length = info[1], info[-1]
            width = (
                self._width(element)
                if element in _SIMPLE
                else sum(map(self._width, self._fields(info[1:-1])))
            )
            start = self.place
            self._take(width * length)
            return _Array(start, length, width, _SIMPLE.get(element, ""))
        raise UnreadableFile(f"A tag of this DigitalMicrograph file has the type {kind}.")

    @property
    def _order(self) -> str:
        return "<" if self.little else ">"

    @staticmethod
    def _fields(info: list[int]) -> list[int]:
        if info[0] != _STRUCT or len(info) < 3 or len(info) < 3 + 2 * info[2]:
            raise UnreadableFile("A structure of this DigitalMicrograph file has no sensible form.")
        return info[4 : 3 + 2 * info[2] : 2]

    @staticmethod
    def _width(kind: int) -> int:
        if kind not in _SIMPLE:
            raise UnreadableFile(f"A field of this DigitalMicrograph file has the type {kind}.")
        return struct.calcsize(_SIMPLE[kind])

    def text(self, path: str) -> str:
        """Return a text, which is kept as a string or as an array of UTF-16 units."""
        value = self.tags.get(path, "")
        if isinstance(value, _Array) and value.width == 2:
            raw = self.content[value.start : value.start + 2 * value.length]
            return raw.decode("utf-16-le" if self.little else "utf-16-be", "replace")
        return value if isinstance(value, str) else ""


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read the largest image of a file; raise `UnreadableFile` for spectra, stacks and diffraction."""
    tree = _Tree(file.content)
    found = [
        (length, base)
        for path, value in tree.tags.items()
        if path.endswith(".ImageData.Data") and isinstance(value, _Array)
        for base, length in ((path.removesuffix(".Data"), value.length),)
        if tree.tags.get(f"{base}.DataType") in _PIXELS
    ]
    if not found:
        raise UnreadableFile(
            "This DigitalMicrograph file holds no grey image. Export the image as TIFF."
        )
    base = max(found)[1]
    data: _Array = tree.tags[f"{base}.Data"]
    sides = [tree.tags[f"{base}.Dimensions.{k}"] for k in range(4) if _is_side(tree, base, k)]
    if len(sides) != 2:
        what = "a spectrum" if len(sides) < 2 else f"a stack of {'×'.join(map(str, sides[2:]))}"
        raise UnreadableFile(f"This DigitalMicrograph file holds {what}, not one image.")
    width, height = sides
    check_pixels(width, height)
    kind = np.dtype(tree._order + _PIXELS[tree.tags[f"{base}.DataType"]])
    if width * height != data.length or kind.itemsize != data.width:
        raise UnreadableFile(
            f"This DigitalMicrograph file says {width} × {height} pixels and has {data.length} numbers."
        )
    values = np.frombuffer(file.content, kind, data.length, data.start).reshape(height, width)
    calibration = f"{base}.Calibrations.Dimension.0"
    unit = tree.text(f"{calibration}.Units").strip("\x00 ")
    if unit.lower() in _RECIPROCAL:
        raise UnreadableFile(
            f"This is a diffraction pattern (its axes are in {unit}), which shows no particles. Upload an image."
        )
    scale, nm = tree.tags.get(f"{calibration}.Scale"), nm_per(unit) if unit else None
    of_pixel = None
    if isinstance(scale, float) and nm is not None and np.isfinite(scale) and scale > 0:
        of_pixel = scale * nm
    said = {} if of_pixel is None else {"scale_from": "DigitalMicrograph"}
    return reading_of(values, of_pixel, technique, READER, said, [])


def _is_side(tree: _Tree, base: str, k: int) -> bool:
    side = tree.tags.get(f"{base}.Dimensions.{k}")
    return isinstance(side, int) and side > (0 if k < 2 else 1)


def knows(file: InstrumentFile) -> bool:
    """Return True for the version in the first bytes and a byte order that is one."""
    start = file.content[:16]
    if start[:4] == b"\x00\x00\x00\x03":
        return len(start) < 12 or start[8:12] in (b"\x00\x00\x00\x00", b"\x00\x00\x00\x01")
    return start[:4] == b"\x00\x00\x00\x04" and (
        len(start) < 16 or start[12:16] in (b"\x00\x00\x00\x00", b"\x00\x00\x00\x01")
    )


DIGITAL_MICROGRAPH = Reader(
    "a DigitalMicrograph file (.dm3 or .dm4, binary)", read, knows, binary=True
)
