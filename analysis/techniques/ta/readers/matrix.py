"""Maps of ΔA as text: one axis in the first row, the other in the first column, remarks above or below.

So write Ultrafast Systems (HELIOS, with lines such as "Time units: ps" behind the numbers), Glotaran's and most
programs of laboratories. Which axis is the wavelength is told by the numbers, or by the words of the corner.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.cells import Style, cells_of, number_of, parse_row
from analysis.readers.header import key_values
from analysis.readers.styles import find_style
from analysis.reading import Reading, UnreadableFile
from analysis.technique import X_UNIT, InstrumentFile, Reader, Technique
from analysis.techniques.ta.readers.maps import PER_PS, could_be_wavelengths, map_reading
from analysis.techniques.ta.readers.said import UNIT, absorbance_of, unit_of_delays

READER = "ta matrix 1"
Floats = NDArray[np.float64]

LEAST_ROWS = 8
_EXPORT = (
    "Export ΔA as a matrix with the delays in the first row and the wavelengths in the first column (or the other way "
    "round), and upload that."
)
_WITH_UNIT = re.compile(r"^\D*?([-+]?\d*[.,]?\d+(?:e[-+]?\d+)?)\s*[\[(]?(fs|ps|ns|us|µs|μs|nm)?[\])]?$", re.IGNORECASE)  # fmt: skip
_WAVE = re.compile(r"wave|lambda|λ|\bnm\b", re.IGNORECASE)
_TIME = re.compile(rf"delay|time|{UNIT}\b", re.IGNORECASE)


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a map; raises `UnreadableFile` where there is none, or its axes or their unit cannot be told."""
    style = find_style(file.lines)
    if style is None:
        raise UnreadableFile(f"This text holds no table of numbers. {_EXPORT}")
    corner, cells, head, axis, values, around = _table(file.lines, style)
    waves_down = _waves_down(" ".join([corner, *cells[:1]]), head, axis)
    if not waves_down:
        head, axis, values = axis, head, values.T
    values, unit, warnings = absorbance_of("\n".join([corner, *around]), values)
    delays = head * PER_PS[unit_of_delays(file.told.get(X_UNIT, ""), corner, cells, around)]
    metadata: dict[str, Any] = key_values(around, style)
    return map_reading(technique, READER, axis, delays, values, unit, metadata, warnings)


def _table(
    lines: list[str], style: Style
) -> tuple[str, list[str], Floats, Floats, Floats, list[str]]:
    """Return the corner's words, the units in the first row, its axis, that of the first column, cells, other lines."""
    parsed = [parse_row(line, style) for line in lines]
    widths = [len(row[0]) if row else 0 for row in parsed]
    width = max(set(widths) - {0, 1}, key=lambda one: (widths.count(one), one), default=0)
    # a row of which only the axis stands there, or one cell at its end is empty, is still a row
    places = [k for k, row in enumerate(parsed) if row and width - 2 <= len(row[0]) <= width]
    if len(places) < LEAST_ROWS or width < LEAST_ROWS:
        raise UnreadableFile(
            f"This text holds no matrix of at least {LEAST_ROWS} by {LEAST_ROWS} numbers. {_EXPORT}"
        )
    first = places[0]
    corner, units, head = _head(lines[first], width, style)
    if head is None and first:  # a head whose cells carry words is no row of numbers
        corner, units, head = _head(_last_said(lines[:first]), width, style)
    elif head is not None:
        places = places[1:]
    if head is None:
        raise UnreadableFile(
            f"The first row of this matrix is no axis: its numbers neither rise nor fall. {_EXPORT}"
        )
    rows = np.full((len(places), width), np.nan)
    for k, place in enumerate(places):
        found = parsed[place]
        assert found is not None
        rows[k, : len(found[0])] = found[0]
    inside = {first, *places}
    around = [line for k, line in enumerate(lines) if k not in inside and line.strip()]
    return corner, units, head, rows[:, 0], rows[:, 1:], around


def _last_said(lines: list[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "")


def _head(line: str, width: int, style: Style) -> tuple[str, list[str], Floats | None]:
    """Return the corner's words, the units beside the numbers of the first row and its axis; None where it is none."""
    cells = cells_of(line, style)
    if len(cells) == width - 1:
        cells = ["", *cells]  # blanks lose an empty corner
    numbers = [number_of(cell, style) for cell in cells[1:]]
    for k, (cell, number) in enumerate(zip(cells[1:], numbers, strict=True)):
        found = _WITH_UNIT.match(cell) if number is None else None
        if found:
            numbers[k] = number_of(found[1], style)
    axis = np.array([np.nan if one is None else one for one in numbers], dtype=float)
    steps = np.diff(axis[np.isfinite(axis)])
    if axis.size != width - 1 or steps.size < width - 4 or not _one_way(steps):
        return "", [], None
    units = [m[2] for m in map(_WITH_UNIT.match, cells[1:]) if m and m[2]]
    corner = cells[0] if number_of(cells[0], style) is None else ""
    return corner, units, axis


def _one_way(steps: Floats) -> bool:
    """Whether an axis goes one way, but for a repeat, or one turn in fifty: slips of the stage."""
    return bool(min((steps <= 0).sum(), (steps >= 0).sum()) <= max(1, steps.size // 50))


def _waves_down(corner: str, head: Floats, axis: Floats) -> bool:
    """Whether the wavelengths stand in the first column; raises `UnreadableFile` where nothing tells."""
    down = could_be_wavelengths(axis[np.isfinite(axis)])
    across = could_be_wavelengths(head[np.isfinite(head)])
    if down != across:
        return down
    wave, time = _WAVE.search(corner), _TIME.search(corner)
    if down and wave and time:
        return wave.start() < time.start()  # "wavelength \ delay": the first names the column
    raise UnreadableFile(
        "Neither axis of this matrix can be told from the other: "
        + ("both" if down else "none")
        + " could be wavelengths in nm. Write “wavelength (nm) \\ delay (ps)” into the corner, in the order column, row."
    )


MATRIX = Reader("a matrix of ΔA over wavelength and delay", read)
