"""What a reader makes of an instrument file: arrays with units, metadata, warnings.

Pure: no Django, no database. Readers make a `Reading`, methods take one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


class UnreadableFile(ValueError):
    """The file cannot be read; the message says what, where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of numbers.

    ``name`` is a quantity of the house's vocabulary, lower case (``wavelength``, ``counts``,
    ``intensity``, ``time``, ``two_theta``, ``voltage``, ``current``, ``current_density``,
    ``luminance``, ``eqe``, ``absorbance``, ``y`` where the file does not say); ``unit`` is written as
    ``nm``, ``eV``, ``ns``, ``deg``, ``V``, ``A``, ``mA/cm2``, ``cd/m2``, ``%``, ``counts``, ``1/cm``, or "" when
    the file does not say. ``label`` is the column head as the file prints it.
    """

    name: str
    unit: str
    values: NDArray[np.float64]  # shape (n,)
    label: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One scan: the first channel is the abscissa, the others belong to it point by point."""

    technique: str  # xrd | pl | absorbance | trpl | jvl | el_spectrum
    reader: str  # "xrdml 1"
    channels: tuple[Channel, ...]
    metadata: dict[str, Any] = field(default_factory=dict)  # JSON-ready: what the header says
    warnings: tuple[str, ...] = ()

    def channel(self, name: str) -> Channel | None:
        """Return the first channel called ``name``, or None."""
        return next((c for c in self.channels if c.name == name), None)

    @property
    def x(self) -> Channel:
        """The abscissa."""
        return self.channels[0]

    @property
    def y(self) -> Channel:
        """The first dependent channel."""
        return self.channels[1]
