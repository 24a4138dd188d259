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
    diffraction_facts,
    heads_from_keys,
    key_values,
)
from analysis.readers.heads import Head
from analysis.readers.scans import Scan
from analysis.readers.sniffing import TECHNIQUE_NAMES
from analysis.readers.tables import Block, Table, find_tables
from analysis.reading import Channel, UnreadableFile

_LIGHT = ("wavelength", "photon_energy", "wavenumber")
AXES = {
    "xrd": ("two_theta", "theta", "q"),
    "pl": _LIGHT,
    "absorbance": _LIGHT,
    "el_spectrum": _LIGHT,
    "trpl": ("time",),
    "jvl": ("voltage",),
}
_ORDINATE = {
    "xrd": "intensity",
    "pl": "intensity",
    "absorbance": "absorbance",
    "el_spectrum": "intensity",
    "trpl": "counts",
}
# Ordinates that tell that a file is of another kind, and what to do about it.
_FOREIGN = {
    "pl": ("absorbance", "absorptance", "transmittance", "reflectance", "voltage", "current", "current_density", "eqe"),
    "el_spectrum": ("absorbance", "absorptance", "transmittance", "reflectance", "voltage", "current", "eqe"),
    "absorbance": ("counts", "intensity", "absorptance", "transmittance", "reflectance", "voltage", "current", "eqe"),
    "xrd": ("absorbance", "transmittance", "voltage", "current", "current_density", "eqe"),
    "trpl": ("absorbance", "transmittance", "voltage", "current", "current_density", "eqe"),
}  # fmt: skip
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


def read_columns(lines: list[str], technique: str) -> Columns:
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
    if technique == "xrd":
        metadata.update(diffraction_facts(pairs, header))
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


def scans_of(columns: Columns, technique: str, warnings: list[str]) -> list[Scan]:
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


def _groups(heads: list[Head], technique: str) -> list[list[int]]:
    """Return lists of column numbers, each an axis followed by its ordinates."""
    quantities = [head.quantity for head in heads]
    axis = next((a for a in AXES[technique] if a in quantities), None)
    if axis is None:
        raise UnreadableFile(_no_axis(heads, technique))
    starts = [column for column, quantity in enumerate(quantities) if quantity == axis]
    first_ordinates = [c for c in range(starts[0]) if _is_ordinate(heads[c], technique)]
    groups: list[list[int]] = []
    for start, stop in zip(starts, [*starts[1:], len(heads)], strict=True):
        # Columns without a head are kept too: nothing is lost because a name is missing.
        ys = [c for c in range(start + 1, stop) if quantities[c] not in ("index", *AXES[technique])]
        if not groups:
            ys += first_ordinates
        if ys:
            groups.append([start, *_best_first(ys, heads, technique)])
    if not groups:
        raise UnreadableFile(_no_axis(heads, technique))
    foreign = heads[groups[0][1]].quantity
    if foreign in _FOREIGN.get(technique, ()):
        raise UnreadableFile(
            f'The column "{heads[groups[0][1]].label}" holds {foreign.replace("_", " ")}, so this is not '
            f"{TECHNIQUE_NAMES[technique]}. Choose the technique that fits, or export the right column."
        )
    return groups


def _is_ordinate(head: Head, technique: str) -> bool:
    return head.quantity not in ("", "index", *AXES[technique]) and head.quantity != "time"


def _best_first(ys: list[int], heads: list[Head], technique: str) -> list[int]:
    wanted = (_ORDINATE.get(technique), "counts", "intensity")
    good = [c for c in ys if heads[c].quantity in wanted]
    poor = ("uncertainty", "dark", "reference", "time", "index")
    if not good:
        good = [c for c in ys if heads[c].quantity not in poor]
    return good + [c for c in ys if c not in good]


def _no_axis(heads: list[Head], technique: str) -> str:
    printed = ", ".join(f'"{head.label}"' for head in heads if head.label)[:200]
    wanted = " or ".join(
        name.replace("_", " ").replace("two theta", "2theta") for name in AXES[technique]
    )
    return (
        f"This table has the columns {printed}; {TECHNIQUE_NAMES[technique]} needs {wanted} and something "
        "measured at it. Choose the technique that fits the file, or export it with these columns."
    )


def _unnamed_group(columns: Columns, technique: str, warnings: list[str]) -> list[int]:
    if technique == "jvl":
        raise UnreadableFile(
            "The columns of this file have no names, so voltage, current and luminance cannot be told "
            'apart. Put a line such as "Voltage (V)", "Current (A)", "Luminance (cd/m2)" above the numbers.'
        )
    numbers = [
        c for c in range(len(columns.heads)) if c not in columns.table.blocks[0].text_columns
    ]
    if len(numbers) > 2 and not (technique == "xrd" and len(numbers) == 3):
        warnings.append(
            f"The {len(numbers)} columns have no names; the first was taken as the axis and the second "
            "as what was measured."
        )
    return numbers


def channel_of(
    head: Head, values: NDArray[np.float64], technique: str, converted: set[str]
) -> Channel:
    """Return the channel of a column in the house's unit; ``converted`` notes what was scaled."""
    values = np.array(values, dtype=np.float64)
    measures = _MEASURES if technique != "trpl" else (*_MEASURES, "time")
    if head.unit in _SCALES and head.quantity in measures:
        unit, factor = _SCALES[head.unit]
        converted.add(f"{head.label}: {head.unit} to {unit}")
        return Channel(head.quantity, unit, values * factor, head.label)
    unit = "%" if head.quantity == "eqe" and not head.unit and "%" in head.label else head.unit
    return Channel(head.quantity or "y", unit, values, head.label)


def _with_names(
    channels: list[Channel], named: bool, technique: str, warnings: list[str]
) -> list[Channel]:
    x, y, *others = channels
    if not named:
        x = _guess_axis(x, technique, warnings)
        if technique == "xrd" and len(others) == 1:
            others = [replace(others[0], name="uncertainty")]
    else:
        x = _complete_axis(x, technique, warnings)
    ordinate = _ORDINATE.get(technique, "y")
    if technique != "jvl" and y.name in ("y", "counts", "intensity") and ordinate != "absorbance":
        unit = y.unit or ("counts" if y.name == "counts" or technique == "trpl" else "")
        y = replace(y, name=ordinate, unit=unit)
    elif y.name == "y" and technique != "jvl":
        y = replace(y, name=ordinate)
    return [x, y, *others]


def _guess_axis(x: Channel, technique: str, warnings: list[str]) -> Channel:
    """Name an axis that the file leaves without a name, from its range, and say so."""
    finite = x.values[np.isfinite(x.values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if technique == "xrd":
        return _check_angles(replace(x, name="two_theta", unit="deg"))
    if technique == "trpl":
        warnings.append("The columns have no names; the first was taken as time in ns.")
        return replace(x, name="time", unit="ns")
    if low == high:
        return x  # no axis at all; refused where the scans are tidied
    for name, unit, least, most in (
        ("wavelength", "nm", 150, 3500),
        ("photon_energy", "eV", 0.3, 8),
        ("wavenumber", "1/cm", 2500, 70000),
    ):
        if least <= low and high <= most:
            warnings.append(
                f"The columns have no names; the first ({low:g} to {high:g}) was taken as "
                f"{name.replace('_', ' ')} in {unit}."
            )
            return replace(x, name=name, unit=unit)
    raise UnreadableFile(
        f"The columns have no names and the first runs from {low:g} to {high:g}, which is neither a "
        "wavelength in nm, an energy in eV nor a wavenumber in 1/cm. Check the technique, or name the "
        'columns in a line above the numbers, such as "Wavelength (nm)", "Intensity".'
    )


def _complete_axis(x: Channel, technique: str, warnings: list[str]) -> Channel:
    if x.name == "theta":
        warnings.append(f'The column "{x.label}" was taken as 2theta, as instruments export it.')
        x = replace(x, name="two_theta")
    if x.name == "two_theta":
        return _check_angles(replace(x, unit="deg"))
    if x.unit:
        return x
    if x.name == "time":
        warnings.append(f'The column "{x.label}" has no unit; it was taken as ns.')
        return replace(x, unit="ns")
    unit = {"wavelength": "nm", "photon_energy": "eV", "wavenumber": "1/cm"}.get(x.name, "")
    if unit:
        warnings.append(f'The column "{x.label}" has no unit; it was taken as {unit}.')
    return replace(x, unit=unit)


def _check_angles(x: Channel) -> Channel:
    finite = x.values[np.isfinite(x.values)]
    if finite.size and not (finite.min() >= -180 and finite.max() <= 180):
        raise UnreadableFile(
            f"The axis runs from {finite.min():g} to {finite.max():g}, which cannot be 2theta in degrees. "
            "Check the technique: this may be a spectrum over wavelength."
        )
    return x
