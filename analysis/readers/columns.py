"""The reader for tables with an axis: picks the columns that the technique needs.

Several scans (blocks one below another, or columns side by side) become further channels when they
share the axis; otherwise the first is kept whole and the others are named in a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.header import (
    area_cm2,
    column_heads,
    heads_from_keys,
    key_values,
)
from analysis.readers.heads import Head
from analysis.readers.scans import Scan
from analysis.readers.tables import Block, Table, find_tables
from analysis.reading import Channel, UnreadableFile
from analysis.technique import Axis, Technique

_SCALES = {  # unit in the file -> unit of the house and factor; both are kept in words
    "ps": ("ns", 1e-3), "us": ("ns", 1e3), "ms": ("ns", 1e6), "s": ("ns", 1e9), "um": ("nm", 1e3),
    "angstrom": ("nm", 0.1), "meV": ("eV", 1e-3), "mV": ("V", 1e-3), "mA": ("A", 1e-3), "uA": ("A", 1e-6),
    "nA": ("A", 1e-9), "A/cm2": ("mA/cm2", 1e3), "A/m2": ("mA/cm2", 0.1), "mA/m2": ("mA/cm2", 1e-4),
    "uA/cm2": ("mA/cm2", 1e-3), "nA/cm2": ("mA/cm2", 1e-6), "kcd/m2": ("cd/m2", 1e3),
    "cd/cm2": ("cd/m2", 1e4), "1/nm": ("1/angstrom", 0.1),
}  # fmt: skip
_MEASURES = (
    "wavelength",
    "photon_energy",
    "voltage",
    "current",
    "current_density",
    "luminance",
    "q",
)


@dataclass(frozen=True, slots=True)
class Columns:
    """A table with a meaning for each column."""

    table: Table
    heads: list[Head]
    named: bool
    metadata: dict[str, Any]


def read_columns(lines: list[str], technique: Technique) -> Columns:
    """Find the tables in the lines and name their columns."""
    table = find_tables(lines)
    main = max(table.blocks, key=lambda block: block.columns.shape[1])
    width = main.columns.shape[0]
    heads = column_heads(main.above, width, table.style, technique)
    _refuse_comma_twice(main, table, heads)
    header = [line for block in table.blocks for line in block.above]
    metadata = key_values([*header, *table.footer], table.style)
    pairs = metadata.get("header", {})
    heads = heads or heads_from_keys(pairs, main.above, width, technique)
    area = area_cm2(pairs)
    if area is not None:
        metadata["area_cm2"] = area
    return Columns(table, heads or [Head("", "", "")] * width, bool(heads), metadata)


def _refuse_comma_twice(main: Block, table: Table, heads: list[Head]) -> None:
    """Refuse ``450,0,1,25``: the comma cannot be both the delimiter and the decimal sign."""
    if table.style.delimiter != "," or table.style.quoted or not heads or len(main.columns) < 4:
        return
    labels = sum(bool(head.label) for head in heads)
    whole = np.array([np.isfinite(c).all() and (c == np.round(c)).all() for c in main.columns])
    if 2 * labels == len(main.columns) and whole.all():
        raise UnreadableFile(
            "The comma is both the delimiter and the decimal sign in this file, so its numbers cannot be "
            "told apart. Export it with tabs or semicolons between the columns, or with decimal points."
        )


def scans_of(columns: Columns, technique: Technique, warnings: list[str]) -> list[Scan]:
    """Return every scan of the table; the first named axis of the technique begins each of them."""
    heads, converted = columns.heads, set[str]()
    groups = (
        _groups(heads, technique)
        if columns.named
        else [_unnamed_group(columns, technique, warnings)]
    )
    scans: list[Scan] = []
    for number, block in enumerate(columns.table.blocks, 1):
        for group in groups:
            channels = [channel_of(heads[c], block.columns[c], technique, converted) for c in group]
            x, *ys = _with_names(
                channels, columns.named, technique, warnings if number == 1 else []
            )
            label = f"lines {block.first_line} to {block.last_line}"
            if len(groups) > 1:
                label = ys[0].label or label
            scans.append(Scan(x, tuple(ys), label))
    if converted:
        columns.metadata["converted"] = sorted(converted)
    return scans


def _groups(heads: list[Head], technique: Technique) -> list[list[int]]:
    """Return lists of column numbers, each an axis followed by its ordinates."""
    quantities = [head.quantity for head in heads]
    axis = next((a.name for a in technique.axes if a.name in quantities), None)
    if axis is None:
        raise UnreadableFile(_no_axis(heads, technique))
    starts = [column for column, quantity in enumerate(quantities) if quantity == axis]
    first_ordinates = [c for c in range(starts[0]) if _is_ordinate(heads[c], technique)]
    groups: list[list[int]] = []
    for start, stop in zip(starts, [*starts[1:], len(heads)], strict=True):
        # Columns without a head are kept too: nothing is lost because a name is missing.
        ys = [c for c in range(start + 1, stop) if not _is_no_ordinate(quantities[c], technique)]
        if not groups:
            ys += first_ordinates
        if ys:
            groups.append([start, *_best_first(ys, heads, technique)])
    if not groups:
        raise UnreadableFile(_no_axis(heads, technique))
    foreign = heads[groups[0][1]].quantity
    if foreign in technique.foreign:
        raise UnreadableFile(
            f'The column "{heads[groups[0][1]].label}" holds {foreign.replace("_", " ")}, so this is not '
            f"{technique.noun}. Choose the technique that fits, or export the right column."
        )
    return groups


def _is_no_ordinate(quantity: str, technique: Technique) -> bool:
    return quantity == "index" or technique.axis(quantity) is not None


def _is_ordinate(head: Head, technique: Technique) -> bool:
    return head.quantity not in ("", "time") and not _is_no_ordinate(head.quantity, technique)


def _best_first(ys: list[int], heads: list[Head], technique: Technique) -> list[int]:
    wanted = (technique.ordinate or None, "counts", "intensity")
    good = [c for c in ys if heads[c].quantity in wanted]
    poor = ("uncertainty", "dark", "reference", "time", "index")
    if not good:
        good = [c for c in ys if heads[c].quantity not in poor]
    return good + [c for c in ys if c not in good]


def _no_axis(heads: list[Head], technique: Technique) -> str:
    printed = ", ".join(f'"{head.label}"' for head in heads if head.label)[:200]
    wanted = " or ".join(
        name.replace("_", " ").replace("two theta", "2theta")
        for name in (axis.name for axis in technique.axes)
    )
    return (
        f"This table has the columns {printed}; {technique.noun} needs {wanted} and something "
        "measured at it. Choose the technique that fits the file, or export it with these columns."
    )


def _unnamed_group(columns: Columns, technique: Technique, warnings: list[str]) -> list[int]:
    if all(axis.span is None for axis in technique.axes):
        raise UnreadableFile(technique.names_needed)
    numbers = [
        c for c in range(len(columns.heads)) if c not in columns.table.blocks[0].text_columns
    ]
    if len(numbers) > 2 and not (technique.third_is_uncertainty and len(numbers) == 3):
        warnings.append(
            f"The {len(numbers)} columns have no names; the first was taken as the axis and the second "
            "as what was measured."
        )
    return numbers


def channel_of(
    head: Head, values: NDArray[np.float64], technique: Technique, converted: set[str]
) -> Channel:
    """Return the channel of a column in the house's unit; ``converted`` notes what was scaled."""
    values = np.array(values, dtype=np.float64)
    measures = _MEASURES if technique.axis("time") is None else (*_MEASURES, "time")
    if head.unit in _SCALES and head.quantity in measures:
        unit, factor = _SCALES[head.unit]
        converted.add(f"{head.label}: {head.unit} to {unit}")
        return Channel(head.quantity, unit, values * factor, head.label)
    unit = "%" if head.quantity == "eqe" and not head.unit and "%" in head.label else head.unit
    return Channel(head.quantity or "y", unit, values, head.label)


def _with_names(
    channels: list[Channel], named: bool, technique: Technique, warnings: list[str]
) -> list[Channel]:
    x, y, *others = channels
    if not named:
        x = _guess_axis(x, technique, warnings)
        if technique.third_is_uncertainty and len(others) == 1:
            others = [replace(others[0], name="uncertainty")]
    else:
        x = _complete_axis(x, technique, warnings)
    ordinate = technique.ordinate
    if ordinate in ("intensity", "counts") and y.name in ("y", "counts", "intensity"):
        y = replace(
            y, name=ordinate, unit=y.unit or ("counts" if "counts" in (y.name, ordinate) else "")
        )
    elif ordinate and y.name == "y":
        y = replace(y, name=ordinate)
    return [x, y, *others]


def _guess_axis(x: Channel, technique: Technique, warnings: list[str]) -> Channel:
    """Name an axis that the file leaves without a name, from its range, and say so."""
    low, high = _range_of(x)
    possible = [axis for axis in technique.axes if axis.span is not None]
    for axis in possible:
        if not _lies_within(x, axis):
            continue
        stated = f" ({low:g} to {high:g})" if len(possible) > 1 else ""
        if not axis.often_unnamed:
            warnings.append(
                f"The columns have no names; the first{stated} was taken as "
                f"{axis.name.replace('_', ' ')} in {axis.unit}."
            )
        return replace(x, name=axis.name, unit=axis.unit)
    if low == high:
        return x  # no axis at all; refused where the scans are tidied
    if possible and possible[0].impossible:
        raise UnreadableFile(_impossible(x, possible[0]))
    *others, last = [f"{axis.words} in {axis.unit}" for axis in possible]
    neither = f"neither {', '.join(others)} nor {last}" if others else f"not {last}"
    example = possible[0].name.replace("_", " ").capitalize()
    raise UnreadableFile(
        f"The columns have no names and the first runs from {low:g} to {high:g}, which is {neither}. "
        "Check the technique, or name the columns in a line above the numbers, such as "
        f'"{example} ({possible[0].unit})", "Intensity".'
    )


def _complete_axis(x: Channel, technique: Technique, warnings: list[str]) -> Channel:
    axis = technique.axis(x.name)
    if axis is not None and axis.stands_for:
        axis = technique.axis(axis.stands_for)
        assert axis is not None
        warnings.append(
            f'The column "{x.label}" was taken as {axis.words}, as instruments export it.'
        )
        x = replace(x, name=axis.name)
    if axis is None or (x.unit and not axis.impossible):
        return x
    if axis.impossible:
        if not _lies_within(x, axis):
            raise UnreadableFile(_impossible(x, axis))
    elif axis.unit:
        warnings.append(f'The column "{x.label}" has no unit; it was taken as {axis.unit}.')
    return replace(x, unit=axis.unit)


def _range_of(x: Channel) -> tuple[float, float]:
    finite = x.values[np.isfinite(x.values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _lies_within(x: Channel, axis: Axis) -> bool:
    low, high = _range_of(x)
    return axis.span is None or (axis.span[0] <= low and high <= axis.span[1])


def _impossible(x: Channel, axis: Axis) -> str:
    low, high = _range_of(x)
    return f"The axis runs from {low:g} to {high:g}, which {axis.impossible}"
