"""A number that can be known of a batch, a device or a pixel: its name, unit, words and plausible range."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SUBJECTS = BATCH, DEVICE, PIXEL = "batch", "device", "pixel"
ON_DEVICES = (DEVICE, PIXEL)


class Place(Enum):
    """Which number of a quantity stands in the history row of a batch."""

    BATCH = "of the batch"
    BEST = "best of its devices"
    PIXELS = "of all pixels of its devices"
    NOWHERE = "none"


class Better(Enum):
    """Which way a quantity gets better; with no way the highest one stands for several."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and its words. ``name`` ends in its unit.

    ``low`` and ``high`` bound what is plausible, in ``unit``. ``subjects`` are what it may be typed
    for; without any, it only comes from analyses. ``heading`` is what the history calls its column.
    """

    name: str
    unit: str
    label: str
    short: str = ""
    heading: str = ""
    low: float = 0.0
    high: float = 1e12
    subjects: tuple[str, ...] = ()
    better: Better = Better.NEITHER
    place: Place = Place.NOWHERE
    computed_from: str = ""  # in words; such a number is never typed
    of_the_fit: bool = False  # says something about an analysis, nothing about the sample
    in_table: bool = False  # a column of the history page from the start

    @property
    def title(self) -> str:
        """What a column, an axis or a filter of the history is called."""
        return self.heading or self.short or self.label

    @property
    def written_unit(self) -> str:
        """The unit as it stands on paper: cd/m², 1/cm³."""
        return self.unit.replace("m2", "m²").replace("m3", "m³")
