"""The sizes in a list of particles: which column is meant, in which unit, edge or diameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.tem.distribution import Floats
from analysis.techniques.tem.report import Sizes

NM = {"nm": 1.0, "um": 1e3, "angstrom": 0.1, "m": 1e9}
UNITS = ("nm", "px", "um", "angstrom")
# Columns in the order in which they are taken where nobody says which.
COLUMNS = ("edge", "diameter", "radius", "area", "length", "feret", "min_feret")
EDGE, DIAMETER = "edge length", "diameter"
_WHAT = {
    "edge": EDGE,
    "diameter": DIAMETER,
    "radius": DIAMETER,
    "feret": "longest Feret diameter",
    "min_feret": "shortest Feret diameter",
    "length": "length as listed",
}


def listed_sizes(reading: Reading, settings: dict[str, Any]) -> Sizes:
    """Return the sizes of a list in nm; raise `NoResult` where unit or scale is not said."""
    column = _column(reading, settings["column"])
    nm = _nm_per_unit(column, settings)
    values = column.values[np.isfinite(column.values)]
    warnings = []
    if values.size < column.values.size:
        warnings.append(f"{column.values.size - values.size} rows have no size and were left out.")
    if (values <= 0).any():
        warnings.append(f"{int((values <= 0).sum())} sizes of zero or less were left out.")
    sizes_nm, what = _as_sizes(values[values > 0], column, nm, settings["what"], warnings)
    return Sizes(sizes_nm, what, warnings=warnings, detail={"column": column.label or column.name})


def _column(reading: Reading, chosen: str) -> Channel:
    there = {one.name: one for one in reading.channels[1:]}
    if chosen and chosen not in there:
        have = ", ".join(name for name in COLUMNS if name in there)
        raise NoResult(f"This list has no column “{chosen}”; it has {have}.")
    return there[chosen or next(name for name in COLUMNS if name in there)]


def _nm_per_unit(column: Channel, settings: dict[str, Any]) -> float:
    said, written = settings["unit"], column.unit.removesuffix("2")
    if written and said and written != said:
        raise NoResult(
            f"The list says that “{column.label}” is in {column.unit}, the setting says {said}. Leave the setting empty."
        )
    unit = written or said
    if not unit:
        if settings["nm_per_pixel"] is not None:
            unit = "px"
        else:
            raise NoResult(
                f"The list does not say in which unit “{column.label or 'the size'}” is (it runs from "
                f"{np.nanmin(column.values):.4g} to {np.nanmax(column.values):.4g}). Say it by the setting “Unit of the list”: "
                "nm, or px together with the nm of a pixel."
            )
    if unit != "px":
        return NM[unit]
    if settings["nm_per_pixel"] is None:
        raise NoResult(
            f"“{column.label or 'The size'}” is in pixels: say how many nm a pixel is (length of the scale bar in nm divided by "
            "its length in pixels)."
        )
    return float(settings["nm_per_pixel"])


def _as_sizes(
    values: Floats, column: Channel, nm: float, what: str, warnings: list[str]
) -> tuple[Floats, str]:
    if column.name == "area":
        side = np.sqrt(values) * nm
        if what == "edge":
            return side, f"{EDGE} (square of the same area)"
        if not what:
            warnings.append(
                f"The sizes are diameters of circles of the same area. Were the particles cubes, their mean edge would be "
                f"{np.mean(side) if side.size else 0:.4g} nm: say so by the setting “Edge or diameter”."
            )
        return side * 2 / np.sqrt(np.pi), f"{DIAMETER} (circle of the same area)"
    sizes = values * nm * (2 if column.name == "radius" else 1)
    if column.name in ("feret", "min_feret"):
        warnings.append(
            f"“{column.label}” is the {_WHAT[column.name]}: of a cube that lies flat it is "
            f"{'1.41 times the edge' if column.name == 'feret' else 'the edge'}, of a sphere the diameter."
        )
    told = {"edge": EDGE, "diameter": DIAMETER}.get(what, "")
    if column.name == "length" and not told:
        warnings.append(
            "The list does not say whether its lengths are edges or diameters; say it by the setting “Edge or diameter”."
        )
    return sizes, told if column.name == "length" and told else _WHAT[column.name]
