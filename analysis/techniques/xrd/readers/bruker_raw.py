"""Bruker .raw of version 2 (``RAW2``), 3 (``RAW1.01``) and 4 (``RAW4.00``): little-endian, no checksum.

Nothing in these files says that they are whole, so every length, angle and intensity is checked: a file
that is cut, or laid out otherwise, is refused and never read as rubbish.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.readers.scans import make_reading
from analysis.readers.sniffing import is_binary
from analysis.readers.text import MAX_ROWS
from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.xrd.readers.angles import intensity, is_two_theta, stepped

READER_2, READER_3, READER_4 = "bruker raw2 1", "bruker raw3 1", "bruker raw4 1"
_MOST_RANGES = 1000
_HEADER_4 = 61
_RANGE_4 = 160
_RANGES_4 = (0, 160)  # kinds of segment that begin a range of version 4


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a version keeps its ranges: form and place of each number, counted from the begin of the range."""

    count: tuple[str, int]  # of ranges, from the begin of the file
    first: int  # where the first range begins
    shortest: int  # bytes of a range's header that are known
    longest: int
    header: tuple[str, int]  # its length
    steps: tuple[str, int]
    start: tuple[str, int]
    step: tuple[str, int]
    seconds: tuple[str, int]
    extra: tuple[str, int] | None = None  # bytes between header and counts


_RAW_2 = _Layout(
    count=("H", 4), first=256, shortest=48, longest=0xFFFF,  # the header may be longer
    header=("H", 0), steps=("H", 2), start=("f", 16), step=("f", 12), seconds=("f", 8),
)  # fmt: skip
_RAW_3 = _Layout(
    count=("I", 12), first=712, shortest=304, longest=304,
    header=("I", 0), steps=("I", 4), start=("d", 16), step=("d", 176), seconds=("f", 192), extra=("I", 256),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bytes:
    content: bytes

    def unpack(self, form: str, place: int) -> Any:
        """Return one number; raise `UnreadableFile` where the file ends before it."""
        try:
            return struct.unpack_from(f"<{form}", self.content, place)[0]
        except struct.error as short:
            raise _cut_off() from short

    def text(self, place: int, length: int) -> str:
        """Return the text of a fixed field."""
        field = self.content[place : place + length].partition(b"\x00")[0]
        return field.decode("cp1252", "replace").strip()


def _cut_off() -> UnreadableFile:
    return UnreadableFile(
        "This Bruker RAW file ends before its points do, or its header is damaged. Copy it again, or export it as .xy."
    )


def knows(file: InstrumentFile) -> bool:
    """Return True for the marks of versions 2, 3 and 4."""
    if file.content.startswith(b"RAW2"):
        return is_binary(file.content)  # four letters could begin a text too
    return file.content.startswith((b"RAW1.01", b"RAW4.00"))


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every range over 2theta."""
    content = _Bytes(file.content)
    warnings: list[str] = []
    if file.content.startswith(b"RAW2"):
        scans, facts = _ranges(content, _RAW_2), _facts(content, (188, 2), "f", 190, 194)
        facts["header"] = {"started": content.text(168, 20)}
        return make_reading(technique, READER_2, scans, facts, warnings)
    if file.content.startswith(b"RAW1.01"):
        scans, facts = _ranges(content, _RAW_3), _facts(content, (608, 4), "d", 624, 632)
        facts["header"] = {"started": f"{content.text(16, 10)} {content.text(26, 10)}".strip()}
        return make_reading(technique, READER_3, scans, facts, warnings)
    scans, facts = _ranges_4(content, warnings)
    if not scans:
        raise UnreadableFile(
            f"This Bruker RAW file holds no scan over 2theta. {' '.join(warnings)}".strip()
        )
    return make_reading(technique, READER_4, scans, facts, warnings)


def _ranges(content: _Bytes, layout: _Layout) -> list[Scan]:
    """Return the ranges of version 2 or 3, which stand one after another, each header before its counts."""
    count = content.unpack(*layout.count)
    if not 1 <= count <= _MOST_RANGES:
        raise UnreadableFile(
            f"This Bruker RAW file says at byte {layout.count[1]} that it has {count} ranges, so its header is damaged."
            " Copy it again."
        )
    scans: list[Scan] = []
    place = layout.first
    for number in range(1, count + 1):

        def at(field: tuple[str, int], begin: int = place) -> Any:
            form, offset = field
            value = content.unpack(form, begin + offset)
            # Singly precise: 0.02 is written as 0.0199999996, which adds up over the steps.
            return _short(value) if form == "f" else value

        header, steps = at(layout.header), at(layout.steps)
        if not layout.shortest <= header <= layout.longest:
            raise UnreadableFile(
                f"Range {number} of this Bruker RAW file has a header of {header} bytes at byte {place}, which is not"
                " known here. Export it as .xy or .uxd."
            )
        name = f"range {number}"
        x = stepped(at(layout.start), at(layout.step), steps, name)
        begin = place + header + (at(layout.extra) if layout.extra else 0)
        y = intensity(_floats(content, begin, steps, 4), "counts", "counts", name)
        scans.append(Scan(x, (y,), name, _time(at(layout.seconds))))
        place = begin + 4 * steps
    return scans


def _short(single: float) -> float:
    """Return the shortest decimal number that a number of single precision stands for."""
    return float(str(np.float32(single)))


def _ranges_4(content: _Bytes, warnings: list[str]) -> tuple[list[Scan], dict[str, Any]]:
    facts: dict[str, Any] = {}
    header = {"started": f"{content.text(12, 12)} {content.text(24, 12)}".strip()}
    scans: list[Scan] = []
    place, ranges = _HEADER_4, 0
    while place + 8 <= len(content.content):
        kind = content.unpack("I", place)
        if kind in _RANGES_4:
            ranges += 1
            if ranges > _MOST_RANGES:
                raise _cut_off()
            scan, place = _range_4(content, place, ranges, warnings)
            scans.extend(scan)
            continue
        length = content.unpack("I", place + 4)
        if length < 8 or place + length > len(content.content):
            raise _cut_off()
        if kind == 10:
            name, said = content.text(place + 12, 24), content.text(place + 36, max(length - 36, 0))
            if said:
                header[name.lower()] = said[:500]
        elif kind == 30:
            facts = _facts(content, (place + 116, 4), "d", place + 80, place + 88)
        place += length
    return scans, {**facts, "header": header}


def _range_4(
    content: _Bytes, place: int, number: int, warnings: list[str]
) -> tuple[list[Scan], int]:
    """Return the scan of a range, [] when it is of another axis, and where the next segment begins."""
    name = f"range {number}"
    scanned = content.text(place + 32, 24)
    steps, size, extra = (content.unpack("I", place + at) for at in (88, 136, 140))
    begin = place + _RANGE_4 + extra
    if (
        not 0 < steps <= MAX_ROWS
        or size not in (4, 8)
        or begin + steps * size > len(content.content)
    ):
        raise _cut_off()
    after = begin + steps * size
    if not is_two_theta(scanned):
        warnings.append(f"{name.capitalize()} is a {scanned}, not over 2theta; it was left out.")
        return [], after
    x = stepped(content.unpack("d", place + 72), content.unpack("d", place + 80), steps, name)
    y = intensity(_floats(content, begin, steps, size), "counts", scanned or "counts", name)
    facts = _time(content.unpack("f", place + 92))
    return [Scan(x, (y,), name, {**facts, **({"scan_axis": scanned} if scanned else {})})], after


def _floats(
    content: _Bytes, begin: int, count: int, size: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the intensities: the first four bytes of each point."""
    if begin < 0 or begin + count * size > len(content.content):
        raise _cut_off()
    cells = np.frombuffer(content.content, dtype="<f4", count=count * size // 4, offset=begin)
    with np.errstate(invalid="ignore"):  # signalling NaN
        return cells[:: size // 4].astype(np.float64)


def _time(seconds: float) -> dict[str, Any]:
    return {"counting_time_s": float(seconds)} if 0 < seconds < 1e7 else {}


def _facts(
    content: _Bytes, anode: tuple[int, int], form: str, alpha_1: int, alpha_2: int
) -> dict[str, Any]:
    """Return the anode, a text of a place and a length, and the wavelengths of Kα1 and Kα2 at their places."""
    facts: dict[str, Any] = {}
    symbol = content.text(*anode)
    if symbol.isalpha() and len(symbol) <= 2:
        facts["anode"] = symbol.capitalize()
    for name, at in (("wavelength_angstrom", alpha_1), ("wavelength_kalpha2_angstrom", alpha_2)):
        value = content.unpack(form, at)
        wavelength = _short(value) if form == "f" else value
        if 0.2 <= wavelength <= 3.0:
            facts[name] = wavelength
    return facts


BRUKER_RAW = Reader("a Bruker RAW diffraction file", read, knows, binary=True)
