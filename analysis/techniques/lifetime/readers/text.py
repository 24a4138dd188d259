"""Traces over time as text: luminance, photocurrent, maximum power... against time, or one row a cycle."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from analysis.readers.columns import Columns, read_columns, scans_of
from analysis.readers.heads import Head
from analysis.readers.scans import make_reading
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique

READER = "trace text 1"
# What a trace is of: the first that a file has is analysed unless a person names another.
SIGNALS = (
    "luminance", "radiance", "intensity", "counts", "eqe", "power", "pce", "current_efficiency",
    "power_efficiency", "y", "current_density", "current", "voltage",
)  # fmt: skip
_WORDS = (
    ("cycle", re.compile(r"cycle|zyklus|n(o|r)?\.? ?of ?cycles?", re.IGNORECASE)),
    ("luminance", re.compile(r"L ?/ ?L_?(0|max)|(norm\w*|rel\w*)\.? ?(lum\w*|brightness|L)\b", re.IGNORECASE)),
    ("intensity", re.compile(r"photo ?(diode|current|voltage)|pd\b|(detector|sensor) ?(signal|current|voltage)?", re.IGNORECASE)),
    ("pce", re.compile(r"pce\b|(power conversion )?efficiency\b", re.IGNORECASE)),
    ("power", re.compile(r"p?mpp?\b|p_?max|(max\w* |output |electrical )?power\b", re.IGNORECASE)),
)  # fmt: skip
_SWEPT = 0.95  # rank correlation of voltage and time: a sweep with time stamps


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a trace; raise `UnreadableFile` when there is no time, or its unit is not said."""
    columns = read_columns(file, technique)
    heads = [_named(head) for head in columns.heads]
    columns = replace(columns, heads=heads)
    warnings = list(columns.table.warnings)
    scans = [
        _with_cycles(_signal_first(scan), columns)
        for scan in scans_of(columns, technique, warnings)
    ]
    _refuse_sweep(scans[0])
    return make_reading(technique, READER, scans, columns.metadata, warnings)


def _named(head: Head) -> Head:
    """Return a head with the words of a trace: power, PCE, photocurrent, cycle."""
    if head.quantity in ("time", "clock", "luminance", "uncertainty", "model"):
        return head
    name = next((name for name, words in _WORDS if words.match(head.label.strip())), None)
    return replace(head, quantity=name) if name else head


def _signal_first(scan: Scan) -> Scan:
    def turn(channel: Channel) -> int:
        return SIGNALS.index(channel.name) if channel.name in SIGNALS else len(SIGNALS)

    return replace(scan, ys=tuple(sorted(scan.ys, key=turn)))


def _with_cycles(scan: Scan, columns: Columns) -> Scan:
    """Put the number of the cycle beside a time: as an axis of its own it would be left out."""
    numbers = [k for k, head in enumerate(columns.heads) if head.quantity == "cycle"]
    block = columns.table.blocks[0].columns
    if scan.x.name != "time" or len(numbers) != 1 or block.shape[1] != scan.points:
        return scan
    label = columns.heads[numbers[0]].label
    return replace(scan, ys=(*scan.ys, Channel("cycle", "", block[numbers[0]], label)))


def _refuse_sweep(scan: Scan) -> None:
    """Refuse a sweep with time stamps: its signal changes with the voltage, not with age."""
    voltage = next((y for y in scan.ys if y.name == "voltage"), None)
    if voltage is None or scan.ys[0] is voltage:
        return
    known = np.isfinite(voltage.values) & np.isfinite(scan.x.values)
    t, v = scan.x.values[known], voltage.values[known]
    if v.size < 8 or len(np.unique(v)) < v.size / 2:
        return
    rise = np.abs(np.diff(v[np.argsort(t, kind="stable")]))
    if np.ptp(v) > 0.5 * np.max(np.abs(v)) and np.max(rise) < 0.2 * np.ptp(v):
        ranks = np.corrcoef(np.argsort(np.argsort(t)), np.argsort(np.argsort(v)))[0, 1]
        if abs(ranks) > _SWEPT:
            raise UnreadableFile(
                f"The voltage of this file runs from {v.min():.3g} to {v.max():.3g} V with time: it is a sweep with "
                "time stamps, not a lifetime trace. Choose the technique J-V-L."
            )


TEXT = Reader("a trace over time as text", read)
