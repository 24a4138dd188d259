"""What a reader makes of an instrument file: arrays with units, metadata, warnings.

Pure: no Django, no database. Readers make a `Reading`, methods take one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


class UnreadableFile(ValueError):
    """The file cannot be read; the message says what, where and how to mend it.

    ``preview`` is what a text looks like whose columns a person may name (`analysis.readers.preview`).
    """

    preview: Any = None


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
class Image:
    """A grey image, or a map over two axes, shape (rows, columns).

    ``nm_per_pixel`` is None where the file does not say its scale, and of a map.
    """

    values: NDArray[np.float32]
    nm_per_pixel: float | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of a file: an abscissa and what was measured at it. ``key`` names it within its file."""

    x: Channel
    ys: tuple[Channel, ...]
    label: str = ""  # as the file writes it: a sample, a pixel, an aliquot, a range
    metadata: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    image: Image | None = None  # of a file with several

    @property
    def points(self) -> int:
        """The number of points."""
        return len(self.x.values)

    def at(self, where: slice | NDArray[Any]) -> Scan:
        """Return the scan with these of its points alone, in this order."""
        ys = tuple(replace(y, values=y.values[where]) for y in self.ys)
        return replace(self, x=replace(self.x, values=self.x.values[where]), ys=ys)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a record of the instrument says of one of its scales: standard uncertainty, whose it is."""

    u: float
    by: str  # "MI-0001"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: the first channel is the abscissa, the others belong to it point by point.

    Of a file with several scans the channels are those of the chosen one; before one is chosen they are
    what can be drawn together, and no method makes anything of it. Of an ``image`` the channels are its
    grey levels; it is there for the method and is not stored, as it stays in the file.
    """

    technique: str  # xrd | pl | absorbance | trpl | jvl | el_spectrum
    reader: str  # "xrdml 1"
    channels: tuple[Channel, ...]
    metadata: dict[str, Any] = field(default_factory=dict)  # JSON-ready: what the header says
    warnings: tuple[str, ...] = ()
    scans: tuple[Scan, ...] = ()  # every scan of the file
    scan: str = ""  # key of the one that the channels are of; empty before one is chosen
    image: Image | None = None
    columns: str = ""  # heads of its columns that were remembered of an earlier file, where it was read by them
    left_out: tuple[tuple[float, float], ...] = ()  # ranges whose points a person left out
    # By scale of the instrument (`analysis.technique.Scale`); none without a record of it.
    calibrated: Mapping[str, Calibrated] = field(default_factory=dict)

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

    @property
    def asks_for_a_scan(self) -> bool:
        """Whether the file holds several scans and none of them was chosen."""
        return len(self.scans) > 1 and not self.scan

    def of(self, key: str) -> Reading:
        """Return the reading of one of its scans; raises `UnreadableFile` when there is none of that key."""
        chosen = next((scan for scan in self.scans if scan.key == key), None)
        if chosen is None:
            raise UnreadableFile(
                f"This file has no scan {key[:20]!r}. It holds"
                f" {named_scans([(one.key, one.label) for one in self.scans])}."
            )
        return replace(
            self,
            channels=(chosen.x, *chosen.ys),
            metadata={**self.metadata, **chosen.metadata},
            scan=key,
            image=chosen.image or self.image,
        )


def named_scans(scans: Sequence[tuple[str, str]], most: int = 12) -> str:
    """Return scans, each as key and label, in words: ``1 (batch 12), 2 (batch 13)``."""
    words = [f"{key} ({label})" if label else key for key, label in scans[:most]]
    rest = len(scans) - len(words)
    return ", ".join(words) + (f" and {rest} more" if rest > 0 else "")
