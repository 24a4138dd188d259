"""The reader for tables with an axis: picks the columns that the technique needs, one `Scan` a sample."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.readers.axes import axis_of
from analysis.readers.cells import cells_of
from analysis.readers.commas import refuse_sign_of_two_meanings
from analysis.readers.header import (
    area_cm2,
    column_heads,
    heads_from_keys,
    key_values,
    names_of_columns,
)
from analysis.readers.heads import Head, identify, printed_names
from analysis.readers.preview import with_said_heads
from analysis.readers.samples import (
    Part,
    samples_below,
    samples_beside,
    with_excitation,
    with_letters,
    with_raw,
)
from analysis.readers.tables import Block, Table, find_tables
from analysis.readers.units import channel_of
from analysis.reading import Channel, Scan, UnreadableFile
from analysis.technique import COLUMNS, InstrumentFile, Technique

# No quantity measured here comes near; instruments write 9.91e37, 1e38 and the like.
_OVERFLOW = 1e30
_NO_SAMPLE = re.compile(
    r"base ?line|blank\b|background|dark|ref(erence)?\b|solvent\b|(100|0) ?%", re.IGNORECASE
)
_OF_LIGHT = ("intensity", "counts")
_POOR = (
    "uncertainty",
    "dark",
    "reference",
    "time",
    "index",
    "model",
    "clock",
    "irf",
    "excitation",
    "raw",
)


@dataclass(frozen=True, slots=True)
class Columns:
    """A table with a meaning for each column."""

    table: Table
    heads: list[Head]
    named: bool
    metadata: dict[str, Any]
    told: Mapping[str, str] = field(default_factory=dict)


def read_columns(file: InstrumentFile, technique: Technique) -> Columns:
    """Find the tables in the lines of a file and name their columns."""
    table = find_tables(file.lines)
    main = max(table.blocks, key=lambda block: block.columns.shape[1])
    width = main.columns.shape[0]
    if said := file.told.get(COLUMNS, ""):
        # Whoever names every column has said which commas part them; not whether some part thousands.
        refuse_sign_of_two_meanings(main, table.style, [Head("", "", "said")] * width)
        return _as_said(file, table, with_said_heads(table, said, technique))
    heads = column_heads(main.above, width, table.style, technique)
    refuse_sign_of_two_meanings(main, table.style, heads)
    header = [line for block in table.blocks for line in block.above]
    metadata = key_values([*header, *table.footer], table.style)
    pairs = metadata.get("header", {})
    heads = heads or heads_from_keys(pairs, main.above, width, technique)
    area = area_cm2(pairs)
    if area is not None:
        metadata["area_cm2"] = area
    heads = with_letters(with_raw(with_excitation(heads)))
    named = bool(heads)
    heads = heads or _heads_of_samples(names_of_columns(main.above, width, table.style), technique)
    heads = heads or _heads_of_samples(_numbers_above(main, table), technique)
    heads = heads or [Head("", "", "")] * width
    _leave_out_overflows(table, heads)
    return Columns(table, heads, named, metadata, file.told)


def _numbers_above(main: Block, table: Table) -> list[str]:
    """Take the first row of a table off it where it has no abscissa: it names the columns, ``;240;250;260``."""
    cells = cells_of(main.rows[0], table.style)
    first = main.columns[:, 0]
    corner = np.isnan(first[0]) and np.isfinite(main.columns[0, 1:]).all() and not cells[0]
    if not corner or len(cells) < 4 or len(cells) != len(first) or not np.isfinite(first[1:]).all():
        return []
    main.columns, main.rows = main.columns[:, 1:], main.rows[1:]
    main.first_line += 1
    return cells


def _heads_of_samples(names: list[str], technique: Technique) -> list[Head]:
    """Return heads of columns that are named by samples beside an axis that has no name of its own."""
    if not names or all(axis.span is None for axis in technique.axes):
        return []
    return [Head("", "", names[0]), *(identify(name, technique) for name in names[1:])]


def _as_said(file: InstrumentFile, table: Table, heads: list[Head]) -> Columns:
    """Return a table whose columns a person named."""
    header = [line for block in table.blocks for line in block.above]
    metadata = key_values([*header, *table.footer], table.style)
    _leave_out_overflows(table, heads)
    return Columns(table, heads, True, metadata, file.told)


def _leave_out_overflows(table: Table, heads: list[Head]) -> None:
    """Take numbers that stand for "beyond the range" out of the table, and name them."""
    for block in table.blocks:
        beyond = np.abs(block.columns) >= _OVERFLOW
        if not beyond.any():
            continue
        for column in np.flatnonzero(beyond.any(axis=1)):
            if heads[column].logarithm:
                beyond[column] &= (
                    block.columns[column] > 0
                )  # minus infinity is the logarithm of none
            rows = np.flatnonzero(beyond[column])
            if not rows.size:
                continue
            first = block.columns[column, rows[0]]
            name = (
                f'the column "{heads[column].label}"'
                if heads[column].label
                else f"column {column + 1}"
            )
            table.warnings.append(
                f"{rows.size} {'cell' if rows.size == 1 else 'cells'} of {name} stand for an overflow of the instrument"
                f"{f' ({first:g})' if np.isfinite(first) else ''}, no measured value; left out."
            )
        block.columns[beyond] = np.nan


def scans_of(columns: Columns, technique: Technique, warnings: list[str]) -> list[Scan]:
    """Return every scan of the table; the first named axis of the technique begins each of them."""
    heads, converted = columns.heads, set[str]()
    groups = (
        _groups(heads, technique)
        if columns.named
        else _unnamed_groups(columns, technique, warnings)
    )
    text = columns.table.blocks[0].text_columns
    groups = [[c for c in group if c == group[0] or c not in text] for group in groups]
    parts = [part for group in groups for part in samples_beside(group, heads, technique)]
    _say_models(parts, heads, warnings)
    scans: list[Scan] = []
    for block, name, rows in samples_below(columns.table, heads, technique):
        for part in parts:
            values = block.columns[:, rows]
            channels = [channel_of(heads[c], values[c], technique, converted) for c in part.columns]
            x, *ys = _with_names(channels, columns, technique, [] if scans else warnings)
            label = ", ".join(
                filter(None, (name, part.label if len(parts) > 1 or not name else ""))
            )
            scans.append(Scan(x, tuple(ys), label))
    if converted:
        columns.metadata["converted"] = sorted(converted)
    scans.sort(key=_is_no_sample)  # what is analysed first is a sample
    warnings.extend(note + "." for note in sorted(converted) if "logarithm" in note)
    return scans


def _is_no_sample(scan: Scan) -> bool:
    return _NO_SAMPLE.match(scan.label) is not None or scan.ys[0].name in ("raw", "model")


def _say_models(parts: list[Part], heads: list[Head], warnings: list[str]) -> None:
    """Say which columns are a model; read one as data only where nothing else is there."""
    models = [c for part in parts for c in part.columns[1:] if heads[c].quantity == "model"]
    if not models:
        return
    names = ", ".join(f'"{heads[c].label}"' for c in models[:5])
    only = all(heads[part.columns[1]].quantity == "model" for part in parts)
    warnings.append(
        f"By its name the only column beside the axis ({names}) is a model, not a measurement."
        if only
        else f"By its name {names} is a model, not a measurement; it was not analysed."
    )


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
    return head.quantity not in ("", "time", "clock") and not _is_no_ordinate(
        head.quantity, technique
    )


def _best_first(ys: list[int], heads: list[Head], technique: Technique) -> list[int]:
    wanted = (technique.ordinate or None, "counts", "intensity")
    good = [c for c in ys if heads[c].quantity in wanted]
    if not good:
        good = [c for c in ys if heads[c].quantity not in _POOR]
    return good + [c for c in ys if c not in good]


def _no_axis(heads: list[Head], technique: Technique) -> str:
    printed = printed_names(head.label for head in heads)
    wanted = " or ".join(
        name.replace("_", " ").replace("two theta", "2theta")
        for name in (axis.name for axis in technique.axes)
    )
    return (
        f"This table has the columns {printed}; {technique.noun} needs {wanted} and something "
        "measured at it. Choose the technique that fits the file, or export it with these columns."
    )


def _unnamed_groups(columns: Columns, technique: Technique, warnings: list[str]) -> list[list[int]]:
    """Return lists of column numbers where the axis has no name: it is the first, and comes again beside others."""
    if all(axis.span is None for axis in technique.axes):
        raise UnreadableFile(technique.names_needed)
    block, heads = columns.table.blocks[0], columns.heads
    numbers = [c for c in range(len(heads)) if c not in block.text_columns]
    if any(heads[c].label for c in numbers[1:]):
        return _groups_of_samples(numbers, columns, technique)
    if len(numbers) > 2 and not (technique.third_is_uncertainty and len(numbers) == 3):
        warnings.append(
            f"The {len(numbers)} columns have no names; the first was taken as the axis and the second "
            "as what was measured."
        )
    return [numbers]


def _groups_of_samples(
    numbers: list[int], columns: Columns, technique: Technique
) -> list[list[int]]:
    axis = columns.table.blocks[0].columns[numbers[0]]
    groups: list[list[int]] = []
    for c in numbers:
        values = columns.table.blocks[0].columns[c]
        if not groups or np.array_equal(values, axis, equal_nan=True):
            groups.append([])
        groups[-1].append(c)
    return [[start, *_best_first(ys, columns.heads, technique)] for start, *ys in groups if ys]


def _with_names(
    channels: list[Channel], columns: Columns, technique: Technique, warnings: list[str]
) -> list[Channel]:
    x, y, *others = channels
    bare = len(others) == 1 and not others[0].label
    if not columns.named and technique.third_is_uncertainty and bare:
        others = [replace(others[0], name="uncertainty")]
    x = axis_of(x, technique, columns.told, warnings, named=columns.named)
    return [x, _as_ordinate(y, columns.heads, technique), *others]


def _as_ordinate(y: Channel, heads: list[Head], technique: Technique) -> Channel:
    """Call the first column what the technique measures; a model or raw signal only where nothing else is there."""
    ordinate = technique.ordinate
    of_light = (*_OF_LIGHT, ordinate)
    alone = not any(head.quantity in of_light for head in heads)
    names = ("y", *(("model", "raw") if alone else ()))
    if ordinate in _OF_LIGHT and y.name in (*names, *_OF_LIGHT):
        unit = y.unit or ("counts" if "counts" in (y.name, ordinate) else "")
        return replace(y, name=ordinate, unit=unit)
    return replace(y, name=ordinate) if ordinate and y.name in names else y
