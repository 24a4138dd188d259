"""What every reader of scans over 2theta checks, and what one of another axis is told."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from analysis.readers.text import MAX_ROWS
from analysis.reading import Channel, UnreadableFile

_TWO_THETA = re.compile(
    r"2\s*-?\s*(theta|θ)|two\s*-?theta|(?<!un)(?<!\w)(un)?locked ?coupled|coupled|^detector", re.I
)


def is_two_theta(axis: str) -> bool:
    """Tell whether the name of a scan or its axis means 2theta; a name that is not said may."""
    return not axis.strip() or _TWO_THETA.search(axis) is not None


def two_theta(values: NDArray[np.float64], scan: str) -> Channel:
    """Return the abscissa; raise `UnreadableFile` for angles that no diffractometer has."""
    if not (np.abs(values[np.isfinite(values)]) <= 180).all():
        raise UnreadableFile(
            f"In {scan} of this file the angles leave -180 to 180 degrees, so the file is damaged or of another kind. "
            "Export it again, or as .xy."
        )
    return Channel("two_theta", "deg", values, "2Theta")


def stepped(start: float, step: float, count: int, scan: str) -> Channel:
    """Return the abscissa of a scan in even steps; raise `UnreadableFile` when they make no sense."""
    sound = np.isfinite([start, step]).all() and 1e-6 < abs(step) < 10 and 0 < count <= MAX_ROWS
    if not sound:
        raise UnreadableFile(
            f"In {scan} of this file stand {count} steps of {step:g} degrees from {start:g}, which no scan has: the file "
            "is damaged or of another kind. Export it again, or as .xy."
        )
    return two_theta(start + step * np.arange(count, dtype=np.float64), scan)


def intensity(values: NDArray[np.float64], unit: str, label: str, scan: str) -> Channel:
    """Return the ordinate; raise `UnreadableFile` for numbers that are no intensities."""
    finite = values[np.isfinite(values)]
    if finite.size < len(values) / 2 or (
        finite.size and (finite.max() > 1e12 or finite.min() < -1e9)
    ):
        raise UnreadableFile(
            f"The intensities of {scan} in this file are no numbers that a detector gives: the file is damaged or of "
            "another kind. Export it again, or as .xy."
        )
    return Channel("intensity", unit, values, label)
