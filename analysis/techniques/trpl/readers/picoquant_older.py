"""PicoQuant's files before .ptu and .phu: PicoHarp 300 (.phd, .pt2, .pt3), HydraHarp 400 (.hhd, .ht2, .ht3).

Records of fixed length without names, little-endian, no checksum. So what a header says twice is compared: the
width of a time bin is a power of two times that of the board, and the counts of a curve add up to its sum.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from analysis.readers.scans import make_reading
from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.trpl.readers.picoquant_records import (
    TYPES,
    check_sum,
    counts_at,
    curve,
    curves_of,
    cut_off,
    width_of,
)

READER = "picoquant older binary 1"
_PICOHARP, _HYDRAHARP = b"PicoHarp 300\x00", b"HydraHarp\x00"
_VERSIONS = {_PICOHARP: ("2.0",), _HYDRAHARP: ("1.0", "2.0")}
_HISTOGRAM = 0  # as a mode of measurement; 2 and 3 are those of photon records
_MOST_CURVES = 512
_MOST_BITS = 22  # by which bins are wider than the board's
_TEXTS = 328  # bytes of the words above the numbers
_BOARD_P, _BOARD_SIZE_P, _CURVE_P = 536, 156, 172
_PICOHARP_NS = 0.004  # the narrowest bin of a PicoHarp
_INPUTS_H, _CURVE_H = 696, 264


def knows(file: InstrumentFile) -> bool:
    """Return True for the marks of PicoHarp 300 and HydraHarp 400."""
    return file.content.startswith((_PICOHARP, _HYDRAHARP))


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every histogram, or make one of the photons of each detector.

    Raises
    ------
    UnreadableFile
        when the file is cut, of another version, or contradicts itself.
    """
    content = file.content
    mark = _PICOHARP if content.startswith(_PICOHARP) else _HYDRAHARP
    version = _text(content, 16, 6)
    if version not in _VERSIONS[mark]:
        raise UnreadableFile(
            f"This PicoQuant file is of the format {version[:6]!r} at byte 16; read are"
            f" {' and '.join(_VERSIONS[mark])}. Export the histogram as text."
        )
    of = _of_picoharp if mark == _PICOHARP else _of_hydraharp
    scans, metadata = of(content, version)
    metadata["header"] = {
        "hardware": f"{mark[:-1].decode()} {version}",
        "started": _text(content, 52, 18),
        "comment": _text(content, 72, 256)[:250],
    }
    metadata |= width_of(scans)
    return make_reading(technique, READER, scans, metadata, [])


def _unpack(form: str, content: bytes, place: int) -> Any:
    """Return the one number at a place; refuse where the file ends before it."""
    try:
        return struct.unpack_from(f"<{form}", content, place)[0]
    except struct.error as short:
        raise cut_off() from short


def _text(content: bytes, place: int, length: int) -> str:
    field = content[place : place + length].partition(b"\x00")[0].decode("latin-1")
    return "".join(sign if sign.isprintable() else " " for sign in field).strip()


def _of_picoharp(content: bytes, _: str) -> tuple[list[Scan], dict[str, Any]]:
    curves, bits, mode = (_unpack("i", content, _TEXTS + 4 * n) for n in (0, 1, 5))
    boards = _unpack("i", content, _TEXTS + 12)
    _check_head(bits, mode)
    if boards != 1:
        raise UnreadableFile(
            f"This PicoHarp file says at byte {_TEXTS + 12} that it is of {boards} boards; those of one are read. Export"
            " the histogram as text."
        )
    first = _BOARD_P + _BOARD_SIZE_P
    if mode != _HISTOGRAM:
        width = _width(float(_unpack("f", content, _BOARD_P + 48)), _PICOHARP_NS, _BOARD_P + 48)
        records, images = (_unpack("i", content, first + at) for at in (28, 32))
        rate = _unpack("i", content, first + 12)
        kind = TYPES[0x00010303 if mode == 3 else 0x00010203]
        words = _words(content, first + 36, images, records)
        tick = _PICOHARP_NS * 1e-9
        return curves_of(words, kind, width * 1e-9, tick), _rate(rate)
    scans = []
    for head in _curve_heads(curves, first, _CURVE_P):
        width = _width(float(_unpack("f", content, head + 92)), _PICOHARP_NS, head + 92)
        counts = counts_at(
            content, _unpack("i", content, head + 136), _unpack("i", content, head + 96)
        )
        check_sum(counts, _unpack("q", content, head + 124))
        scans.append(curve(counts, width, f"curve {_unpack('i', content, head)}"))
    return scans, _rate(_unpack("i", content, first + 112))


def _of_hydraharp(content: bytes, version: str) -> tuple[list[Scan], dict[str, Any]]:
    curves, bits, mode = (_unpack("i", content, _TEXTS + 4 * n) for n in (0, 1, 3))
    _check_head(bits, mode)
    board_ps, inputs = _unpack("d", content, 648), _unpack("i", content, 664)
    if not 0 <= inputs <= 64:
        raise UnreadableFile(
            f"This HydraHarp file says at byte 664 that it has {inputs} inputs, so it is damaged. Copy it again."
        )
    first = _INPUTS_H + (16 if mode == _HISTOGRAM else 20) * inputs  # rates only beside photons
    if mode != _HISTOGRAM:
        width_ps = _width(_unpack("d", content, 352), board_ps, 352)
        images, records = _unpack("i", content, first + 12), _unpack("q", content, first + 16)
        kind = TYPES[(0x00010004 if version == "1.0" else 0x01010004) + (mode << 8)]
        words = _words(content, first + 24, images, records)
        scans = curves_of(words, kind, width_ps * 1e-12, board_ps * 1e-12)
        return scans, _rate(_unpack("i", content, first))
    scans = []
    for head in _curve_heads(curves, first, _CURVE_H):
        width_ps = _width(_unpack("d", content, head + 200), board_ps, head + 200)
        counts = counts_at(
            content, _unpack("i", content, head + 260), _unpack("i", content, head + 256)
        )
        check_sum(counts, _unpack("q", content, head + 248))
        scans.append(curve(counts, width_ps * 1e-3, f"curve {_unpack('i', content, head)}"))
    return scans, _rate(_unpack("i", content, first + 236))


def _check_head(bits: int, mode: int) -> None:
    if bits != 32 or mode not in (_HISTOGRAM, 2, 3):
        raise UnreadableFile(
            f"The header of this PicoQuant file says at byte {_TEXTS} that it holds records of {bits} bits of the mode"
            f" {mode}, which is not known here. Export the histogram as text."
        )


def _curve_heads(curves: int, first: int, size: int) -> list[int]:
    """Return where the header of each curve begins."""
    if not 1 <= curves <= _MOST_CURVES:
        raise UnreadableFile(
            f"This PicoQuant file says at byte {_TEXTS} that it has {curves} curves, so it is damaged or empty. Copy it"
            " again."
        )
    return [first + size * number for number in range(curves)]


def _width(width: float, board: float, place: int) -> float:
    """Return the width of a time bin once it is the board's times a power of two."""
    if 1e-9 < board < 1e9 and 1e-9 < width < 1e9:
        power = np.log2(width / board)
        if abs(power - round(power)) < 0.01 and 0 <= round(power) <= _MOST_BITS:
            return float(board * 2.0 ** round(power))
    raise UnreadableFile(
        f"The header of this PicoQuant file gives its time bins a width of {width:g} at byte {place}, which is not the"
        f" board's {board:g} times a power of two: it is damaged or laid out otherwise. Export the histogram as text."
    )


def _words(content: bytes, place: int, images: int, records: int) -> np.ndarray[Any, Any]:
    """Return the photon records, shape (records,); those of an image's header stand before them."""
    if not 0 <= images <= len(content) // 4 or not 0 < records <= len(content) // 4:
        raise cut_off()
    place += 4 * images
    if place + 4 * records > len(content):
        raise cut_off()
    return np.frombuffer(content, dtype="<u4", count=records, offset=place)


def _rate(hertz: int) -> dict[str, Any]:
    return {"repetition_mhz": hertz / 1e6} if hertz > 0 else {}


PICOQUANT_OLDER = Reader("a PicoHarp or HydraHarp file of photons (TRPL)", read, knows, binary=True)
