"""What the abscissa of a table is: as its head says, as a person says, or asked where neither does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analysis.readers.heads import unit_of
from analysis.readers.units import scale_of
from analysis.reading import Channel, UnreadableFile
from analysis.technique import X_UNIT, Axis, Technique


def axis_of(
    x: Channel, technique: Technique, told: Mapping[str, str], warnings: list[str], *, named: bool
) -> Channel:
    """Return the abscissa with its name and unit.

    Raises
    ------
    UnreadableFile
        when nothing says the unit and the numbers fit several, or fit no axis of the technique.
    """
    unit = told.get(X_UNIT, "").strip()
    if unit and not x.unit:
        return _as_told(x, unit, technique)
    return _complete(x, technique, warnings) if named else _guessed(x, technique, warnings)


def _as_told(x: Channel, said: str, technique: Technique) -> Channel:
    unit = unit_of(said)
    for axis in technique.axes:
        if unit and unit == axis.unit:
            return replace(x, name=axis.name, unit=unit)
        if unit in axis.rivals:
            to, factor = scale_of(axis.name, unit, axis.unit)
            return replace(x, name=axis.name, unit=to, values=x.values * factor)
    known = ", ".join(unit for axis in technique.axes for unit in (axis.unit, *axis.rivals) if unit)
    raise UnreadableFile(
        f'The setting "{X_UNIT}" says "{said}", which is no unit that the axis of {technique.noun} has: {known}.'
    )


def _guessed(x: Channel, technique: Technique, warnings: list[str]) -> Channel:
    """Name an axis that the file leaves without a name, from its range, and say so."""
    low, high = range_of(x)
    possible = [axis for axis in technique.axes if axis.span is not None]
    fitting = _fitting_units(x, possible)
    for axis in possible:
        if not _lies_within(x, axis) or not (_is_sure(x, axis) or len(fitting) == 1):
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
    if fitting:
        raise _asked("The columns have no names and the first", x, fitting, possible)
    if possible and possible[0].impossible:
        raise UnreadableFile(_impossible(x, possible[0]))
    *others, last = [f"{axis.words} in {axis.unit}" for axis in possible]
    neither = f"neither {', '.join(others)} nor {last}" if others else f"not {last}"
    raise UnreadableFile(
        f"The columns have no names and the first runs from {low:g} to {high:g}, which is {neither}. "
        f"Check the technique, or name the columns in a line above the numbers, such as {_example(possible[0])}."
    )


def _complete(x: Channel, technique: Technique, warnings: list[str]) -> Channel:
    """Add the unit that the head of an axis leaves out."""
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
        low, high = range_of(x)
        if low < high and not (_lies_within(x, axis) and (not axis.rivals or _is_sure(x, axis))):
            raise _asked(
                f'The column "{x.label}" has no unit: it', x, _fitting_units(x, [axis]), [axis]
            )
        warnings.append(f'The column "{x.label}" has no unit; it was taken as {axis.unit}.')
    return replace(x, unit=axis.unit)


def _asked(what: str, x: Channel, fitting: list[str], axes: list[Axis]) -> UnreadableFile:
    low, high = range_of(x)
    units = fitting or [unit for axis in axes for unit in (axis.unit, *axis.rivals)]
    may = f"may be {' or '.join(fitting)}" if fitting else "is beyond what its usual unit allows"
    return UnreadableFile(
        f"{what} runs from {low:g} to {high:g}, which {may}; the file does not say the unit. Say it by the "
        f'setting "{X_UNIT}" ({", ".join(units)}), or name the columns with their units in a line above the '
        f"numbers, such as {_example(axes[0])}."
    )


def _example(axis: Axis) -> str:
    return f'"{axis.name.replace("_", " ").capitalize()} ({axis.unit})", "Intensity"'


def _fitting_units(x: Channel, axes: list[Axis]) -> list[str]:
    """Return the units in which the numbers would lie within the span of their axis."""
    fitting = [axis.unit for axis in axes if _lies_within(x, axis)]
    for axis in axes:
        for unit in axis.rivals:
            scaled = replace(x, values=x.values * scale_of(axis.name, unit, axis.unit)[1])
            if _lies_within(scaled, axis):
                fitting.append(unit)
    return fitting


def range_of(x: Channel) -> tuple[float, float]:
    """Return the lowest and the highest finite number."""
    finite = x.values[np.isfinite(x.values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _lies_within(x: Channel, axis: Axis) -> bool:
    low, high = range_of(x)
    return axis.span is None or (axis.span[0] <= low and high <= axis.span[1])


def _is_sure(x: Channel, axis: Axis) -> bool:
    return axis.sure is None or axis.sure[0] <= range_of(x)[1] <= axis.sure[1]


def _impossible(x: Channel, axis: Axis) -> str:
    low, high = range_of(x)
    return f"The axis runs from {low:g} to {high:g}, which {axis.impossible}"
