"""Numbers in sentences, with the digits that their uncertainty leaves: as the panel beside them has it."""

from __future__ import annotations

from analysis.result import Figure
from labnotebook.records.presentation.numbers import NARROW_SPACE, format_quantity


def rounded(value: float, uncertainty: float | None, unit: str = "") -> str:
    """Return value, uncertainty and unit in plain spaces.

    >>> rounded(686.418, 0.42, "nm")
    '686.4 ± 0.4 nm'
    """
    return format_quantity(value, uncertainty, unit).text.replace(NARROW_SPACE, " ")


def rounded_figure(figure: Figure) -> str:
    """Return a figure with its unit, or the empty string where it has no value."""
    if figure.value is None:
        return ""
    return rounded(figure.value, figure.uncertainty, figure.unit)
