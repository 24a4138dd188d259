"""J-V and J-V-L sweeps as text: voltage with current, current density, luminance, EQE...

Points stay in the order they were measured; ``metadata["sweeps"]`` says which go up and which down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.columns import read_columns, scans_of
from analysis.readers.heads import Head, unit_of
from analysis.readers.scans import make_reading
from analysis.readers.tables import MIN_POINTS
from analysis.reading import Reading, Scan, UnreadableFile
from analysis.technique import Y_UNIT, InstrumentFile, Reader, Technique

READER = "jvl text 2"
DENSITIES = ("mA/cm2", "A/cm2", "A/m2", "mA/m2", "uA/cm2", "nA/cm2")
CURRENTS = ("mA", "A", "uA", "nA")
_MEASURED = (
    "current",
    "current_density",
    "luminance",
    "eqe",
    "power_efficiency",
    "current_efficiency",
)


def read(file: InstrumentFile, technique: Technique) -> Reading:
    """Read a sweep; raise `UnreadableFile` when there is no voltage with something measured at it."""
    columns = read_columns(file, technique)
    if columns.named:
        _refuse_tracking(columns.heads, columns.table.blocks[0].columns)
    columns = replace(columns, heads=_with_unit_of_current(columns.heads, file.told))
    warnings = list(columns.table.warnings)
    scans = [part for scan in scans_of(columns, technique, warnings) for part in _begun_again(scan)]
    if not any(y.name in _MEASURED for y in scans[0].ys):
        printed = ", ".join(f'"{head.label}"' for head in columns.heads if head.label)
        raise UnreadableFile(
            f"Beside the voltage this file has no column for current, current density or luminance "
            f'({printed}). Name the columns with their units, such as "Current (A)", "J (mA/cm2)".'
        )
    warnings.extend(_unsaid_units(columns.heads))
    return make_reading(
        technique,
        READER,
        scans,
        columns.metadata,
        warnings,
        keep_order=True,
        facts_of=lambda scan: {"sweeps": sweeps(scan.x.values)},
    )


def sweeps(voltage_v: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Return ``[{"start", "stop", "direction"}]``: point numbers (stop excluded) of each sweep."""
    found: list[dict[str, Any]] = []
    start, last_move, direction = 0, 0, 0.0
    for point in range(1, len(voltage_v)):
        step = float(np.sign(voltage_v[point] - voltage_v[point - 1]))
        if step and direction and step != direction:
            turn = last_move + 1  # a voltage that is held at the turn belongs to the way back
            found.append({"start": start, "stop": turn, "direction": _word(direction)})
            start, direction = turn, step
        if step:
            last_move, direction = point, step
    found.append({"start": start, "stop": len(voltage_v), "direction": _word(direction)})
    return found


def _begun_again(scan: Scan) -> list[Scan]:
    """Return a scan for each time that the voltage jumps back to its start and runs the same way again.

    Pixels below each other, or one pixel measured again: nothing tells which, so none of them is taken for all.
    """
    voltage = scan.x.values
    known = voltage[np.isfinite(voltage)]
    if known.size < 2 * MIN_POINTS:
        return [scan]
    width = float(np.ptp(known))
    back = np.abs(voltage[1:] - known[0]) <= 0.02 * width
    jumps = np.flatnonzero(back & (np.abs(np.diff(voltage)) >= 0.5 * width)) + 1
    edges = [0, *jumps, len(voltage)]
    if len(edges) < 3 or min(np.diff(edges)) < MIN_POINTS:
        return [scan]
    return [
        replace(scan.at(slice(start, stop)), label=f"{scan.label} sweep {number}".strip())
        for number, (start, stop) in enumerate(pairwise(edges), 1)
    ]


def _word(direction: float) -> str:
    return "up" if direction > 0 else "down" if direction < 0 else "still"


def _refuse_tracking(heads: list[Head], columns: NDArray[np.float64]) -> None:
    """Refuse a trace over time (maximum power point, stability): its voltage is no sweep."""
    quantities = [head.quantity for head in heads]
    if "time" not in quantities or "voltage" not in quantities:
        return
    voltage = columns[quantities.index("voltage")]
    voltage = voltage[np.isfinite(voltage)]
    if len(voltage) >= MIN_POINTS and len(np.unique(voltage)) < len(voltage) / 4:
        raise UnreadableFile(
            f"This is a trace over time with {len(np.unique(voltage))} different voltages in "
            f"{len(voltage)} points (such as maximum-power-point tracking), not a J-V-L sweep. Choose the technique "
            "lifetime trace, or upload the sweep itself."
        )


def _with_unit_of_current(heads: list[Head], told: Mapping[str, str]) -> list[Head]:
    """Put the unit that a person tells where a current has none; ask for it where nobody tells."""
    bare = [
        head for head in heads if head.quantity in ("current", "current_density") and not head.unit
    ]
    if not bare or all(head.quantity != "voltage" for head in heads):
        return heads
    said = told.get(Y_UNIT, "").strip()
    unit = unit_of(said)
    if not said:
        units = DENSITIES if bare[0].quantity == "current_density" else CURRENTS
        raise UnreadableFile(
            f'The column "{bare[0].label}" has no unit: it may be in {" or ".join(units[:2])}, which is a factor of '
            f'1000 in every efficiency. Say it by the setting "{Y_UNIT}" ({", ".join(units)}), or write it in the head, '
            f'such as "{bare[0].label} ({units[0]})".'
        )
    if unit not in (*DENSITIES, *CURRENTS):
        known = ", ".join((*DENSITIES, *CURRENTS))
        raise UnreadableFile(
            f'The setting "{Y_UNIT}" says "{said}", which is no unit of a current: {known}.'
        )
    quantity = "current_density" if unit in DENSITIES else "current"
    return [replace(head, quantity=quantity, unit=unit) if head in bare else head for head in heads]


def _unsaid_units(heads: list[Head]) -> list[str]:
    return [
        f'The column "{head.label}" has no unit that is known here; its numbers are kept as they stand.'
        for head in heads
        if head.quantity in ("voltage", "current", "current_density", "luminance")
        and head.unit not in ("V", "mV", "A", "mA", "uA", "nA", "mA/cm2", "A/cm2", "A/m2", "uA/cm2",
                              "nA/cm2", "mA/m2", "cd/m2", "kcd/m2", "cd/cm2")
    ]  # fmt: skip


TEXT = Reader("a sweep as text", read)
