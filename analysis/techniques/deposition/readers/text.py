"""Logs of a deposition as text: rate, thickness and pressure against time, as a quartz-crystal controller writes them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from analysis.readers.columns import read_columns, scans_of
from analysis.readers.heads import Head
from analysis.readers.scans import make_reading
from analysis.readers.tables import MIN_POINTS
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique

READER = "deposition text 1"
# What a column is by its words, and what its units are in nm/s, nm, Pa. Of a film, A is an angstrom.
_ANGSTROM = 0.1
KINDS: dict[str, tuple[str, str, dict[str, float]]] = {
    "rate": (
        r"rate\b|(filtered|raw|displayed|actual|dep\w*\.?|growth) ?rate",
        "nm/s",
        {
            **dict.fromkeys(("å/s", "a/s", "angstrom/s", "ang/s", "å/sec", "a/sec"), _ANGSTROM),
            **dict.fromkeys(("å/min", "a/min"), _ANGSTROM / 60),
            "nm/s": 1.0, "nm/sec": 1.0, "nm/min": 1 / 60,
        },
    ),
    "thickness": (
        r"(film |actual |dep\w*\.? |total )?thick(ness)?\b|dicke",
        "nm",
        {
            **dict.fromkeys(("å", "a", "angstrom", "ang"), _ANGSTROM),
            **dict.fromkeys(("kå", "ka", "kang"), 1e3 * _ANGSTROM),
            **dict.fromkeys(("um", "µm", "μm"), 1e3),
            "nm": 1.0,
        },
    ),
    "pressure": (
        r"(chamber |base |process )?press(ure)?\b|vacuum|druck",
        "Pa",
        {"pa": 1.0, "mbar": 100.0, "hpa": 100.0, "torr": 133.322368, "mtorr": 0.133322368, "kpa": 1e3, "bar": 1e5},
    ),
    "power": (r"(source |output )?power\b|leistung", "%", {"%": 1.0}),
    "tooling": (r"tooling", "%", {"%": 1.0}),
}  # fmt: skip
_WORDS = {name: re.compile(words, re.IGNORECASE) for name, (words, *_more) in KINDS.items()}
_CLOCK = re.compile(r"(?:\d{4}-\d\d-\d\d[ T])?\b(\d{1,2}):(\d\d):(\d\d(?:\.\d+)?)\b")
DAY_S = 86_400.0
NEEDED = ("rate", "thickness", "pressure")  # whose unit decides a figure


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a log; raise `UnreadableFile` where it has neither a rate nor a thickness, or does not say their unit."""
    columns = read_columns(_with_seconds(file), technique)
    heads = [_named(head) for head in columns.heads]
    names = [head.quantity for head in heads]
    if "rate" not in names and "thickness" not in names:
        printed = ", ".join(f'"{head.label}"' for head in heads if head.label)
        raise UnreadableFile(
            f"Beside the time this log has no column for a rate or a thickness ({printed or 'no names'}). Name the"
            ' columns with their units, such as "Time (s)", "Rate (Å/s)", "Thickness (Å)".'
        )
    warnings = list(columns.table.warnings)
    scans = [_scaled(scan) for scan in scans_of(replace(columns, heads=heads), technique, warnings)]
    return make_reading(technique, READER, scans, columns.metadata, warnings)


def _with_seconds(file: InstrumentFile) -> InstrumentFile:
    """Return a log whose rows stand at times of the day with the seconds since its first row, midnight passed or not."""
    found = [_CLOCK.findall(line) for line in file.lines]
    if sum(len(clocks) == 1 for clocks in found) < MIN_POINTS:
        return file
    first: float | None = None
    before, lines = 0.0, []
    for line, clocks in zip(file.lines, found, strict=True):
        if len(clocks) != 1 or sum(cell[:1].isdigit() for cell in re.split(r"[\s,;]+", line)) < 3:
            lines.append(line)
            continue
        hours, minutes, seconds = clocks[0]
        now = 3600.0 * int(hours) + 60.0 * int(minutes) + float(seconds.replace(",", "."))
        while now < before - DAY_S / 2:
            now += DAY_S
        first, before = now if first is None else first, now
        lines.append(_CLOCK.sub(f"{now - first:g}", line))
    return replace(file, lines=lines)


def _named(head: Head) -> Head:
    """Return a head as what it is in a log; the unit is read from its label where the numbers are scaled."""
    words = re.split(r"[(\[/]", head.label)[0].replace("_", " ").strip()
    name = next((name for name, pattern in _WORDS.items() if pattern.match(words)), "")
    if name:
        return replace(head, quantity=name, unit="")
    is_time = head.quantity in ("time", "clock")  # after the words: "Rate / Å/s" ends in seconds
    return replace(head, quantity="time") if is_time else replace(head, quantity="", unit="")


def _scaled(scan: Scan) -> Scan:
    order = list(KINDS)
    ys = [_channel(one) for one in scan.ys]
    known = sorted((one for one in ys if one.name in KINDS), key=lambda one: order.index(one.name))
    return replace(scan, ys=(*known, *(one for one in ys if one.name not in KINDS)))


def _channel(channel: Channel) -> Channel:
    if channel.name not in KINDS:
        return channel
    _words, unit, factors = KINDS[channel.name]
    said = unit_in(channel.label)
    factor = factors.get(said)
    if factor is None and channel.name in NEEDED:
        known = ", ".join(list(factors)[:4])
        raise UnreadableFile(
            f'The column "{channel.label}" '
            + (
                f'is in "{said}", which is no unit of a {channel.name} here'
                if said
                else "does not say its unit"
            )
            + f". Write it in the head, as {known}."
        )
    values = channel.values * (1.0 if factor is None else factor)
    return Channel(channel.name, unit, np.asarray(values, dtype=float), channel.label)


def unit_in(label: str) -> str:
    """Return the unit that a head says, in small letters: ``å/s`` of ``Rate (Å/s)``, ``Rate / Å/s``, ``rate_A/s``."""
    text = label.strip().strip('"')
    found = re.search(r"[(\[]\s*([^)\]]*?)\s*[)\]]\s*$", text) or re.search(r"\s/\s*(\S+)$", text)
    found = found or re.search(r"[ _,]([^\s_,]+)$", text)
    return (
        found[1].lower().replace("å", "å").replace("·s⁻¹", "/s").replace(" s-1", "/s")
        if found
        else ""
    )


TEXT = Reader("a log of a deposition as text", read)
