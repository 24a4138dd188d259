"""The drawing of a composition: a bar for each element."""

from __future__ import annotations

import numpy as np

from analysis.drawing import Drawing, Drawn, Stored, label, numbers, unit
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.plots import Plot


def bars(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw atomic per cent where they were computed, else the first column of the table."""
    found, measured = drawn.curve("at%"), drawn.channels[1]
    heights = numbers(found["y"] if found else measured["values"])
    names = (drawn.reading.get("metadata") or {}).get("elements") or [""] * heights.size
    words, percent = ("Atoms", "%") if found else (label(measured), unit(measured))
    y = Axis.over([heights], words, percent, zero=True)
    plot = Plot(Axis(-0.6, heights.size - 0.4, ""), y, drawn.sentence, size="flat")
    for place, (height, name) in enumerate(zip(heights, names, strict=False)):
        if np.isfinite(height):
            plot.bars([place - 0.4, place + 0.4], [height])
            plot.note(place, max(height, 0.0), name, "hl xm", dy=-6)
    return Figure([plot])


def columns(drawn: Drawn) -> list[Stored]:
    """Return the row and the first column for the chart that zooms."""
    return drawn.channels[:2]
