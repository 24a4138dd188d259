"""What PicoQuant's binary files have in common: curves of counts, and the records of photons (T2 and T3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.text import MAX_ROWS
from analysis.reading import Channel, Scan, UnreadableFile

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Records:
    """How the 32 bits of a photon record are parted."""

    mode: int  # 2: time since the start; 3: time since the sync
    picoharp: bool = False
    wraparound: int = 0
    counted: bool = False  # an overflow says how many it stands for


TYPES = {
    0x00010203: Records(2, picoharp=True, wraparound=210698240),
    0x00010303: Records(3, picoharp=True),
    0x00010204: Records(2, wraparound=33552000),
    0x00010304: Records(3),
    **dict.fromkeys((0x01010204, 0x00010205, 0x00010206, 0x00010207), Records(2, wraparound=33554432, counted=True)),
    **dict.fromkeys((0x01010304, 0x00010305, 0x00010306, 0x00010307), Records(3)),
}  # fmt: skip


def cut_off() -> UnreadableFile:
    """Return the refusal of a file that is shorter than its header says."""
    return UnreadableFile(
        "This PicoQuant file ends before its counts do, or its header is damaged. Copy it again, or export the histogram as text."
    )


def counts_at(content: bytes, offset: Any, bins: Any) -> Counts:
    """Return the counts of a curve, shape (bins,), that begin at an offset which the file says."""
    whole = isinstance(offset, int) and isinstance(bins, int)
    if not whole or not 0 < bins <= MAX_ROWS or offset < 0 or offset + 4 * bins > len(content):
        raise cut_off()
    return np.frombuffer(content, dtype="<u4", count=bins, offset=offset).astype(np.float64)


def check_sum(counts: Counts, stated: Any) -> None:
    """Raise `UnreadableFile` where the header counts other photons than the curve."""
    if isinstance(stated, int) and stated > 0 and counts.sum() != stated:
        raise UnreadableFile(
            f"The header of this PicoQuant file counts {stated} photons, its curve {int(counts.sum())}, so the file is damaged "
            "or laid out otherwise. Export the histogram as text."
        )


def nanoseconds(width_s: Any) -> float:
    """Return the width of a time bin in ns; refuse what the header says in no number."""
    if not isinstance(width_s, int | float):
        raise UnreadableFile(
            "This PicoQuant file gives the width of its time bins as no number, so its times are not known. Export the "
            "histogram as text."
        )
    return float(width_s) * 1e9


def curve(counts: Counts, width_ns: Any, label: str) -> Scan:
    """Return a scan of counts, shape (bins,), over the time since the sync; refuse a width that cannot be."""
    if not isinstance(width_ns, float) or not 1e-6 <= width_ns <= 1e9:
        raise UnreadableFile(
            f"This PicoQuant file gives its time bins a width of {width_ns} ns, so its times are not known. Export the "
            "histogram as text."
        )
    time = Channel(
        "time", "ns", np.arange(len(counts), dtype=np.float64) * width_ns, "time since the sync"
    )
    return Scan(time, (Channel("counts", "counts", counts, label),), label)


def width_of(scans: list[Scan]) -> dict[str, float]:
    """Return the width of the time bins, as metadata; nothing where all photons came in the first bin."""
    times = scans[0].x.values
    return {"bin_width_ns": float(times[1])} if len(times) > 1 else {}


def curves_of(words: NDArray[np.uint32], records: Records, width_s: Any, tick_s: Any) -> list[Scan]:
    """Return a histogram of the times since the sync for each detector, shape of words (n,).

    ``width_s`` is that of a time bin, ``tick_s`` the unit of the clock of T2 records.
    """
    if records.mode == 3:
        channel, bins = _since_sync(words, records)
    else:
        channel, bins = _since_start(words, records, width_s, tick_s)
    found: list[Scan] = []
    for one in np.unique(channel):
        counts = np.bincount(bins[channel == one]).astype(np.float64)
        found.append(curve(counts, nanoseconds(width_s), f"channel {one}"))
    if not found:
        raise UnreadableFile("This PicoQuant file holds no photon. Check the measurement.")
    return found


def _since_sync(
    words: NDArray[np.uint32], records: Records
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
    words: NDArray[np.uint32], records: Records, width_s: Any, tick_s: Any
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
            f"This file holds the times of {int(photon.sum())} photons without a sync of the laser, so there is no decay in "
            "it (such as a correlation measurement). Record it with the sync connected."
        )
    if not (isinstance(width_s, float) and isinstance(tick_s, float) and 0 < tick_s <= width_s):
        raise UnreadableFile(
            "This file does not say how long its time bins are. Export the histogram as text."
        )
    time = ticks + records.wraparound * np.cumsum(np.where(overflow, times, 0))
    last_sync = np.maximum.accumulate(np.where(sync, time, -1))
    kept = photon & (last_sync >= 0)
    bins = ((time - last_sync)[kept] * (tick_s / width_s)).astype(np.int64)
    inside = (bins >= 0) & (bins < MAX_ROWS // 4)
    return channel[kept][inside], bins[inside]
