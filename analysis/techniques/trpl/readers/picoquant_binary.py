"""PicoQuant's binary files: histograms (.phu, TimeHarp 200 .thd) and photon records (.ptu, T2 and T3).

Photon records become a histogram of the time since the laser's sync, one for each detector channel.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.scans import make_reading
from analysis.readers.text import MAX_ROWS
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique

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

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Records:
    """How the 32 bits of a photon record are parted."""

    mode: int  # 2: time since the start; 3: time since the sync
    picoharp: bool = False
    wraparound: int = 0
    counted: bool = False  # an overflow says how many it stands for


_TYPES = {
    0x00010203: _Records(2, picoharp=True, wraparound=210698240),
    0x00010303: _Records(3, picoharp=True),
    0x00010204: _Records(2, wraparound=33552000),
    0x00010304: _Records(3),
    **dict.fromkeys((0x01010204, 0x00010205, 0x00010206, 0x00010207), _Records(2, wraparound=33554432, counted=True)),
    **dict.fromkeys((0x01010304, 0x00010305, 0x00010306, 0x00010307), _Records(3)),
}  # fmt: skip


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
    metadata["bin_width_ns"] = float(np.diff(scans[0].x.values[:2])[0])
    return make_reading(technique, READER, scans, metadata, [])


def _cut_off() -> UnreadableFile:
    return UnreadableFile(
        "This PicoQuant file ends before its counts do, or its header is damaged. Copy it again, or export the histogram as text."
    )


def _tags(content: bytes) -> tuple[dict[tuple[str, int], Any], int]:
    """Return the values of the header by name and index, and where it ends."""
    found: dict[tuple[str, int], Any] = {}
    place = 16
    for _ in range(_MAX_TAGS):
        try:
            name, index, kind, raw = _TAG.unpack_from(content, place)
        except struct.error as short:
            raise _cut_off() from short
        place += _TAG.size
        ident = name.partition(b"\x00")[0].decode("latin-1")
        value: Any = struct.unpack("<q", raw)[0]
        if kind in _LONG:
            if not 0 <= value <= len(content) - place:
                raise _cut_off()
            text = content[place : place + value]
            place += value
            value = text.partition(b"\x00")[0].decode("latin-1") if kind in _TEXT else None
        elif kind in _FLOATS:
            value = struct.unpack("<d", raw)[0]
        found.setdefault((ident, index), value)
        if ident == "Header_End":
            return found, place
    raise _cut_off()


def _histograms(content: bytes, tags: dict[tuple[str, int], Any]) -> list[Scan]:
    scans: list[Scan] = []
    while ("HistResDscr_DataOffset", number := len(scans)) in tags:
        offset, bins = (
            tags["HistResDscr_DataOffset", number],
            tags.get(("HistResDscr_HistogramBins", number), 0),
        )
        width_s = tags.get(("HistResDscr_MDescResolution", number), 0.0)
        counts = _counts(content, offset, bins)
        _check_sum(counts, tags.get(("HistResDscr_IntegralCount", number)))
        scans.append(
            _scan(
                counts,
                width_s * 1e9,
                f"curve {tags.get(('HistResDscr_CurveIndex', number), number)}",
            )
        )
    if not scans:
        raise UnreadableFile("This PicoQuant histogram file holds no curve. Export it again.")
    return scans


def _counts(content: bytes, offset: Any, bins: Any) -> Counts:
    whole = isinstance(offset, int) and isinstance(bins, int)
    if not whole or not 0 < bins <= MAX_ROWS or offset < 0 or offset + 4 * bins > len(content):
        raise _cut_off()
    return np.frombuffer(content, dtype="<u4", count=bins, offset=offset).astype(np.float64)


def _check_sum(counts: Counts, stated: Any) -> None:
    if isinstance(stated, int) and stated > 0 and counts.sum() != stated:
        raise UnreadableFile(
            f"The header of this PicoQuant file counts {stated} photons, its curve {int(counts.sum())}, so the file is damaged "
            "or laid out otherwise. Export the histogram as text."
        )


def _scan(counts: Counts, width_ns: Any, label: str) -> Scan:
    if not isinstance(width_ns, float) or not 1e-6 <= width_ns <= 1e9:
        raise UnreadableFile(
            f"This PicoQuant file gives its time bins a width of {width_ns} ns, so its times are not known. Export the "
            "histogram as text."
        )
    time = Channel(
        "time", "ns", np.arange(len(counts), dtype=np.float64) * width_ns, "time since the sync"
    )
    return Scan(time, (Channel("counts", "counts", counts, label),), label)


def _of_timeharp(content: bytes) -> tuple[list[Scan], dict[str, Any]]:
    """Read TimeHarp 200 histograms: a header, then each curve's own header with its counts."""
    version = content[16:22].partition(b"\x00")[0].decode("latin-1")
    try:
        channels, curves, bits, _, boards = struct.unpack_from("<5I", content, 304)
    except struct.error as short:
        raise _cut_off() from short
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
        counts = _counts(content, head + _THD_CURVE, channels)
        _check_sum(counts, struct.unpack_from("<I", content, head + 84)[0])
        width_ns = float(np.float32(struct.unpack_from("<f", content, head + 88)[0]))
        scans.append(_scan(counts, width_ns, f"curve {struct.unpack_from('<I', content, head)[0]}"))
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
    records = _TYPES.get(kind & 0xFFFFFFFF) if isinstance(kind, int) else None
    if records is None:
        raise UnreadableFile(
            f"The photon records of this PTU file are of the kind {kind}, which is not known here. Export the histogram as text."
        )
    stated = tags.get(("TTResult_NumberOfRecords", -1))
    there = (len(content) - begin) // 4
    if not isinstance(stated, int) or not 0 < stated <= there:
        raise _cut_off()
    words = np.frombuffer(content, dtype="<u4", count=stated, offset=begin)
    width_s = tags.get(("MeasDesc_Resolution", -1), 0.0)
    if records.mode == 3:
        channel, bins = _since_sync(words, records)
    else:
        channel, bins = _since_start(
            words, records, width_s, tags.get(("MeasDesc_GlobalResolution", -1), 0.0)
        )
    scans: list[Scan] = []
    for one in np.unique(channel):
        counts = np.bincount(bins[channel == one]).astype(np.float64)
        scans.append(_scan(counts, width_s * 1e9, f"channel {one}"))
    if not scans:
        raise UnreadableFile("This PTU file holds no photon. Check the measurement.")
    return scans


def _since_sync(
    words: NDArray[np.uint32], records: _Records
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return channel and time bin of each photon of T3 records."""
    if records.picoharp:
        channel, bins = words >> 28, (words >> 16) & 0xFFF
        photon = channel != 15
    else:
        channel, bins = (words >> 25) & 0x3F, (words >> 10) & 0x7FFF
        photon = words >> 31 == 0
        channel = channel + 1  # channel 0 is the first detector
    return channel[photon].astype(np.int64), bins[photon].astype(np.int64)


def _since_start(
    words: NDArray[np.uint32], records: _Records, width_s: Any, tick_s: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return channel and time bin since the last sync of each photon of T2 records."""
    if records.picoharp:
        channel, ticks = (words >> 28).astype(np.int64), (words & 0xFFFFFFF).astype(np.int64)
        overflow = (channel == 15) & (ticks & 0xF == 0)
        sync, photon = channel == 0, (channel > 0) & (channel < 15)
        times = np.ones(len(words), dtype=np.int64)
    else:
        channel, ticks = (
            ((words >> 25) & 0x3F).astype(np.int64) + 1,
            (words & 0x1FFFFFF).astype(np.int64),
        )
        special = words >> 31 == 1
        overflow, sync, photon = special & (channel == 64), special & (channel == 1), ~special
        times = np.maximum(ticks, 1) if records.counted else np.ones(len(words), dtype=np.int64)
    if not sync.any():
        raise UnreadableFile(
            f"This PTU file holds the times of {int(photon.sum())} photons without a sync of the laser, so there is no decay in "
            "it (such as a correlation measurement). Record it with the sync connected."
        )
    if not (isinstance(width_s, float) and isinstance(tick_s, float) and 0 < tick_s <= width_s):
        raise UnreadableFile(
            "This PTU file does not say how long its time bins are. Export the histogram as text."
        )
    time = ticks + records.wraparound * np.cumsum(np.where(overflow, times, 0))
    last_sync = np.maximum.accumulate(np.where(sync, time, -1))
    kept = photon & (last_sync >= 0)
    bins = ((time - last_sync)[kept] * (tick_s / width_s)).astype(np.int64)
    inside = (bins >= 0) & (bins < MAX_ROWS // 4)
    return channel[kept][inside], bins[inside]


PICOQUANT_BINARY = Reader("a PicoQuant file of photons (TRPL)", read, knows, binary=True)
