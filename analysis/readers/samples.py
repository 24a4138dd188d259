"""Several samples in one table: columns side by side on one axis, or rows that a column names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.readers.cells import cells_of, is_clock
from analysis.readers.heads import Head
from analysis.readers.tables import MIN_POINTS, Block, Table
from analysis.technique import Technique

_MAX_NAMES = 500
_NAMING = re.compile(
    r"(pixel|device|sample|substrate|cell|diode|spot|batch|scan|run|cycle|label|name|id|curve|series|spectrum|film"
    r"|aliquot|position|pos)\b[\s_#.]*(no\.?|nr\.?|number|id|name|label)?\s*$",
    re.IGNORECASE,
)
_WAYS = re.compile(r"f|r|b|fwd|rev|bwd|fw|bw|forward|reverse|backward|up|down|fs|rs", re.IGNORECASE)
# Words of a column that tells something of a point, not whose it is.
_NO_NAME = re.compile(
    r"direction|sweep|way\b|stat(e|us)\b|flag|remark|note|comment|complian|range|mode|error|quality|valid|unit"
    r"|date|time|clock|warning|limit",
    re.IGNORECASE,
)
_EXCITATION = re.compile(r"(λ|lambda)?[\s_]*ex(c|citation)?\b", re.IGNORECASE)
_RAW = re.compile(r"raw\b", re.IGNORECASE)
_DETECTOR = re.compile(r"[SRTM]\d+c?", re.IGNORECASE)  # Horiba: signal, reference; c when corrected
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_RATIO = re.compile(r"[SRTM]\d+c?\s*/\s*[SRTM]\d+c?", re.IGNORECASE)
_OF_LIGHT = ("intensity", "counts")
_UNITS_OF_LIGHT = ("", "counts", "counts/s", "a.u.", "%", "counts/s/uA")
_ROW = re.compile(r"[-+]?\d[\d.,eE+-]*[\s;,]+[-+]?\d")  # of numbers, with other cells beside them


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of one sample: its axis, what was measured of it, what belongs to that."""

    columns: list[int]
    label: str


def with_excitation(heads: list[Head]) -> list[Head]:
    """Tell the excitation of a map that is written point by point from the emission beside it."""
    light = [head for head in heads if head.quantity == "wavelength"]
    excited = [head for head in light if _EXCITATION.match(head.label)]
    if len(light) != 2 or len(excited) != 1:
        return heads
    return [replace(head, quantity="excitation") if head is excited[0] else head for head in heads]


def with_raw(heads: list[Head]) -> list[Head]:
    """Tell what a detector gave from what was made of it: both are of one sample, the second is analysed."""
    labels = [_BRACKETS.sub("", _label(head)).strip() for head in heads]
    ratio = any(_RATIO.fullmatch(label) for label in labels)
    sample = any(label.lower() == "sample" for label in labels)
    raw = [
        _RAW.match(label) is not None
        or (ratio and _DETECTOR.fullmatch(label) is not None)
        or (sample and label.lower() == "scope")
        for label in labels
    ]
    return [
        replace(head, quantity="raw") if one and head.quantity in ("", *_OF_LIGHT) else head
        for head, one in zip(heads, raw, strict=True)
    ]


def with_letters(heads: list[Head]) -> list[Head]:
    """Take the columns A, B, C... for names: two of them are no absorbance and no current."""
    letters = [head.label for head in heads if len(head.label) == 1 and head.label.isupper()]
    if len(letters) < 2 or "".join(letters) not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(letters)]:
        return heads
    return [Head("", "", head.label) if head.label in letters else head for head in heads]


def samples_beside(group: list[int], heads: list[Head], technique: Technique) -> list[Part]:
    """Part an axis with its columns into samples; ``group`` has the best ordinate second."""
    axis, *ys = group
    parts = _of_ordinate(ys, heads, technique) if technique.ordinate else _of_quantities(ys, heads)
    above = _name_above(heads[axis])
    labels = [above if len(parts) == 1 and above else _label(heads[part[0]]) for part in parts]
    return [Part([axis, *part], label) for part, label in zip(parts, labels, strict=True)]


def _of_ordinate(ys: list[int], heads: list[Head], technique: Technique) -> list[list[int]]:
    """Each column that may be measured begins a sample; others belong to the one on their left."""
    samples = [c for c in ys if _is_sample(heads[c], technique)]
    if len(samples) < 2 or ys[0] not in samples:
        return [ys]
    parts = {sample: [sample] for sample in samples}
    for column in ys:
        if column not in parts:
            left = [sample for sample in samples if sample < column]
            parts[max(left) if left else samples[0]].append(column)
    return list(parts.values())


def _is_sample(head: Head, technique: Technique) -> bool:
    if not head.label:
        return False
    if head.quantity in (technique.ordinate, *_OF_LIGHT):
        return True
    return head.quantity == "" and head.unit in _UNITS_OF_LIGHT


def _of_quantities(ys: list[int], heads: list[Head]) -> list[list[int]]:
    """The first column of each quantity belongs to the first sample, the second to the second, and so on."""
    by_quantity: dict[str, list[int]] = {}
    for column in sorted(ys):
        by_quantity.setdefault(heads[column].quantity, []).append(column)
    numbers = {q: len(columns) for q, columns in by_quantity.items() if q and len(columns) > 1}
    if not numbers or len(set(numbers.values())) > 1:
        return [ys]
    parts: list[list[int]] = [[] for _ in range(next(iter(numbers.values())))]
    for column in ys:
        repeated = by_quantity[heads[column].quantity]
        parts[repeated.index(column) if len(repeated) == len(parts) else 0].append(column)
    return parts


def _label(head: Head) -> str:
    return _name_above(head) or head.label


def _name_above(head: Head) -> str:
    """Return the name that a row above the heads gives to this one; a column letter is none."""
    name, found, _ = head.label.partition(": ")
    return name if found and len(name) > 1 else ""


def samples_below(
    table: Table, heads: list[Head], technique: Technique
) -> Iterator[tuple[Block, str, NDArray[np.intp]]]:
    """Give each block with its name and rows, parted where a column names samples."""
    names = _names_of_blocks(table)
    for block, name in zip(table.blocks, names, strict=True):
        parted = _named_rows(block, table, heads, technique)
        if parted is None:
            yield block, name, np.arange(block.columns.shape[1])
            continue
        for label, rows in parted.items():
            yield block, label, np.array(rows, dtype=np.intp)


def _names_of_blocks(table: Table) -> list[str]:
    """Name a block by the line above it that no other block has, else by its own lines."""
    above = [[line.strip() for line in block.above if line.strip()] for block in table.blocks]
    if len(table.blocks) == 1:
        return [""]
    names = []
    for number, (block, lines) in enumerate(zip(table.blocks, above, strict=True)):
        others = {line for other, ls in enumerate(above) if other != number for line in ls}
        own = (
            [line for line in lines if line not in others and not _ROW.match(line)]
            if others
            else []
        )
        name = own[-1].strip("#*;,\t \"'") if own and all(len(ls) for ls in above) else ""
        names.append(
            name if 0 < len(name) <= 60 else f"lines {block.first_line} to {block.last_line}"
        )
    return (
        names
        if len(set(names)) == len(names)
        else [f"lines {block.first_line} to {block.last_line}" for block in table.blocks]
    )


def _named_rows(
    block: Block, table: Table, heads: list[Head], technique: Technique
) -> dict[str, list[int]] | None:
    """Return the rows of each name where columns name samples, None where none does.

    Several such columns (device and pixel) name a sample together.
    """
    columns = [_names(block, column, heads, table, technique) for column in range(len(heads))]
    naming = [names for names in columns if names and len(set(names)) > 1]
    for together in ([naming] if len(naming) > 1 else []) + [[names] for names in naming]:
        rows: dict[str, list[int]] = {}
        for number, cells in enumerate(zip(*together, strict=True)):
            rows.setdefault(" ".join(cells), []).append(number)
        if 1 < len(rows) <= _MAX_NAMES and _are_samples(rows):
            return rows
    return None


def _names(
    block: Block, column: int, heads: list[Head], table: Table, technique: Technique
) -> list[str] | None:
    """Return the cells of a column as names, None when it is none that names samples."""
    head = heads[column]
    if column >= block.columns.shape[0] or _NO_NAME.search(head.label):
        return None
    if column in block.text_columns:
        return [_cell(row, column, table) for row in block.rows]
    if head.quantity == "excitation":
        return [f"EX {value:g}" for value in block.columns[column]]
    if technique.axis(head.quantity) is not None:
        return None
    counted = head.quantity in ("", "index") and _counts_samples(block, column, heads, technique)
    if _NAMING.search(head.label) or counted:
        return [f"{head.label} {value:g}".strip() for value in block.columns[column]]
    return None


def _counts_samples(block: Block, column: int, heads: list[Head], technique: Technique) -> bool:
    """Tell whether whole numbers change where the axis begins again: ``Channel``, ``px``, ``OLED no``."""
    axis = next((c for c, one in enumerate(heads) if technique.axis(one.quantity)), None)
    values = block.columns[column]
    if axis is None or not np.array_equal(values, np.round(values)):
        return False
    x = block.columns[axis]
    starts = [0, *(np.flatnonzero(np.diff(values)) + 1)]
    return len(starts) > 1 and bool(np.all(np.abs(x[starts] - x[0]) <= 0.02 * np.ptp(x)))


def _cell(row: str, column: int, table: Table) -> str:
    cells = cells_of(row, table.style)
    return cells[column] if column < len(cells) else ""


def _are_samples(rows: dict[str, list[int]]) -> bool:
    if min(map(len, rows.values())) < MIN_POINTS or any(map(is_clock, rows)):
        return False
    return not all(_WAYS.fullmatch(name) for name in rows)
