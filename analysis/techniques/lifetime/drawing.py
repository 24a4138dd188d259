"""The drawing of a trace: the signal over L0 against operating time with its levels and models, or the cycles."""

from __future__ import annotations

import numpy as np

from analysis.drawing import Drawing, Drawn, numbers, spectrum
from labnotebook.records.presentation import figures
from labnotebook.records.presentation.figure import Curve, Figure


def trace(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw L/L0 with a fit, or the cycles; what the file has when nothing was found."""
    cycles = drawn.curve("cycles of first")
    if cycles is not None:
        best = drawn.curve("cycles of best")
        second = None
        if best is not None:
            second = Curve("of the best", numbers(best["x"]), numbers(best["y"]))
        return figures.spectrum(
            numbers(cycles["x"]), numbers(cycles["y"]), drawn.sentence, second=second,
            x_label="Cycle", x_unit="", y_label="L of the cycle over the first",
        )  # fmt: skip
    operating = drawn.curve("operating")
    if operating is None:
        return spectrum(drawn, drawing, small=small)
    x, y = numbers(operating["x"]), numbers(operating["y"])
    fit = drawn.along(x, "stretched exponential")
    reached = next((f for f in ("t50_h", "t80_h") if drawn.value(f)), None)
    place = None if reached is None else drawn.value(reached)
    counted = (drawn.result.get("detail") or {}).get("initial", {}).get("counted_from_h") or 0.0
    return figures.spectrum(
        x, y, drawn.sentence, fit=None if fit is None or not np.isfinite(fit).any() else fit,
        mark=None if place is None else (place + counted, f"{place:.4g} h"),
        x_label="Time of operation", x_unit="h", y_label="Signal over L0",
    )  # fmt: skip
