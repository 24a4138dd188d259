"""What is drawn of an analysis: the curves that were read and computed, and how a technique shows them.

Pure: no Django, no database. The pages make their charts from it (`analysis.views.charts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labnotebook.records.presentation import figures
from labnotebook.records.presentation.figure import Figure
from labnotebook.records.presentation.numbers import format_quantity

Floats = NDArray[np.float64]
Stored = Mapping[str, Any]  # a channel or a curve as the analysis keeps it
Range = tuple[float, float]

MOST_OPENED = 0.8  # of an axis: where the fit takes more of it, the whole is shown

LABELS = {
    "wavelength": "Wavelength",
    "energy": "Energy",
    "binding_energy": "Binding energy",
    "two_theta": "2θ",
    "time": "Time",
    "voltage": "Voltage",
    "counts": "Counts",
    "intensity": "Intensity",
    "absorbance": "Absorbance",
    "luminance": "Luminance",
    "current": "Current",
    "current_density": "Current density",
    "eqe": "EQE",
    "angle": "Angle from the normal",
    "lg_current_density": "lg J, J in mA cm⁻²",
}
UNITS = {"deg": "°", "counts": "", "mA/cm2": "mA cm⁻²", "cd/m2": "cd m⁻²"}


class DrawnCurve(NamedTuple):
    """The first channel of a file against its axis, and what both are called."""

    x: Floats
    y: Floats
    x_label: str
    x_unit: str
    y_label: str
    y_unit: str

    def within(self, stretch: Range | None) -> DrawnCurve:
        """Return the part of it on a stretch of the axis; all of it where none is said or nothing lies there."""
        if stretch is None:
            return self
        inside = (self.x >= stretch[0]) & (self.x <= stretch[1])
        return self._replace(x=self.x[inside], y=self.y[inside]) if inside.sum() > 1 else self


class Mark(NamedTuple):
    """A number that stands on the axis, and its words: 686.4 nm, as far as its uncertainty lets it be told."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an analysis keeps of the file and of the result, as its charts need it."""

    title: str
    reading: Stored
    result: Stored
    left_out: tuple[tuple[float, float], ...] = ()  # ranges of the axis that the method did not see

    @property
    def channels(self) -> list[Stored]:
        """The columns of the file, the axis first."""
        return list(self.reading.get("channels") or [])

    @property
    def by_name(self) -> dict[str, Floats]:
        """The numbers of each column."""
        return {channel["name"]: numbers(channel["values"]) for channel in self.channels}

    @property
    def curves(self) -> list[Stored]:
        """The lines that the method computed."""
        return list(self.result.get("curves") or [])

    def curve(self, name: str) -> Stored | None:
        """Return a computed line that has points."""
        return next((c for c in self.curves if c["name"] == name and len(c["x"])), None)

    def figure(self, quantity: str) -> Stored | None:
        """Return the number that the method found for a quantity."""
        found = self.result.get("figures") or []
        return next((f for f in found if f["quantity"] == quantity), None)

    def value(self, quantity: str) -> float | None:
        """Return its value."""
        figure = self.figure(quantity)
        return None if figure is None else figure["value"]

    @property
    def measured(self) -> DrawnCurve | None:
        """The first column against the axis; None when nothing that can be drawn was read."""
        channels = self.channels
        if len(channels) < 2 or len(channels[0]["values"]) < 2:
            return None
        axis, first = channels[:2]
        x, y = numbers(axis["values"]), numbers(first["values"])
        if not np.isfinite(x).any() or not np.isfinite(y).any() or np.nanmin(x) == np.nanmax(x):
            return None
        return DrawnCurve(x, y, label(axis), unit(axis), label(first), unit(first))

    def on_its_axis(self, drawing: Drawing) -> bool:
        """Whether the chart has the axis of the file: a histogram of a list of sizes has another."""
        shown = drawing.columns(self)
        return bool(shown and self.channels) and shown[0]["name"] == self.channels[0]["name"]

    def curve_of(self, drawing: Drawing) -> DrawnCurve | None:
        """Return the first column of the chart against its axis; None where there is none."""
        return replace(self, reading={"channels": drawing.columns(self)}).measured

    @property
    def sentence(self) -> str:
        """What the drawing shows, for who cannot see it."""
        what = f"{self.title}: {label(self.channels[1])} against {label(self.channels[0])}."
        summary = self.result.get("summary") or ""
        return f"{what} {summary}".strip()

    def along(self, x: Floats, name: str) -> Floats | None:
        """Return a computed line at the places of the data, empty where it does not reach."""
        one = self.curve(name)
        if one is None:
            return None
        places, heights = numbers(one["x"]), numbers(one["y"])
        order = np.argsort(places)
        return np.interp(x, places[order], heights[order], left=np.nan, right=np.nan)

    def mark(self, *quantities: str) -> Mark | None:
        """Return the first of these numbers that has the axis' unit: where it stands and how it is written."""
        for figure in filter(None, map(self.figure, quantities)):
            if figure["value"] and figure["unit"] == self.channels[0]["unit"]:
                value, u = float(figure["value"]), figure["uncertainty"]
                return Mark(value, written(value, u, figure["unit"]))
        return None

    @property
    def fitted(self) -> tuple[float, float] | None:
        """Where on the axis the fit begins and ends; None without a fit."""
        fit = self.curve("fit")
        return (float(min(fit["x"])), float(max(fit["x"]))) if fit else None


def spectrum(drawn: Drawn, drawing: Drawing, *, small: bool = False) -> Figure:
    """Draw the first column against the axis, the fit over it and the place of what was found."""
    curve = drawn.measured
    assert curve is not None
    curve = curve.within(drawing.opened(drawn))
    return figures.spectrum(
        curve.x,
        curve.y,
        drawn.sentence,
        fit=drawn.along(curve.x, "fit"),
        mark=drawn.mark(drawing.marked, drawing.marked_energy),
        x_label=curve.x_label,
        x_unit=curve.x_unit,
        falls=falls(curve.x_label),
        y_label=curve.y_label,
        y_unit=curve.y_unit,
    )


def near_the_fit(drawn: Drawn) -> Range | None:
    """Return where the fit is, with some room; None where that is most of the axis anyway."""
    curve, fitted = drawn.measured, drawn.fitted
    if curve is None or fitted is None:
        return None
    return roomy(*fitted, curve.x)


def roomy(low: float, high: float, x: Floats) -> Range | None:
    """Return a stretch of an axis and a sixth of it to either side; None where little would be left out."""
    first, last = float(np.nanmin(x)), float(np.nanmax(x))
    room = (high - low) / 6
    low, high = max(first, low - room), min(last, high + room)
    return (low, high) if 0 < high - low < MOST_OPENED * (last - first) else None


def columns(drawn: Drawn) -> list[Stored]:
    """Return the columns as the file has them."""
    return drawn.channels


class Way(NamedTuple):
    """Another pair of columns by which curves of a technique are laid over one another, as measured."""

    name: str  # in the address: "eqe-j"
    title: str  # "EQE–J"
    columns: Callable[
        [Drawn], list[Stored]
    ]  # the axis first; [] where the file has not what it takes
    log: bool = False

    def of(self, drawn: Drawn) -> Drawn:
        """Return a run with these columns as its only ones; ranges that were left out are of another axis."""
        channels = self.columns(drawn)
        return replace(drawn, reading={**drawn.reading, "channels": channels}, left_out=())


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a technique is drawn.

    ``figure`` draws what could be read; a small one leaves out what a card has no room for. ``columns``
    are those of the chart that zooms, the axis first.
    """

    figure: Callable[..., Figure] = spectrum  # (drawn, drawing, small=False)
    columns: Callable[[Drawn], list[Stored]] = columns
    marked: str = ""  # the quantity whose place on the axis is marked
    marked_energy: str = ""  # the same against an energy
    ways: tuple[Way, ...] = ()  # other columns that an overlay may be of
    log: bool = False  # the ordinate spans decades
    density: bool = False  # the ordinate counts per unit of the axis
    lines: tuple[str, ...] = ()  # curves that the chart draws beside fit and background
    opened: Callable[[Drawn], Range | None] = near_the_fit  # the stretch of x that is shown first
    wavelength_angstrom: Callable[[Drawn], float | None] = lambda drawn: (
        None
    )  # of an axis of angles
    dark_around: bool = False  # of several over one another, only the bright stretch is drawn
    stick_colours: Mapping[str, str] = field(default_factory=dict)  # first letter -> colour


def numbers(values: Any) -> Floats:
    """Return stored values as an array, NaN where there is none."""
    if isinstance(values, np.ndarray):
        return values
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def label(channel: Stored) -> str:
    """Return what an axis of a channel is called."""
    return str(LABELS.get(channel["name"], channel["label"] or channel["name"]))


def falls(axis: str) -> bool:
    """Whether an axis of this name falls to the right, as the field draws binding energies."""
    return axis == LABELS["binding_energy"]


def unit(channel: Stored) -> str:
    """Return the unit as it stands on paper."""
    return str(UNITS.get(channel["unit"], channel["unit"]))


def written(value: float, uncertainty: float | None, unit: str) -> str:
    """Return a number with the digits that its uncertainty leaves, and its unit; the ± stands elsewhere."""
    whole = format_quantity(value, uncertainty, unit)
    return f"{whole.value} {unit}"


def titled(channel: Stored) -> str:
    """Return label and unit."""
    said = unit(channel)
    return f"{label(channel)} / {said}" if said else label(channel)
