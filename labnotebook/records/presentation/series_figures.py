"""Small multiples of a series: the same axes for every group, and every group's number against what was varied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .axes import Axis, Values
from .device_figures import Sweep
from .figure import Curve, Figure, curve_key
from .plots import Plot, Point


class Panel(NamedTuple):
    """One group of a series: its name, how many are in it, and what is drawn."""

    name: str
    note: str
    sweeps: Sequence[Sweep]
    efficiencies: Sequence[Curve]


class Spread(NamedTuple):
    """The numbers of a group at one value of what was varied; quartiles None where there is no number."""

    x: float
    values: Values
    median: float | None
    low: float | None
    high: float | None
    words: str  # on hover: "2000 rpm: 12.1 %, 10 to 13, n 8 of 3 substrates"
    beside: str  # beside the mark: "n 8"


def sweeps(panels: Sequence[Panel], sentence: str) -> list[Figure]:
    """Return J and L against V of every group on common axes; ``sentence`` has a place for the group, ``{}``."""
    every = [one for panel in panels for one in panel.sweeps]
    if not every:
        return []
    currents = [np.abs(np.asarray(one.current_density_ma_cm2, dtype=float)) for one in every]
    lights = [np.asarray(one.luminance_cd_m2, dtype=float) for one in every]
    x = Axis.over([one.voltage_v for one in every], "Voltage", "V", tight=True)
    y = Axis.over([*currents, *lights], "L / cd m⁻², J / mA cm⁻²", log=True)
    figures = []
    for panel in panels:
        plot = Plot(x, y, sentence.format(panel.name))
        for one in panel.sweeps:
            light = np.asarray(one.luminance_cd_m2, dtype=float)
            current = np.abs(np.asarray(one.current_density_ma_cm2, dtype=float))
            plot.line(one.voltage_v, current, "s3 thin")
            plot.line(one.voltage_v, np.where(light > 0, light, np.nan), "thin")
        figures.append(Figure([plot], panel.name, panel.note))
    return figures


def efficiencies(panels: Sequence[Panel], sentence: str) -> list[Figure]:
    """Return EQE against J of every group on common axes, in the order of the panels."""
    every = [one for panel in panels for one in panel.efficiencies]
    if not every:
        return []
    x = Axis.over([one.x for one in every], "Current density", "mA cm⁻²", log=True)
    y = Axis.over([one.y for one in every], "EQE", "%", zero=True)
    figures = []
    for panel in panels:
        plot = Plot(x, y, sentence.format(panel.name))
        for one in panel.efficiencies:
            plot.line(one.x, one.y, "thin")
        figures.append(Figure([plot], panel.name, panel.note))
    return figures


SWEEP_KEY = curve_key(("s1", "L, luminance"), ("s3", "J, current density"))


def against(
    groups: Sequence[Spread], x_label: str, x_unit: str, y_label: str, y_unit: str, sentence: str
) -> Figure:
    """Draw every number as a dot, the median with the middle half of each group, and how many there are."""
    x = Axis.over([[one.x for one in groups]], x_label, x_unit)
    y = Axis.over([one.values for one in groups], y_label, y_unit, zero=True)
    plot = Plot(x, y, sentence)
    for one in groups:
        plot.dots([one.x] * len(one.values), one.values, "dot3")
    known = [one for one in groups if one.median is not None]
    plot.points(
        Point(
            one.x,
            one.median,
            group="g1",
            title=one.words,
            low=one.low,
            high=one.high,
            label=one.beside,
        )
        for one in known
        if one.median is not None
    )
    return Figure([plot])
