"""The drawing of a powder pattern: fit, background and the reference lines of what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.drawing import Drawing, Drawn
from labnotebook.records.presentation import figures
from labnotebook.records.presentation.figure import Figure

STICK_COLOURS: Mapping[str, str] = {"γ": "gamma", "α": "alpha", "δ": "delta", "β": "beta"}


def pattern(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the pattern; a small one without the residual and the reference lines."""
    curve = drawn.measured
    assert curve is not None
    curve = curve.within(drawing.opened(drawn))
    if small:
        return figures.pattern(curve.x, curve.y, drawn.sentence, y_label=curve.y_label, size="")
    return figures.pattern(
        curve.x,
        curve.y,
        drawn.sentence,
        fit=drawn.along(curve.x, "fit"),
        background=drawn.along(curve.x, "background"),
        sticks=_sticks(drawn),
        y_label=curve.y_label,
        size="tall",
    )


def _sticks(drawn: Drawn) -> dict[str, tuple[Any, Any]] | None:
    found = [c for c in drawn.curves if c["kind"] == "sticks"]
    return {STICK_COLOURS.get(c["name"][:1], c["name"]): (c["x"], c["y"]) for c in found} or None


def wavelength_angstrom(drawn: Drawn) -> float | None:
    """Return the wavelength that the fit was made with, by which an angle is a spacing."""
    found = ((drawn.result.get("detail") or {}).get("fit") or {}).get("wavelength_angstrom")
    return float(found) if found else None
