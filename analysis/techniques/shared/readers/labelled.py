"""One spectrum whose file says in words what its two axes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.readers.axes import axis_of
from analysis.readers.heads import Head
from analysis.readers.units import channel_of
from analysis.reading import Channel, UnreadableFile
from analysis.technique import Technique

Floats = NDArray[np.float64]


def axis_and_ordinate(
    kind: str,
    heads: Sequence[Head],
    values: tuple[Floats, Floats],
    technique: Technique,
    told: Mapping[str, str],
    warnings: list[str],
    converted: set[str],
) -> tuple[Channel, Channel]:
    """Return axis and ordinate as the technique has them, from what the heads of both say.

    ``kind`` is the format, in words. Raises `UnreadableFile` for a spectrum of another technique.
    """
    x, y = heads
    axis = channel_of(x, values[0], technique, converted)
    axis = axis_of(axis, technique, told, warnings, named=bool(x.quantity))
    if technique.axis(axis.name) is None or y.quantity in technique.foreign:
        raise UnreadableFile(
            f'This {kind} file holds "{y.label or "numbers"}" over "{x.label or "an axis"}", not '
            f"{technique.noun}. Choose the technique that fits, or export the right spectrum."
        )
    measured = channel_of(y, values[1], technique, converted)
    if measured.name in ("y", "counts", "intensity") and technique.ordinate:
        measured = Channel(technique.ordinate, measured.unit, measured.values, measured.label)
    return axis, measured
