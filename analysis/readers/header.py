"""Keep what the lines around a table say: key/value pairs, column heads, area."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from analysis.readers.cells import Style, cells_of, number_of, parse_row
from analysis.readers.heads import Head, identify, unit_of
from analysis.technique import Technique

_MAX_PAIRS = 300
_MAX_NOTES = 40
_MAX_TEXT = 500
_PAIR = re.compile(r"^[\s#;/*'\"$_]*([^:=\t]{1,80}?)\s*(?:[:=\t]|\s{3,})\s*(.+)$")
_ROW_TITLE = re.compile(r"(long|short) ?name|units?|comments?", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"[-+]?\d*[.,]?\d+(?:[eE][-+]?\d+)?")
_AREA_KEY = re.compile(r"\barea\b", re.IGNORECASE)
_AREA_UNITS = {"cm2": 1.0, "mm2": 0.01, "m2": 1e4}


def key_values(lines: list[str], style: Style) -> dict[str, Any]:
    """Return ``{"header": {key: value}, "notes": [line]}`` of the lines around a table."""
    pairs: dict[str, str] = {}
    notes: list[str] = []
    waiting: list[str] = []  # a row of names whose values may stand in the next line
    for line in lines:
        if not line.strip(" \t,;"):
            continue
        cells = cells_of(line, style) if style.delimiter else re.split(r"\t|\s{2,}", line.strip())
        if waiting and _is_row_of_values(cells, style, len(waiting)):
            pairs.update(
                {k: v[:_MAX_TEXT] for k, v in zip(waiting, cells, strict=False) if k and v}
            )
            waiting = []
            continue
        waiting = cells if len(cells) >= 3 and not _any_number(cells, style) else []
        key, value = _pair(line, cells)
        if key and len(pairs) < _MAX_PAIRS:
            pairs.setdefault(key, value[:_MAX_TEXT])
        elif len(notes) < _MAX_NOTES:
            notes.append(line.strip()[:_MAX_TEXT])
    made: dict[str, Any] = {}
    if pairs:
        made["header"] = pairs
    if notes:
        made["notes"] = notes
    return made


def _pair(line: str, cells: list[str]) -> tuple[str, str]:
    if (
        len(cells) >= 2
        and cells[0]
        and len(cells[0]) <= 80
        and not re.match(r"^[\d.,+-]+$", cells[0])
    ):
        return cells[0].strip("#;'\"*_ :="), " ".join(cell for cell in cells[1:] if cell)
    found = _PAIR.match(line)
    if found:
        return found[1].strip(), found[2].strip().strip("'\"")
    return "", ""


def _any_number(cells: list[str], style: Style) -> bool:
    return any(
        number is not None and number == number
        for number in (number_of(cell, style) for cell in cells)
    )


def _is_row_of_values(cells: list[str], style: Style, width: int) -> bool:
    return 2 <= len(cells) <= width and _any_number(cells, style)


def area_cm2(pairs: dict[str, str]) -> float | None:
    """Return the device area in cm2 where a key names one with its unit."""
    for key, value in pairs.items():
        if not _AREA_KEY.search(key):
            continue
        unit = re.search(r"\b([cm]?m)\s*[\^]?\s*[2²]", f"{key} {value}")
        number = _FIRST_NUMBER.search(value)
        if unit and number:
            area = float(number[0].replace(",", ".")) * _AREA_UNITS[unit[1] + "2"]
            return area if area > 0 else None
    return None


def column_heads(
    lines: list[str], column_count: int, style: Style, technique: Technique
) -> list[Head]:
    """Return one head per column from the lines above a table, [] when they name no column.

    A row of units (``nm``, ``[mA/cm2]``) under the row of names is joined with it.
    """
    above = [line for line in lines if line.strip(" \t,;-=*")]
    while above and style.delimiter and _is_row_with_text(above[-1], style):
        above.pop()  # the first rows of the table, with remarks beside them
    above = above[-4:]
    units: list[str] = []
    fallback: list[Head] = []
    for position in range(len(above) - 1, -1, -1):
        line = above[position]
        best = max(
            (
                _heads_of(cells, units, column_count, technique)
                for cells in _ways_to_split(line, style, column_count)
            ),
            key=_recognised,
            default=[],
        )
        cells = _without_row_title(cells_of(line.lstrip("#;/'% "), style))
        if not units and _is_row_of_units(cells, column_count) and len(above) > 1:
            units = cells
            fallback = best
            continue
        if _recognised(best):
            named = _with_names_above(best, above[:position], style)
            return _with_names_below(named, above[position + 1 :], style)
        if units:
            break
        if _any_number(cells, style) or len(cells) < 2:
            break
    if units:
        return fallback if _recognised(fallback) else []
    return []


def names_of_columns(lines: list[str], column_count: int, style: Style) -> list[str]:
    """Return the names in the row above a table whose axis they do not name, [] where there is none.

    The corner above the axis may be empty, or hold a bare ``X``.
    """
    if style.delimiter is None or column_count < 3:
        return []  # words of a title are parted by blanks too
    line = next((one for one in reversed(lines) if one.strip(" \t,;-=*")), "")
    cells = _every_cell(line.lstrip("#%"), style.delimiter)
    while len(cells) > column_count and not cells[-1]:
        cells.pop()
    names = cells[1:]
    if len(cells) != column_count or not all(names):
        return []
    numbers = sum(number_of(name, style) is not None for name in names)
    if numbers == len(names) and (len(names) < 3 or not re.search(r"[^\W\d_]", cells[0])):
        return []  # a row of the header; bare numbers name columns only below a word: "Em \\ Ex"
    return cells


def _every_cell(line: str, delimiter: str) -> list[str]:
    """Split a line into cells, those that are empty at its end too: each stands above its column."""
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def _without_row_title(cells: list[str]) -> list[str]:
    """Blank the first cell where it says what its row is: ``Units``, ``Long Name`` (Origin)."""
    return ["", *cells[1:]] if cells and _ROW_TITLE.fullmatch(cells[0]) else cells


def _is_row_with_text(line: str, style: Style) -> bool:
    row = parse_row(line, style)
    return row is not None and bool(row[1]) and not row[1] & {0, 1}


def _with_names_above(heads: list[Head], above: list[str], style: Style) -> list[Head]:
    """Put the names of scans side by side, a row of their own, before heads that repeat."""
    labels = [head.label for head in heads if head.label]
    names = cells_of(above[-1], style) if above and style.delimiter else []
    if len(set(labels)) == len(labels) or sum(map(bool, names)) < 2 or len(names) > len(heads):
        return heads
    named: list[Head] = []
    name = ""
    for column, head in enumerate(heads):
        name = names[column] if column < len(names) and names[column] else name
        repeats = labels.count(head.label) > 1 and name
        named.append(replace(head, label=f"{name}: {head.label}") if repeats else head)
    return named


def _with_names_below(heads: list[Head], below: list[str], style: Style) -> list[Head]:
    """Put names from a row under the heads before those that repeat: the comments of an export of Origin."""
    labels = [head.label for head in heads if head.label]
    if len(set(labels)) == len(labels) or not style.delimiter:
        return heads
    for line in below:
        cells = _without_row_title(_every_cell(line, style.delimiter))
        names = {cell for cell in cells if cell}
        if len(cells) != len(heads) or cells[0] or len(names) < 2 or all(map(_is_unit, names)):
            continue
        return [
            replace(head, label=f"{name}: {head.label}")
            if name and labels.count(head.label) > 1
            else head
            for head, name in zip(heads, cells, strict=True)
        ]
    return heads


def heads_from_keys(
    pairs: dict[str, str], lines: list[str], column_count: int, technique: Technique
) -> list[Head]:
    """Return heads where the header names the axes apart from the table, [] where it does not.

    ``XUNITS``/``YUNITS`` (JASCO, JCAMP), ``X Units = ...``, or the bare lines ``nm`` and ``A`` of
    PerkinElmer's .asc above ``#DATA``.
    """
    said = {key.lower().replace(" ", "").replace("_", ""): value for key, value in pairs.items()}
    x, y = (
        next((said[f"{a}{w}"] for w in ("units", "unit", "axis", "label") if f"{a}{w}" in said), "")
        for a in "xy"
    )
    if not x and any(line.strip().upper() == "#DATA" for line in lines[-3:]):
        bare = [line.strip() for line in lines]
        spots = [
            i
            for i, line in enumerate(bare[:-1])
            if identify(line, technique).quantity == "wavelength"
        ]
        x, y = (bare[spots[-1]], bare[spots[-1] + 1]) if spots else ("", "")
    heads = [identify(x, technique), identify(y, technique)]
    if not heads[0].quantity:
        return []
    return [*heads, *[Head("", "", "")] * (column_count - 2)][:column_count]


def _recognised(heads: list[Head]) -> int:
    known = [bool(head.quantity) for head in heads]
    if not known or not (known[0] or sum(known) >= 2 or not heads[0].label):
        return 0
    return sum(known)


def _is_row_of_units(cells: list[str], column_count: int) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 0 and len(cells) <= column_count and all(_is_unit(cell) for cell in filled)


def _is_unit(cell: str) -> bool:
    bracketed = cell[0] in "[(" and cell[-1] in ")]"
    return bracketed or unit_of(cell) is not None or bool(re.match(r"^[^\s]+ / [^\s]+$", cell))


def _heads_of(
    cells: list[str], units: list[str], column_count: int, technique: Technique
) -> list[Head]:
    if not 1 <= len(cells) <= column_count + 2:
        return []
    cells = (cells + [""] * column_count)[:column_count]
    below = (units + [""] * column_count)[:column_count]
    cells = _without_row_title(cells)
    return [identify(cell, technique, unit) for cell, unit in zip(cells, below, strict=True)]


def _ways_to_split(line: str, style: Style, column_count: int) -> list[list[str]]:
    """Return the ways in which a head line may be meant; software often writes it unlike the rows."""
    bare = (
        line.strip().lstrip("#;/'%").strip() if line.strip()[:1] in "#;/'%" else line.strip("\r\n")
    )
    ways = [cells_of(bare, style)] if style.delimiter else []
    ways += [
        [cell.strip().strip('"') for cell in cells]
        for cells in (
            bare.strip().split("\t"),
            re.split(r"\s{2,}", bare.strip()),
            re.split(r"\s+(?![(\[/])(?<!/\s)", bare.strip()),
            bare.split(","),
            bare.split(";"),
        )
    ]
    if style.delimiter and len(ways[0]) > 1:
        return ways[:1]
    return [cells for cells in ways if len(cells) == column_count]
