"""Becker & Hickl SPCM .asc: ``*BLOCK n ( Time[ns] No_of_photons )`` ... ``*END``."""

from __future__ import annotations

import re

import numpy as np

from analysis.readers.cells import Style, parse_row
from analysis.readers.header import key_values
from analysis.readers.heads import unit_of
from analysis.readers.scans import make_reading
from analysis.readers.styles import find_style
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.times import NS_PER_UNIT

READER = "becker-hickl asc 1"
_BLOCK = re.compile(r"^\s*\*BLOCK\s+(\S+)\s*(.*)$", re.IGNORECASE)
_TIME = re.compile(r"time\s*\[\s*([^\]]+?)\s*\]", re.IGNORECASE)
_MOST_HEADER = 20_000  # these headers list every parameter of the set-up


def knows(file: InstrumentFile) -> bool:
    """Return True when a block of photons over time is announced."""
    return any(
        "*" in line and _BLOCK.match(line) and _TIME.search(line)
        for line in file.lines[:_MOST_HEADER]
    )


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every block; the unit of time is the one that the block states."""
    lines = file.lines
    scans: list[Scan] = []
    warnings: list[str] = []
    first = next(index for index, line in enumerate(lines) if _BLOCK.match(line))
    index = first
    while index < len(lines):
        head = _BLOCK.match(lines[index])
        if not head:
            index += 1
            continue
        stop = next(
            (i for i in range(index + 1, len(lines)) if lines[i].lstrip().startswith("*")),
            len(lines),
        )
        if stop == len(lines):
            warnings.append(f"Block {head[1]} has no *END; the file may be cut off.")
        scans.append(_scan(head, lines[index + 1 : stop], index + 2, warnings))
        index = stop
    return make_reading(technique, READER, scans, key_values(lines[:first], Style("\t")), warnings)


def _scan(head: re.Match[str], lines: list[str], first_line: int, warnings: list[str]) -> Scan:
    stated = _TIME.search(head[2])
    factor = NS_PER_UNIT.get(unit_of(stated[1]) or "") if stated else None
    if factor is None:
        raise UnreadableFile(
            f"Block {head[1]} does not state the unit of its times. Export it with Time[ns]."
        )
    style = find_style(lines) or Style(",")
    rows: list[tuple[float, float]] = []
    for number, line in enumerate(lines, first_line):
        row = parse_row(line, style)
        if row and len(row[0]) >= 2 and not row[1]:
            rows.append((row[0][0], row[0][1]))
        elif line.strip():
            warnings.append(
                f'Line {number} inside the data is no row of numbers and was left out: "{line.strip()[:60]}".'
            )
    del warnings[25:]
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    time = Channel("time", "ns", table[:, 0] * factor, "Time")
    return Scan(
        time, (Channel("counts", "counts", table[:, 1], head[2].strip(" ()")),), f"block {head[1]}"
    )


BECKER_HICKL = Reader("a histogram of photon counts over time (TRPL)", read, knows)
