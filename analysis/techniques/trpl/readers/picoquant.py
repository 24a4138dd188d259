"""PicoQuant ASCII histograms (TimeHarp, PicoHarp, HydraHarp): ``#ns/bin`` and columns of counts."""

from __future__ import annotations

import numpy as np

from analysis.readers.scans import make_reading
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique

READER = "picoquant ascii 1"
_WIDTHS_NS = {"#ns/bin": 1.0, "#ps/bin": 1e-3, "#us/bin": 1e3}


def knows(file: InstrumentFile) -> bool:
    """Return True when a line of the top says the width of a bin."""
    return any(line.strip().lower() in _WIDTHS_NS for line in file.lines[:2000])


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read the curves: time in ns is the bin number times the bin width that the file states."""
    header, begin = _header(file.lines)
    key = next((key for key in _WIDTHS_NS if key in header), None)
    if key is None:  # it stands below the counts
        raise UnreadableFile(
            "This PicoQuant histogram says the width of its bins only after its counts, or without a number."
            " Export it again."
        )
    widths_ns = [width * _WIDTHS_NS[key] for width in _floats(header[key], key)]
    warnings: list[str] = []
    rows = _rows(file.lines, begin, warnings)
    curve_count = max(map(len, rows), default=0)
    if curve_count == 0:
        raise UnreadableFile("This PicoQuant histogram holds no counts. Export it again.")
    if len(widths_ns) == 1:
        widths_ns *= curve_count
    if len(widths_ns) < curve_count or min(widths_ns) <= 0:
        raise UnreadableFile(
            f"This PicoQuant histogram has {curve_count} curves but states {len(widths_ns)} usable bin widths. "
            "Export the curves one by one."
        )
    counts = np.full((curve_count, len(rows)), np.nan)
    for number, row in enumerate(rows):
        counts[: len(row), number] = row
    scans = [
        Scan(
            Channel(
                "time",
                "ns",
                np.arange(len(rows), dtype=np.float64) * np.float64(widths_ns[curve]),
                "time from ns/bin",
            ),
            (Channel("counts", "counts", counts[curve], f"curve {curve}"),),
            f"curve {curve}",
        )
        for curve in range(curve_count)
    ]
    metadata = {
        "bin_width_ns": widths_ns[0],
        "header": {k.strip("#"): v for k, v in header.items()},
    }
    return make_reading(technique, READER, scans, metadata, warnings)


def _header(lines: list[str]) -> tuple[dict[str, str], int]:
    """Return ``{"#key": value line}`` and the index of the first line of counts."""
    header: dict[str, str] = {}
    for index, line in enumerate(lines[:4000]):
        key = line.strip().lower()
        if key.startswith("#counts"):
            return header, index + 1
        if key.startswith("#") and index + 1 < len(lines):
            value = lines[index + 1].strip()
            header[key] = "" if value.startswith("#") else value
    raise UnreadableFile(
        'This PicoQuant histogram has no line "#counts" before its numbers. Export it again.'
    )


def _floats(text: str, key: str) -> list[float]:
    try:
        values = [float(cell) for cell in text.replace(",", ".").split()]
    except ValueError:
        values = []
    if not values:
        raise UnreadableFile(
            f'Under "{key}" stands no number, so the time axis is not known. Export it again.'
        )
    return values


def _rows(lines: list[str], begin: int, warnings: list[str]) -> list[list[float]]:
    rows: list[list[float]] = []
    spoilt: list[int] = []
    for number, line in enumerate(lines[begin:], begin + 1):
        if not line.strip():
            continue
        try:
            if "_" in line:
                raise ValueError(line)
            rows.append([float(cell) for cell in line.split()])
        except ValueError:
            spoilt.append(number)
            rows.append([float("nan")])  # keeps its bin: later times must not slip
    if spoilt:
        shown = ", ".join(map(str, spoilt[:10])) + ("..." if len(spoilt) > 10 else "")
        warnings.append(
            f"{len(spoilt)} lines of counts are no numbers and were left out (lines {shown})."
        )
    return rows


PICOQUANT = Reader("a histogram of photon counts over time (TRPL)", read, knows)
