"""VAMAS, the exchange format of surface analysis (ISO 14976:1998): a text of one item a line, block after block.

What a technique makes of the energies of a block is its own: `read` asks it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from analysis.readers.scans import make_reading
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Technique

READER = "vamas 1"
WHAT = "a VAMAS file of surface analysis"
MARK = "VAMAS Surface Chemical Analysis Standard Data Transfer Format"
MOST_BLOCKS, MOST_VALUES, MOST_ITEMS = 2000, 2_000_000, 10_000
UNSAID = 1e36
# Of a spectrum as it was written, whether its energies are kinetic, and the photon energy: the scan, or None.
Finish = Callable[[Scan, bool, float], Scan | None]
_MAPS = ("MAP", "MAPDP", "MAPSV", "MAPSVDP", "SEM")
_DEPTH = ("MAPDP", "MAPSVDP", "SDP", "SDPSV")
_SPUTTERED = (
    "FABMS",
    "FABMS energy spec",
    "ISS",
    "SIMS",
    "SIMS energy spec",
    "SNMS",
    "SNMS energy spec",
)
_ELECTRONS = ("AES diff", "AES dir", "EDX", "ELS", "UPS", "XPS", "XRF")


class _Lines:
    """The lines of a file, taken one after the other."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.place = 0

    def text(self) -> str:
        if self.place >= len(self.lines):
            raise UnreadableFile("This VAMAS file ends before its blocks do. Export it again.")
        self.place += 1
        return self.lines[self.place - 1].strip()

    def skip(self, count: int) -> None:
        self.place += count

    def number(self, what: str) -> float:
        said = self.text()
        try:
            return float(said)
        except ValueError:
            raise UnreadableFile(
                f"Line {self.place} of this VAMAS file should be {what} and is “{said[:40]}”. Export it again."
            ) from None

    def count(self, what: str, most: int = MOST_ITEMS) -> int:
        number = self.number(what)
        if not (math.isfinite(number) and number == int(number) and 0 <= number <= most):
            raise UnreadableFile(
                f"Line {self.place} of this VAMAS file should be {what} and is {number:g}. Export it again."
            )
        return int(number)


class _Head:
    """What holds for all blocks of a file."""

    def __init__(self, lines: _Lines) -> None:
        lines.skip(4)  # institution, instrument, operator, experiment
        lines.skip(lines.count("the number of comment lines"))
        self.mode, self.scan_mode = lines.text(), lines.text()
        if self.scan_mode not in ("REGULAR", "IRREGULAR"):
            raise UnreadableFile(
                f"This VAMAS file has the scan mode “{self.scan_mode[:20]}”; spectra have REGULAR or IRREGULAR. Export one spectrum."
            )
        if self.mode in ("MAP", "MAPDP", "NORM", "SDP"):
            lines.count("the number of spectral regions")
        if self.mode in ("MAP", "MAPDP"):
            lines.skip(3)
        self.variables = lines.count("the number of experimental variables")
        lines.skip(2 * self.variables)
        if lines.number("the length of the parameter list") != 0:
            raise UnreadableFile(
                "This VAMAS file leaves items of its blocks out, which is not read. Export it in full."
            )
        lines.skip(lines.count("the number of manually entered items"))
        upgrades = lines.count("the number of future experiment entries")
        self.block_upgrades = lines.count("the number of future block entries")
        lines.skip(upgrades)
        self.blocks = lines.count("the number of blocks", MOST_BLOCKS)


def read(file: InstrumentFile, technique: Technique, finish: Finish) -> Reading:
    """Read every block as a scan; raise `UnreadableFile` where a line is not what the standard says.

    ``finish`` makes the scan of a technique of each photoelectron spectrum, or leaves it out.
    """
    lines = _Lines(file.lines)
    lines.skip(1)
    head = _Head(lines)
    warnings: list[str] = []
    scans = [scan for _ in range(head.blocks) if (scan := _block(lines, head, finish)) is not None]
    if len(scans) < head.blocks:
        warnings.append(
            f"{head.blocks - len(scans)} of {head.blocks} blocks hold no {technique.noun.partition(' ')[2]} over energy and were left out."
        )
    if not scans:
        raise UnreadableFile(f"No block of this VAMAS file is {technique.noun} over energy.")
    return make_reading(technique, READER, scans, {}, warnings)


def _block(lines: _Lines, head: _Head, finish: Finish) -> Scan | None:
    name, sample = lines.text(), lines.text()
    date = [lines.number("a part of the date") for _ in range(7)][:6]
    lines.skip(lines.count("the number of comment lines"))
    kind = lines.text()
    lines.skip((2 if head.mode in ("MAP", "MAPDP") else 0) + head.variables)
    source = lines.text()
    lines.skip(3 if head.mode in _DEPTH or kind in _SPUTTERED else 0)
    photon = lines.number("the energy of the source")
    lines.skip(3)  # strength, width of the beam
    lines.skip(
        (2 if head.mode in _MAPS else 0) + (6 if head.mode in ("MAPSV", "MAPSVDP", "SEM") else 0)
    )
    lines.skip(2)  # angles of the source
    analyser, pass_ev = lines.text(), lines.number("the pass energy")
    lines.skip(1 if kind == "AES diff" else 0)
    lines.skip(2)  # lens, work function
    bias = lines.number("the bias of the sample")
    lines.skip(4)  # width of analysis, take-off angles
    species, transition = lines.text(), lines.text()
    lines.skip(1)  # charge
    label, unit, start, step = "", "", 0.0, 0.0
    if head.scan_mode == "REGULAR":
        label, unit = lines.text(), lines.text()
        start, step = lines.number("the first abscissa"), lines.number("the step")
    variables = [
        (lines.text(), lines.text()) for _ in range(lines.count("the number of variables", 100))
    ]
    signal = lines.text()
    dwell_s = lines.number("the collection time")
    sweeps = lines.number("the number of scans")
    lines.skip(1)  # time correction
    lines.skip(7 if head.mode in _DEPTH and kind in _ELECTRONS else 0)
    lines.skip(3)  # tilt and rotation of the sample
    lines.skip(3 * lines.count("the number of further parameters"))
    lines.skip(head.block_upgrades)
    count = lines.count("the number of ordinates", MOST_VALUES)
    lines.skip(2 * len(variables))
    values = np.array([lines.number("an ordinate") for _ in range(count)])
    if not variables or count % len(variables) or count < 2 * len(variables):
        raise UnreadableFile(
            f"The block “{name[:40]}” of this VAMAS file has {count} ordinates for {len(variables)} variables."
        )
    columns = values.reshape(-1, len(variables)).T
    if head.scan_mode == "IRREGULAR":  # the first variable is the abscissa
        (label, unit), energies = variables[0], columns[0]
        variables, columns = variables[1:], columns[1:]
    else:
        energies = start + step * np.arange(columns.shape[1])
    if (
        kind not in ("XPS", "UPS")
        or "energy" not in label.lower()
        or unit.lower() != "ev"
        or not len(columns)
    ):
        return None
    region = f"{species} {transition}".strip()
    per_second = (
        "s-1" in variables[0][1].lower()
        or "/s" in variables[0][1]
        or "cps" in variables[0][1].lower()
    )
    metadata = {"block": name, "sample": sample, "photon_ev": photon, "source": source, "pass_ev": pass_ev,
                "analyser": analyser, "dwell_s": dwell_s, "sweeps": sweeps, "signal": signal, "target_bias_v": bias, "kind": kind,
                "measured_at": _date(date)}  # fmt: skip
    scan = Scan(
        Channel("binding_energy", "eV", energies, label),
        (Channel("counts", "counts/s" if per_second else "counts", columns[0], variables[0][0]),),
        region
        if not name or region.replace(" ", "") == name.replace(" ", "")
        else f"{region} {name}".strip(),
        {
            key: value
            for key, value in metadata.items()
            if value not in ("", None) and not _unsaid(value)
        },
    )
    return finish(scan, "kinetic" in label.lower(), photon)


def _unsaid(value: object) -> bool:
    """Whether a number is the 1E37 by which the standard says "not given"."""
    return isinstance(value, float) and not abs(value) < UNSAID


def _date(parts: list[float]) -> str:
    year, month, day, hour, minute, second = (int(p) if math.isfinite(p) else 0 for p in parts)
    if not (1980 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31):
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"


def knows(file: InstrumentFile) -> bool:
    """Return True for the first line that the standard prescribes."""
    return bool(file.lines) and file.lines[0].strip().startswith(MARK)
