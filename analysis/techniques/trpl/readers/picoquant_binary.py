"""PicoQuant's binary files: histograms (.phu, TimeHarp 200 .thd) and photon records (.ptu, T2 and T3).

Photon records become a histogram of the time since the laser's sync, one for each detector channel.
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
    nanoseconds,
    width_of,
)

READER = "picoquant binary 1"
_TAG = struct.Struct("<32siI8s")
_MAX_TAGS = 20_000
_TEXT = (0x4001FFFF, 0x4002FFFF)
_LONG = (*_TEXT, 0x2001FFFF, 0xFFFFFFFF)  # kinds whose value is a length, the content follows
_FLOATS = (0x20000008, 0x21000008)
_KEPT = (
    "CreatorSW_Name", "File_Comment", "HW_Type", "HW_SerialNo", "MeasDesc_AcquisitionTime", "TTResult_SyncRate",
    "HistResDscr_SyncRate",
)  # fmt: skip
_THD_CURVES = 540  # bytes before the first curve of a .thd with one board
_THD_CURVE = 100


def knows(file: InstrumentFile) -> bool:
    """Return True for the marks of .phu, .ptu and .thd."""
    return file.content.startswith((b"PQHISTO\x00", b"PQTTTR\x00", b"TimeHarp 200\x00"))


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every curve; raise `UnreadableFile` when the file is cut, or holds no times since a sync."""
    content = file.content
    if content.startswith(b"TimeHarp"):
        scans, metadata = _of_timeharp(content)
    else:
        tags, end = _tags(content)
        scans = (
            _histograms(content, tags)
            if content.startswith(b"PQHISTO")
            else _photons(content, tags, end)
        )
        metadata = {
            "header": {name: str(tags[name, -1])[:500] for name in _KEPT if tags.get((name, -1))}
        }
        rate = tags.get(("TTResult_SyncRate", -1)) or tags.get(("HistResDscr_SyncRate", 0))
        if isinstance(rate, int) and rate > 0:
            metadata["repetition_mhz"] = rate / 1e6
    metadata |= width_of(scans)
    return make_reading(technique, READER, scans, metadata, [])


def _tags(content: bytes) -> tuple[dict[tuple[str, int], Any], int]:
    """Return the values of the header by name and index, and where it ends."""
    found: dict[tuple[str, int], Any] = {}
    place = 16
    for _ in range(_MAX_TAGS):
        try:
            name, index, kind, raw = _TAG.unpack_from(content, place)
        except struct.error as short:
            raise cut_off() from short
        place += _TAG.size
        ident = name.partition(b"\x00")[0].decode("latin-1")
        value: Any = struct.unpack("<q", raw)[0]
        if kind in _LONG:
            if not 0 <= value <= len(content) - place:
                raise cut_off()
            text = content[place : place + value]
            place += value
            value = text.partition(b"\x00")[0].decode("latin-1") if kind in _TEXT else None
        elif kind in _FLOATS:
            value = struct.unpack("<d", raw)[0]
        found.setdefault((ident, index), value)
        if ident == "Header_End":
            return found, place
    raise cut_off()


def _histograms(content: bytes, tags: dict[tuple[str, int], Any]) -> list[Scan]:
    scans: list[Scan] = []
    while ("HistResDscr_DataOffset", number := len(scans)) in tags:
        offset, bins = (
            tags["HistResDscr_DataOffset", number],
            tags.get(("HistResDscr_HistogramBins", number), 0),
        )
        width_s = tags.get(("HistResDscr_MDescResolution", number), 0.0)
        counts = counts_at(content, offset, bins)
        check_sum(counts, tags.get(("HistResDscr_IntegralCount", number)))
        scans.append(
            curve(
                counts,
                nanoseconds(width_s),
                f"curve {tags.get(('HistResDscr_CurveIndex', number), number)}",
            )
        )
    if not scans:
        raise UnreadableFile("This PicoQuant histogram file holds no curve. Export it again.")
    return scans


def _of_timeharp(content: bytes) -> tuple[list[Scan], dict[str, Any]]:
    """Read TimeHarp 200 histograms: a header, then each curve's own header with its counts."""
    version = content[16:22].partition(b"\x00")[0].decode("latin-1")
    try:
        channels, curves, bits, _, boards = struct.unpack_from("<5I", content, 304)
    except struct.error as short:
        raise cut_off() from short
    size = _THD_CURVES + curves * (_THD_CURVE + 4 * channels)
    if (
        bits != 32
        or boards != 1
        or not 1 <= curves <= 512
        or not 1 <= channels <= 65536
        or len(content) < size
    ):
        raise UnreadableFile(
            f"This TimeHarp 200 file (format {version}) is cut off or laid out in a way that is not known here. Export the "
            "histogram as text."
        )
    scans: list[Scan] = []
    for number in range(curves):
        head = _THD_CURVES + number * (_THD_CURVE + 4 * channels)
        counts = counts_at(content, head + _THD_CURVE, channels)
        check_sum(counts, struct.unpack_from("<I", content, head + 84)[0])
        width_ns = float(np.float32(struct.unpack_from("<f", content, head + 88)[0]))
        scans.append(curve(counts, width_ns, f"curve {struct.unpack_from('<I', content, head)[0]}"))
    rate = struct.unpack_from("<I", content, _THD_CURVES + 72)[0]
    metadata: dict[str, Any] = {
        "header": {
            "version": version,
            "started": content[28:46].decode("latin-1").strip("\x00\r\n "),
        }
    }
    if rate > 0:
        metadata["repetition_mhz"] = rate / 1e6
    return scans, metadata


def _photons(content: bytes, tags: dict[tuple[str, int], Any], begin: int) -> list[Scan]:
    kind = tags.get(("TTResultFormat_TTTRRecType", -1))
    records = TYPES.get(kind & 0xFFFFFFFF) if isinstance(kind, int) else None
    if records is None:
        raise UnreadableFile(
            f"The photon records of this PTU file are of the kind {kind}, which is not known here. Export the histogram as text."
        )
    stated = tags.get(("TTResult_NumberOfRecords", -1))
    there = (len(content) - begin) // 4
    if not isinstance(stated, int) or not 0 < stated <= there:
        raise cut_off()
    words = np.frombuffer(content, dtype="<u4", count=stated, offset=begin)
    width_s = tags.get(("MeasDesc_Resolution", -1), 0.0)
    return curves_of(words, records, width_s, tags.get(("MeasDesc_GlobalResolution", -1), 0.0))


PICOQUANT_BINARY = Reader("a PicoQuant file of photons (TRPL)", read, knows, binary=True)
