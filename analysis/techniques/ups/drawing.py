"""The drawing of a UPS spectrum: counts against binding energy on a log axis, with the lines of both edges."""

from __future__ import annotations

import numpy as np

from analysis.drawing import Drawing, Drawn, Stored, numbers, spectrum
from labnotebook.records.presentation.axes import Axis
from labnotebook.records.presentation.figure import Figure, curve_key
from labnotebook.records.presentation.plots import Plot


def edges(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the spectrum over binding energy; what was read where nothing was found."""
    found = drawn.curve("binding")
    if found is None:
        return spectrum(drawn, drawing, small=small)
    x, y = numbers(found["x"]), numbers(found["y"])
    axis = Axis.over([x], "Binding energy", "eV", tight=True, wanted=8, falls=True)
    plot = Plot(axis, Axis.over([y], "Counts", log=True), drawn.sentence)
    plot.line(x, y, "raw thin")
    for name in ("cut-off line", "onset line"):
        line = drawn.curve(name)
        if line is not None:
            plot.line(numbers(line["x"]), numbers(line["y"]), "fit")
    for quantity, words in (("cutoff_ev", "cut-off"), ("valence_onset_ev", "onset")):
        value = drawn.value(quantity)
        if value is not None and not small:
            plot.vertical(value, f"{words} {value:.2f} eV")
    return Figure([plot], key=curve_key(("raw", "measured"), ("fit", "lines of the edges")))


def corrected(drawn: Drawn) -> list[Stored]:
    """Return counts against binding energy without the bias; the file's own columns where they are that."""
    found, own = drawn.curve("binding"), drawn.channels
    if found is None:
        return own
    x, read = numbers(found["x"]), numbers(own[0]["values"])
    near = 1e-6 * float(np.nanmax(read) - np.nanmin(read))
    # A bias or a kinetic energy puts an end beyond the file's own; ranges left out only take away.
    if np.nanmin(x) >= np.nanmin(read) - near and np.nanmax(x) <= np.nanmax(read) + near:
        return own
    energy = {"name": "corrected", "unit": "eV", "label": "Binding energy", "values": found["x"]}
    return [energy, {**own[1], "values": found["y"]}]
