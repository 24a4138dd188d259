"""JCAMP-DX 4 and 5: ``XYDATA=(X++(Y..Y))`` in plain or packed digits, ``XYPOINTS=(XY..XY)``.

The abscissa runs evenly from FIRSTX to LASTX; numbers are times XFACTOR and YFACTOR. Packed digits
(PAC, SQZ, DIF, DUP) after McDonald and Wilks, Appl. Spectrosc. 42, 151 (1988).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.heads import Head, identify
from analysis.readers.scans import make_reading
from analysis.readers.text import MAX_ROWS
from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from analysis.techniques.shared.readers.labelled import axis_and_ordinate

READER = "jcamp-dx 1"
_RECORD = re.compile(r"^\s*##\s*([^=]*?)\s*=\s*(.*)$")
_TABLES = ("XYDATA", "XYPOINTS", "PEAKTABLE", "DATATABLE")
_AFFN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_CELL = re.compile(
    r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]\d+)?|[@A-Ia-i%J-Rj-rS-Zs](?:\d+\.?\d*)?|\?+"
)
_SQUEEZED = {
    **{c: str(n) for n, c in enumerate("@ABCDEFGHI")},
    **{c: f"-{n}" for n, c in enumerate("abcdefghi", 1)},
}
_DIFFERENCE = {
    **{c: str(n) for n, c in enumerate("%JKLMNOPQR")},
    **{c: f"-{n}" for n, c in enumerate("jklmnopqr", 1)},
}
_REPEATED = {**{c: str(n) for n, c in enumerate("STUVWXYZ", 1)}, "s": "9"}
_ORDINATES = {
    "absorbance": "Absorbance",
    "transmittance": "Transmittance",
    "reflectance": "Reflectance",
}


@dataclass(slots=True)
class _Block:
    keys: dict[str, str] = field(default_factory=dict)
    table: str = ""
    lines: list[str] = field(default_factory=list)


def knows(file: InstrumentFile) -> bool:
    """Return True when the text begins with the labelled records of JCAMP-DX."""
    top = [line.upper().replace(" ", "").replace("-", "") for line in file.lines[:40]]
    return any(line.startswith("##JCAMPDX=") for line in top)


def read(
    file: InstrumentFile,
    technique: Technique,
    finish: Callable[[list[Scan], list[str]], list[Scan]] = lambda scans, warnings: scans,
) -> Reading:
    """Read every block with points; raise `UnreadableFile` when they are of another kind.

    ``finish`` adds what only one technique knows, as in `two_columns.reading_of`.
    """
    scans: list[Scan] = []
    warnings: list[str] = []
    converted: set[str] = set()
    header: dict[str, str] = {}
    for block in _blocks(file.lines):
        if not block.table:
            continue
        scans.append(_scan(block, file, technique, warnings, converted))
        header = header or {key: value[:500] for key, value in block.keys.items() if value}
    if not scans:
        raise UnreadableFile(
            "This JCAMP-DX file holds no spectrum (XYDATA or XYPOINTS). Export it with its points."
        )
    metadata: dict[str, Any] = {"header": header}
    if converted:
        metadata["converted"] = sorted(converted)
    return make_reading(technique, READER, finish(scans, warnings), metadata, warnings)


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    for line in lines:
        text = line.partition("$$")[0].rstrip()  # a comment
        record = _RECORD.match(text)
        if record is None:
            if text and blocks and blocks[-1].table:
                blocks[-1].lines.append(text)
            continue
        key = re.sub(r"[\s/_-]", "", record[1]).upper()
        if key == "TITLE" or not blocks:
            blocks.append(_Block())
        if key in _TABLES and not blocks[-1].table:
            blocks[-1].table = key
            blocks[-1].keys[key] = record[2].strip()
        elif key != "END":
            blocks[-1].keys.setdefault(key, record[2].strip())
    return blocks


def _scan(
    block: _Block,
    file: InstrumentFile,
    technique: Technique,
    warnings: list[str],
    converted: set[str],
) -> Scan:
    title = block.keys.get("TITLE", "")
    if block.table in ("XYPOINTS", "PEAKTABLE"):
        x, y = _pairs(block)
    else:
        x, y = _steps(block, warnings)
    if len(x) > MAX_ROWS:
        raise UnreadableFile(
            f"This JCAMP-DX file has {len(x)} points; at most {MAX_ROWS} are read."
        )
    heads = _heads(block, technique)
    axis, measured = axis_and_ordinate(
        "JCAMP-DX", heads, (x, y), technique, file.told, warnings, converted
    )
    return Scan(axis, (measured,), title)


def _heads(block: _Block, technique: Technique) -> tuple[Head, Head]:
    x, y = (identify(block.keys.get(f"{axis}UNITS", ""), technique) for axis in "XY")
    if not y.quantity and y.label.lower() in _ORDINATES:
        y = Head(y.label.lower(), "", y.label)
    return x, y


def _number(block: _Block, key: str, default: float | None = None) -> float | None:
    try:
        return float(block.keys[key].replace(",", "."))
    except (KeyError, ValueError):
        return default


def _pairs(block: _Block) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    numbers = [float(cell) for line in block.lines for cell in _AFFN.findall(line)]
    if len(numbers) % 2:
        raise UnreadableFile("In this JCAMP-DX file an abscissa has no ordinate. Export it again.")
    values = np.array(numbers, dtype=np.float64).reshape(-1, 2)
    # XYPOINTS are written as they are unless factors are given.
    return values[:, 0] * (_number(block, "XFACTOR", 1.0) or 1.0), values[:, 1] * (
        _number(block, "YFACTOR", 1.0) or 1.0
    )


def _steps(block: _Block, warnings: list[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the points of ``(X++(Y..Y))``; the abscissae of the lines check the header."""
    factor_x, factor_y = (
        _number(block, "XFACTOR", 1.0) or 1.0,
        _number(block, "YFACTOR", 1.0) or 1.0,
    )
    ys: list[float] = []
    starts: list[tuple[int, float]] = []
    by_difference = False
    for line in block.lines:
        abscissa, values, ends_by_difference = _unpacked(line)
        if abscissa is None:
            continue
        if by_difference and values and ys:
            if abs(values[0] - ys[-1]) > 0.5:
                raise UnreadableFile(
                    f"In this JCAMP-DX file the check of the line at {abscissa:g} fails: it is damaged. Export it again."
                )
            values = values[1:]
            starts.append((len(ys) - 1, abscissa * factor_x))
        else:
            starts.append((len(ys), abscissa * factor_x))
        ys.extend(values)
        by_difference = ends_by_difference
        if len(ys) > MAX_ROWS:
            raise UnreadableFile(f"This JCAMP-DX file has more than {MAX_ROWS} points.")
    if len(ys) < 2:
        return np.zeros(len(ys)), np.array(ys, dtype=np.float64)
    stated = _number(block, "NPOINTS")
    if stated is not None and int(stated) != len(ys):
        warnings.append(f"The file says it has {int(stated)} points, but {len(ys)} stand in it.")
    return _abscissae(block, starts, len(ys), factor_x, warnings), np.array(
        ys, dtype=np.float64
    ) * factor_y


def _abscissae(
    block: _Block, starts: list[tuple[int, float]], count: int, factor: float, warnings: list[str]
) -> NDArray[np.float64]:
    first = _number(block, "FIRSTX")
    last, step = _number(block, "LASTX"), _number(block, "DELTAX")
    stated = _number(block, "NPOINTS")
    if first is None:
        first = starts[0][1]
    if last is not None and (stated is None or int(stated) == count) and last != first:
        step = (last - first) / (count - 1)
    elif step is None or step == 0:
        place, value = starts[-1]
        step = (value - first) / place if place else 0.0
    if not step:
        raise UnreadableFile(
            "This JCAMP-DX file says neither LASTX nor DELTAX, so its axis is not known. Export it again."
        )
    x = first + step * np.arange(count, dtype=np.float64)
    off = max((abs(x[min(place, count - 1)] - value) for place, value in starts), default=0.0)
    if off > max(1.5 * abs(step), abs(factor)):
        if abs(starts[0][1] - first) > max(abs(step), abs(factor)):
            raise UnreadableFile(
                f"The header of this JCAMP-DX file begins its axis at {first:g}, its first line at {starts[0][1]:g}. "
                "Export it again."
            )
        warnings.append(
            f"The abscissae of the lines leave the even steps of the header by up to {off:g}; the steps were read."
        )
    return x


def _unpacked(line: str) -> tuple[float | None, list[float], bool]:
    """Return abscissa and ordinates of a line, and whether its last ordinate was a difference."""
    plain = line.split()
    cells = plain if len(plain) > 1 and all(map(_AFFN.fullmatch, plain)) else _CELL.findall(line)
    if not cells:
        return None, [], False
    try:
        abscissa = float(_plain(cells[0], _SQUEEZED))
        values: list[float] = []
        difference: float | None = None
        for cell in cells[1:]:
            sign = cell[0]
            if sign in _REPEATED:
                times = int(_plain(cell, _REPEATED)) - 1
                if not values or times > MAX_ROWS:
                    raise ValueError(cell)
                for _ in range(times):
                    values.append(values[-1] + (difference or 0.0))
            elif sign in _DIFFERENCE:
                difference = float(_plain(cell, _DIFFERENCE))
                values.append(values[-1] + difference)
            elif sign == "?":
                difference = None
                values.append(float("nan"))
            else:
                difference = None
                values.append(float(_plain(cell, _SQUEEZED)))
    except (ValueError, IndexError) as wrong:
        raise UnreadableFile(
            f'In this JCAMP-DX file stands "{line.strip()[:60]}", which is no row of its table. Export it again.'
        ) from wrong
    return abscissa, values, difference is not None


def _plain(cell: str, digits: dict[str, str]) -> str:
    return digits[cell[0]] + cell[1:] if cell[0] in digits else cell


WHAT = "a JCAMP-DX spectrum"
JCAMP = Reader(WHAT, read, knows)
