"""Tables of elements as programs of EDS export them: one row an element, or one row a spectrum."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from analysis.readers.cells import Style, number_of
from analysis.readers.heads import printed_names
from analysis.reading import Channel, Reading, Scan, UnreadableFile
from analysis.technique import InstrumentFile, Reader, Technique
from synthesis.chemistry.atomic_weights import ATOMIC_WEIGHTS

READER = "element table 1"
MOST_LINES = 20_000
_ELEMENT = re.compile(r"(?:\d+\s+)?([A-Z][a-z]?)[\s_(-]*([KLM])?[aαbβ]?\d?\)?")
_SHELL = re.compile(r"([KLM])\b.*|([KLM])[aαbβ]?\d?[ _-]?(series|serie|shell|line)?", re.IGNORECASE)
_EXPORT = (
    "Export the quantification as text: a row of names (Element, Line, Net counts, k factor, Weight %, Atomic %), and "
    "below it one row for each element."
)
# What a column head means. The first that fits counts; errors belong to the column that they name.
_HEADS = (
    ("u_atomic_percent", r"(at\w*\.?\s*%?|atomic\s*%?)\s*(sigma|error|err\.?|u|unc\w*|std\w*|±)\.?.*"),
    ("u_weight_percent", r"(w(eigh)?t\.?\s*%?|mass\s*%?)\s*(sigma|error|err\.?|u|unc\w*|std\w*|±)\.?.*"
                         r"|(abs\.?\s*)?error\s*\(?\d?\s*sigma\)?.*|uncert\w*\.?\s*%?.*"),
    ("u_counts", r"(net )?(counts?|intensity|area)\s*(sigma|error|err\.?|u|unc\w*|std\w*|±)\.?.*"),
    ("u_percent", r"(rel\.?\s*)?(error|err\.?)\s*\[?%?\]?.*"),
    ("background", r"(bkg|bkgd|backgr\w*|bg)\.?.*"),
    ("k_factor", r"k[\s_-]*(fact\w*|f\w*)\.?(?!.*type).*|cliff.*|k"),
    ("k_ratio", r"k[\s_-]*ratio.*"),
    ("atomic_percent", r"at(om\w*)?\.?\s*[\[(]?\s*(%|c\b|percent|conc|fraction).*|at\.?-?%.*"),
    ("weight_percent", r"w(eigh)?t\.?\s*[\[(]?\s*(%|percent).*|mass.*%.*|(norm|unn)\.?\s*c\.?.*|conc\w*\.?.*"),
    ("counts", r"(net|peak)?\s*(counts?|cps|c/s|int\w*\.?|area|signal)\b.*|net\b.*"),
    ("line", r"(line|series|shell|edge|x-?ray)\b.*"),
    ("number", r"an|z|atomic n\w*\.?"),
    ("element", r"el(ement)?(\(s\))?\.?|symbol"),
)  # fmt: skip
KEPT = ("counts", "background", "k_factor", "atomic_percent", "weight_percent",
        "u_counts", "u_percent", "u_atomic_percent", "u_weight_percent")  # fmt: skip
# Heads of Bruker's Esprit, which blanks part and hold.
_WITH_BLANKS = re.compile(r"Error \(\d Sigma\)|\w+\. ?C\b|\w+ (?:fact|corr)\.|\S+")
_RATE = re.compile(r"cps|c/s|counts/s|/s\b|int\.", re.IGNORECASE)


class _Row(NamedTuple):
    element: str
    shell: str
    cells: list[str]


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read every table of elements of a text, each a scan; raise `UnreadableFile` where there is none."""
    lines = [line for line in file.lines[:MOST_LINES] if line.strip()]
    split = _splitter(lines)
    scans = _rows_of_elements(lines, split) or _rows_of_spectra(lines, split)
    if not scans:
        raise UnreadableFile(f"No table of elements was found in this text. {_EXPORT}")
    named = tuple(
        replace(scan, key=str(k), label=scan.label or f"table {k}")
        for k, scan in enumerate(scans, 1)
    )
    first = named[0]
    reading = Reading(
        technique.name, READER, (first.x, *first.ys), {"tables": len(named)}, (), named
    )
    return reading.of(first.key) if len(named) == 1 else reading


def _splitter(lines: list[str]) -> Any:
    """Return what splits a line into cells: at the sign that parts most of the rows of elements."""

    def by_sign(sign: str) -> Any:
        return lambda line: [cell.strip() for cell in next(csv.reader([line], delimiter=sign), [])]

    ways = [
        *(by_sign(sign) for sign in "\t;,"),
        lambda line: re.split(r"\s{2,}|\t", line.strip()),
        lambda line: line.split(),
    ]

    def fitting(way: Any) -> int:
        try:
            rows = [way(line) for line in lines]
        except csv.Error:
            return 0
        return sum(_row(cells) is not None or _spectra_head(cells) is not None for cells in rows)

    return max(ways, key=fitting)


def _row(cells: list[str]) -> _Row | None:
    """Return the element, its shell where it is said beside it, and the cells, None for another line."""
    if len(cells) < 2:
        return None
    found = _ELEMENT.fullmatch(cells[0])
    if found is None or found[1] not in ATOMIC_WEIGHTS:
        return None
    numbers = [number for cell in cells[1:] if (number := _number(cell)) is not None]
    if not numbers or not np.isfinite(numbers).any():
        return None
    shell = found[2] or ""
    if not shell and (series := _SHELL.fullmatch(cells[1])):
        shell = (series[1] or series[2]).upper()
    return _Row(found[1], shell, cells)


def _number(cell: str) -> float | None:
    plain = cell.strip().strip("%").strip()
    return number_of(plain, Style(None, decimal_comma="," in plain and "." not in plain))


def _rows_of_elements(lines: list[str], split: Any) -> list[Scan]:
    scans: list[Scan] = []
    above: list[str] = []
    rows: list[_Row] = []
    for line in [*lines, ""]:
        row = _row(split(line)) if line else None
        if row is not None:
            rows.append(row)
            continue
        if rows:
            scans.append(_scan(rows, above, split))
            rows, above = [], []
        above.append(line)
    return [scan for scan in scans if scan.points > 1]


def _scan(rows: list[_Row], above: list[str], split: Any) -> Scan:
    """Make a scan of one table; the row of an element is its place on the axis."""
    width = max(len(row.cells) for row in rows)
    heads, title = _heads(above, width, split)
    cells = [row.cells + [""] * (width - len(row.cells)) for row in rows]
    shells = [row.shell for row in rows]
    if "line" in heads:
        column = heads.index("line")
        said = [_SHELL.fullmatch(row[column]) for row in cells]
        shells = [
            (one[1] or one[2]).upper() if one else shell
            for one, shell in zip(said, shells, strict=True)
        ]
    x = Channel("row", "", np.arange(1.0, len(rows) + 1), "Row")
    ys: list[Channel] = []
    for column, head in enumerate(heads):
        if head in KEPT and head not in [y.name for y in ys]:
            values = [_number(row[column]) for row in cells]
            array = np.array([np.nan if v is None or not np.isfinite(v) else v for v in values])
            label = title[column]
            rate = head in ("counts", "background") and _RATE.search(label)
            unit = (
                "%"
                if head.endswith("percent")
                else "counts/s"
                if rate
                else "counts"
                if "counts" in head or head == "background"
                else ""
            )
            ys.append(Channel(head, unit, array, label))
    ys = [y for y in ys if np.isfinite(y.values).any()]
    first = next(
        (
            y
            for name in ("counts", "atomic_percent", "weight_percent")
            for y in ys
            if y.name == name
        ),
        None,
    )
    if first is None:
        printed = printed_names(title) or "no names"
        raise UnreadableFile(
            f"The table of elements has the columns {printed}; counts, weight % or atomic % are needed. {_EXPORT}"
        )
    keep = np.isfinite(first.values)
    ys = [first, *(y for y in ys if y is not first)]
    metadata = {
        "elements": [row.element for row, kept in zip(rows, keep, strict=True) if kept],
        "shells": [shell for shell, kept in zip(shells, keep, strict=True) if kept],
    }
    return Scan(x, tuple(ys), metadata=metadata).at(keep)


def _heads(above: list[str], width: int, split: Any) -> tuple[list[str], list[str]]:
    """Return what each column means ("" where that is not known) and what its head says."""
    best: tuple[int, list[str], list[str]] = (0, [""] * width, [""] * width)
    for back, line in enumerate(reversed(above[-6:])):
        units = split(above[len(above) - back]) if back else []
        for cells in (
            split(line),
            re.split(r"\s{2,}|\t", line.strip()),
            line.split(),
            _WITH_BLANKS.findall(line),
        ):
            if not width - 1 <= len(cells) <= width + 1:
                continue
            cells = [*cells, ""][:width]
            joined = [
                f"{cell} {units[k]}".strip()
                if len(units) == len(cells) and _is_unit(units[k])
                else cell
                for k, cell in enumerate(cells)
            ]
            meant = [_meant(cell) for cell in joined]
            known = sum(map(bool, meant))
            if known > best[0]:
                best = (known, meant, joined)
    return best[1], best[2]


def _is_unit(cell: str) -> bool:
    return re.fullmatch(r"[\[(].*[\])]|%|wt\.?%|at\.?%", cell.strip()) is not None


def _meant(head: str) -> str:
    plain = " ".join(head.lower().replace("_", " ").split()).strip("#*:\"' ")
    return next((name for name, pattern in _HEADS if re.fullmatch(pattern, plain)), "")


def _spectra_head(cells: list[str]) -> list[int] | None:
    """Return the columns of a head that are elements, None unless two of them are."""
    found = [
        k
        for k, cell in enumerate(cells)
        if (one := _ELEMENT.fullmatch(re.sub(r"\s*[\[(].*|\s*(at|wt)\.?\s*%.*", "", cell)))
        and one[1] in ATOMIC_WEIGHTS
    ]
    return found if len(found) > 1 else None


def _rows_of_spectra(lines: list[str], split: Any) -> list[Scan]:
    """Read tables whose columns are elements and whose rows are spectra."""
    for place, line in enumerate(lines):
        head = split(line)
        columns = _spectra_head(head)
        if columns is None:
            continue
        text = " ".join([*lines[max(0, place - 5) : place + 1]]).lower()
        kind = (
            "atomic_percent" if re.search(r"atom|at\.?\s*%", text)
            else "weight_percent" if re.search(r"weight|wt\.?\s*%|mass", text) else "percent"
        )  # fmt: skip
        elements = [_ELEMENT.match(head[k]) for k in columns]
        scans = []
        for row in map(split, lines[place + 1 :]):
            if len(row) <= columns[-1]:
                continue
            numbers = [_number(row[k]) for k in columns]
            values = np.array([np.nan if n is None else n for n in numbers], dtype=float)
            keep = np.isfinite(values)
            label = row[0] if _number(row[0]) is None else ""
            if keep.sum() < 2 or re.match(r"mean|average|std|sigma|max|min|sum", label, re.I):
                continue
            names = [one[1] for one, kept in zip(elements, keep, strict=True) if one and kept]
            x = Channel("row", "", np.arange(1.0, keep.sum() + 1), "Row")
            scans.append(
                Scan(x, (Channel(kind, "%", values[keep], kind.replace("_", " ")),), label[:60],
                     {"elements": names, "shells": [""] * len(names)})
            )  # fmt: skip
        if scans:
            return scans[:200]
    return []


ELEMENT_TABLE = Reader("a table of elements", read)
