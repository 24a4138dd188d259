"""The curves of a drawing as plain data: what the zoomable chart, the printed figure and the overlay draw.

Pure: no Django, no database. The shape is described in xy-chart.js.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.drawing import Drawing, Drawn, Stored, falls, label, titled, unit
from labnotebook.records.presentation.formulas import formula_text

COLOURS = {"fit": "ink", "background": "s3"}
OVER_THE_DATA = ("fit", "background")  # curves on the axes of the measurement itself
SIMULATED = "Simulated, not measured"
MOST_LINES = 20  # of one chart
LINE_COLOURS = 4  # that are told apart, then they begin anew


def chart(drawn: Drawn, drawing: Drawing, *, simulated: bool = False) -> dict[str, Any]:
    """Return title, axes, series, residual, marks and the stretch of x that is shown first."""
    if len(drawn.channels) < 2:
        return {"title": drawn.title, "x": {}, "y": {}, "series": []}
    x, *columns = drawing.columns(drawn)
    several = len(columns) > 1
    measured = SIMULATED if simulated else "measured"
    series = [
        {
            "label": _named(channel, columns) if several else measured,
            "kind": "line",
            "colour": f"s{(place - 1) % LINE_COLOURS + 1}",
            "x": plain(x["values"]),
            "y": plain(channel["values"]),
        }
        for place, channel in enumerate(columns[:MOST_LINES], start=1)
    ]
    own_axis = drawn.on_its_axis(drawing)
    drawing_data: dict[str, Any] = {
        "title": f"{drawn.title}. {SIMULATED}" if simulated else drawn.title,
        "x": {"label": label(x), "unit": unit(x)},
        "y": {
            "label": "" if several else label(columns[0]),
            "unit": "" if several else unit(columns[0]),
            "scale": "log" if drawing.log else "linear",
        },
        "series": series + _lines(drawn, drawing) + _sticks(drawn, drawing),
    }
    if falls(label(x)):
        drawing_data["x"]["falls"] = True
    wavelength = drawing.wavelength_angstrom(drawn)
    if wavelength:
        drawing_data["x"]["wavelength_angstrom"] = wavelength
    mark = drawn.mark(drawing.marked, drawing.marked_energy)
    if mark is not None:
        drawing_data["marks"] = [{"x": mark.x, "label": mark.words}]
    residual = drawn.curve("residual")
    if residual:
        drawing_data["residual"] = {
            "label": "Residual",
            "unit": residual.get("unit") or (unit(columns[0]) if not several else ""),
            "x": plain(residual["x"]),
            "y": plain(residual["y"]),
        }
    if drawn.left_out and own_axis:
        drawing_data["left_out"] = [list(one) for one in drawn.left_out]
    opened = drawing.opened(drawn) if own_axis else None
    if opened:
        drawing_data["open"] = list(opened)
    return drawing_data


def plain(values: Any) -> list[float | None]:
    """Return values as JSON has them: None where there is no number."""
    if isinstance(values, np.ndarray):
        return [value if np.isfinite(value) else None for value in values.tolist()]
    return list(values)


def _named(channel: Stored, columns: list[Stored]) -> str:
    """Return what a line is called: its quantity, and its own head where several are of one quantity."""
    if channel["label"] and sum(one["name"] == channel["name"] for one in columns) > 1:
        return str(channel["label"])
    return titled(channel)


def _lines(drawn: Drawn, drawing: Drawing) -> list[dict[str, Any]]:
    """Return fit and background, and what else the technique draws over its data."""
    return [
        {
            "label": one["name"],
            "kind": "line",
            "colour": COLOURS.get(one["name"], "ink"),
            "dash": one["name"] == "background",
            "x": plain(one["x"]),
            "y": plain(one["y"]),
        }
        for one in drawn.curves
        if one["name"] in (*OVER_THE_DATA, *drawing.lines)
    ]


def _sticks(drawn: Drawn, drawing: Drawing) -> list[dict[str, Any]]:
    """Return the reference patterns, each with the short name of its row and what its lines are called."""
    return [
        {
            "label": formula_text(one["name"]),
            "row": row_name(one["name"], drawing.stick_colours),
            "kind": "sticks",
            "colour": drawing.stick_colours.get(one["name"][:1], "s3"),
            "x": plain(one["x"]),
            "y": plain(one["y"]),
            "names": list(one.get("names") or []),
        }
        for one in drawn.curves
        if one["kind"] == "sticks"
    ]


def row_name(name: str, phases: Mapping[str, str]) -> str:
    """Return what stands at the left of a row of lines: the phase's letter, else the formula.

    >>> row_name("γ-CsPbI3", {"γ": "gamma"}), row_name("PbI2 (2H)", {})
    ('γ', 'PbI₂')
    """
    return name[:1] if name[:1] in phases else formula_text(name.split(" ")[0])
