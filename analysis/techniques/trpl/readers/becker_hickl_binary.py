"""Becker & Hickl .sdt: decay curves as the SPC modules store them (SPCM manual, "data file structure")."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.scans import make_reading
from analysis.readers.sniffing import MAX_BYTES
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from labnotebook.records.broken_zips import BROKEN_ZIP

READER = "becker-hickl sdt 1"
_HEADER = struct.Struct("<hihihihIihhHIHH")  # 42 bytes
_BLOCK = struct.Struct("<BBIIHhII")  # 22 bytes
_VALID = 0x5555
_DECAYS = (0x00, 0x10)  # contents of a block: decay curves, a page of them
_NUMBERS = {0x000: "<u2", 0x100: "<u4", 0x200: "<f8"}
_PACKED = 0x1000
_MOST_BLOCKS = 2000
_MOST_CURVES = 500


def knows(file: InstrumentFile) -> bool:
    """Return True when header and identification are those of an SPC data file."""
    try:
        head = _HEADER.unpack_from(file.content)
    except struct.error:
        return False
    begin, length = head[1], head[2]
    return (
        head[11] == _VALID
        and 0 < begin < 10_000
        and b"SPC" in file.content[begin : begin + max(length, 0)]
    )


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every decay curve; raise `UnreadableFile` when the file is cut or holds none."""
    content = file.content
    head = _HEADER.unpack_from(content)
    count = head[12] if head[6] == 0x7FFF else head[6]
    place = head[5]
    scans: list[Scan] = []
    warnings: list[str] = []
    facts: dict[str, Any] = {}
    for number in range(1, min(count, _MOST_BLOCKS) + 1):
        _, _, begin, following, kind, described, _, length = _unpack(_BLOCK, content, place)
        width_ns, bins, said = _time_axis(content, head, described)
        facts = facts or said
        if kind & 0xF0 in _DECAYS:
            values = _values(content, begin, length, kind)
            scans.extend(_curves(values, width_ns, bins, number))
        else:
            warnings.append(f"Block {number} holds no decay curve and was left out.")
        place = following
        if not place:
            break
    if not scans:
        raise UnreadableFile(
            "This Becker & Hickl file holds no decay curve (such as one of photon records or images). Export the decay as .asc."
        )
    return make_reading(technique, READER, scans, facts, warnings)


def _cut_off() -> UnreadableFile:
    return UnreadableFile(
        "This Becker & Hickl file ends before its counts do, or its header is damaged. Copy it again, or export the decay as .asc."
    )


def _unpack(form: struct.Struct, content: bytes, place: int) -> tuple[Any, ...]:
    try:
        return form.unpack_from(content, place)
    except struct.error as short:
        raise _cut_off() from short


def _time_axis(
    content: bytes, head: tuple[Any, ...], described: int
) -> tuple[float, int, dict[str, Any]]:
    """Return width of a bin in ns and number of bins: the TAC's range by its gain, parted by the converter."""
    begin, known, length = head[8], head[9], head[10]
    if not 0 <= described < known or length < 84:
        raise _cut_off()
    place = begin + described * length
    if place < 0 or place + length > len(content):
        raise _cut_off()
    range_s, gain = _unpack(struct.Struct("<fh"), content, place + 64)
    bins = _unpack(struct.Struct("<h"), content, place + 82)[0] & 0xFFFF
    if not (1e-12 < range_s < 1 and 1 <= gain <= 100 and 16 <= bins <= 65536):
        raise UnreadableFile(
            f"This Becker & Hickl file gives a time range of {range_s:g} s, a gain of {gain} and {bins} bins, which no "
            "module has. Export the decay as .asc."
        )
    started = " ".join(
        content[place + at : place + end].partition(b"\x00")[0].decode("latin-1")
        for at, end in ((9, 20), (0, 9))
    )
    width_ns = float(range_s) * 1e9 / (gain * bins)
    return width_ns, bins, {"bin_width_ns": width_ns, "header": {"started": started.strip()}}


def _values(content: bytes, begin: int, length: int, kind: int) -> NDArray[np.float64]:
    block = (
        content[begin : begin + length]
        if not kind & _PACKED
        else _inflated(content[begin : begin + length])
    )
    form = _NUMBERS.get(kind & 0xF00)
    if form is None or (not kind & _PACKED and len(block) < length) or not block:
        raise _cut_off()
    size = np.dtype(form).itemsize
    return np.frombuffer(block, dtype=form, count=len(block) // size).astype(np.float64)


def _inflated(block: bytes) -> bytes:
    """Return the only member of a block that is stored as a zip."""
    try:
        with (
            zipfile.ZipFile(io.BytesIO(block)) as packed,
            packed.open(packed.namelist()[0]) as member,
        ):
            content = member.read(MAX_BYTES + 1)
    except BROKEN_ZIP as broken:
        raise _cut_off() from broken
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            f"A block of this file unpacks to more than {MAX_BYTES // 2**20} MiB. Export the decay as .asc."
        )
    return content


def _curves(values: NDArray[np.float64], width_ns: float, bins: int, block: int) -> list[Scan]:
    if len(values) % bins or not 0 < len(values) <= _MOST_CURVES * bins:
        raise UnreadableFile(
            f"Block {block} of this Becker & Hickl file has {len(values)} numbers for curves of {bins} bins, so it is an image "
            "or damaged. Export the decay as .asc."
        )
    curves = values.reshape(-1, bins)
    scans = []
    for number, counts in enumerate(curves, 1):
        label = f"block {block}" + (f" curve {number}" if len(curves) > 1 else "")
        time = Channel(
            "time", "ns", np.arange(bins, dtype=np.float64) * width_ns, "time from the TAC"
        )
        scans.append(Scan(time, (Channel("counts", "counts", counts, label),), label))
    return scans


BECKER_HICKL_BINARY = Reader(
    "a Becker & Hickl .sdt file of decays (TRPL)", read, knows, binary=True
)
