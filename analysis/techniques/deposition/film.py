"""What a logged deposition says of a film: how fast it grew, how thick it became, at which pressure.

The film grows while the rate is above half of its plateau (the median of the upper half of what lies above a tenth of the
highest filtered rate). The mean rate is the thickness that was gained over the time that took; a log without a
thickness has the integral of its rate (trapezoids). The standard uncertainty is that of the tooling factor, which scales
rate and thickness alike (Sauerbrey's relation sees the crystal, not the substrate), with the scatter of the readings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.quantity import Quantity
from analysis.reading import Channel, Reading
from analysis.result import Figure, Method, NoResult, Result
from analysis.technique import Scale
from analysis.techniques.shared.calibration import LEVEL, known
from analysis.techniques.shared.rounding import rounded_figure
from analysis.techniques.shared.settings import settings_for

Floats = NDArray[np.float64]

LEAST_POINTS = 5
GROWS = 0.5  # of the plateau
SMOOTHED_OVER = 5  # points of a running median: single spikes of a crystal are no deposition
AGREE = 0.1  # of the thickness: how far the integral of the rate may be from it
UNITS_OFF = {60.0: "time in s and not in min", 1 / 60: "time in min and not in s", 10.0: "rate or thickness in Å",
             0.1: "rate or thickness in Å", 1000.0: "thickness in kÅ", 0.001: "thickness in kÅ"}  # fmt: skip
# Profilometry against a crystal finds tooling factors to some per cent; without a check of the lab's own ours is wide.
TOOLING = Scale("tooling_percent", "%", 5.0, "Tooling factor")
QUANTITIES = (
    Quantity("deposition_rate_nm_s", "nm/s", "Mean deposition rate", "Rate"),
    Quantity("deposited_nm", "nm", "Deposited thickness", "Deposited"),
    Quantity("deposition_pressure_pa", "Pa", "Pressure during the deposition", "Pressure"),
    Quantity("deposition_s", "s", "Duration of the deposition", "Duration"),
)


@dataclass(frozen=True, slots=True)
class Log:
    """Time (s), rate (nm/s) and thickness (nm) of shape (n,); rate and thickness may follow from one another."""

    time_s: Floats
    rate_nm_s: Floats
    thickness_nm: Floats
    has_rate: bool
    has_thickness: bool
    pressure_pa: Floats | None


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Figures of a logged deposition; raises `NoResult` where nothing was deposited."""
    settings_for((), given)
    log = log_of(reading)
    rows = _growing(log)
    t, thickness = log.time_s[rows], log.thickness_nm[rows]
    scale = known(reading, TOOLING)
    lasted = float(t[-1] - t[0])
    gained = float(thickness[-1] - thickness[0])
    of_rate, of_end = _scatter(log, rows)
    mean = gained / lasted
    # from the first reading on: what came before the shutter opened is not in a film
    deposited = float(log.thickness_nm[-1] - log.thickness_nm[0])
    figures = [
        Figure("deposition_rate_nm_s", mean, float(np.hypot(scale.u / 100 * mean, of_rate)), "nm/s",
               f"Mean rate over {lasted:.4g} s", level=LEVEL,
               note=f"{_whence(log)}; scatter of the readings, {scale.said}"),
        Figure("deposited_nm", deposited, float(np.hypot(scale.u / 100 * deposited, of_end)), "nm",
               "Deposited thickness, last reading less first", level=LEVEL, note=f"{_whence(log)}; {scale.said}"),
        Figure("deposition_s", lasted, float(np.median(np.diff(log.time_s))) / float(np.sqrt(6)), "s",
               "Time above half the plateau of the rate", level=LEVEL, note="one reading at either end"),
    ]  # fmt: skip
    warnings = _doubts(log, rows)
    if log.pressure_pa is not None:
        figures.insert(2, _pressure(log.pressure_pa[rows]))
    spread = float(np.std(log.rate_nm_s[rows])) if log.has_rate else None
    said = [rounded_figure(figure) for figure in figures[:2]]
    return Result(
        figures=tuple(figures),
        summary=f"{said[1]} at {said[0]}, over {lasted:.4g} s.",
        warnings=tuple(warnings),
        detail={"begins_s": float(t[0]), "ends_s": float(t[-1]), "rate_spread_nm_s": spread},
    )


def log_of(reading: Reading) -> Log:
    """Return the log made ready; raises `NoResult` for too few readings, or a rate that is never above zero."""
    rate, thickness = _values(reading.channel("rate")), _values(reading.channel("thickness"))
    first = rate if rate is not None else thickness
    if first is None:
        raise NoResult("This log has no column of a rate and none of a thickness.")
    usable = np.isfinite(reading.x.values)
    for one in (rate, thickness):
        usable &= np.isfinite(one) if one is not None else True
    t = reading.x.values[usable]
    if t.size < LEAST_POINTS or np.ptp(t) <= 0:
        raise NoResult(
            f"Only {t.size} usable readings: a log needs at least {LEAST_POINTS} at different times."
        )
    pressure = _values(reading.channel("pressure"))
    grown = None if thickness is None else thickness[usable]
    speed = np.gradient(grown, t) if rate is None and grown is not None else first[usable]
    if grown is None:
        steps = np.diff(t) * (speed[1:] + speed[:-1]) / 2
        grown = np.concatenate([[0.0], np.cumsum(steps)])
    return Log(
        t, speed, grown, rate is not None, thickness is not None,
        None if pressure is None else pressure[usable],
    )  # fmt: skip


def _values(channel: Channel | None) -> Floats | None:
    return None if channel is None else channel.values


def _growing(log: Log) -> slice:
    """Return the rows from the first to the last at which the film grows; raises `NoResult` where it never does."""
    width = min(SMOOTHED_OVER, log.rate_nm_s.size)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(log.rate_nm_s, width // 2, mode="edge"), 2 * (width // 2) + 1
    )
    smooth = np.median(windows, axis=1)
    top = float(np.max(smooth))
    if top <= 0 or log.thickness_nm[-1] <= log.thickness_nm[0]:
        raise NoResult(
            "Nothing was deposited by this log: its rate is never above zero, or its thickness does not grow. Is it the"
            " right sensor?"
        )
    upper = np.sort(smooth[smooth > 0.1 * top])
    plateau = float(np.median(upper[upper.size // 2 :]))
    rows = np.flatnonzero(smooth >= GROWS * plateau)
    if rows.size < LEAST_POINTS:
        raise NoResult(
            f"The rate is above half of its highest in {rows.size} readings: too few to tell a rate. Log every second."
        )
    return slice(int(rows[0]), int(rows[-1]) + 1)


def _scatter(log: Log, rows: slice) -> tuple[float, float]:
    """Standard uncertainties of the mean rate (nm/s) and of the last thickness (nm) from the scatter of the readings."""
    t, thickness = log.time_s[rows], log.thickness_nm[rows]
    if not log.has_thickness:
        rate = log.rate_nm_s[rows]
        # readings of a filtered rate follow one another: as many count as change their side of the mean
        turns = max(int(np.sum(np.diff(np.sign(rate - rate.mean())) != 0)), 1)
        u = float(np.std(rate) / np.sqrt(turns))
        return u, u * float(t[-1] - t[0])
    rough = np.diff(thickness, 2)
    one = float(np.sqrt(np.mean(rough**2) / 6)) if rough.size else 0.0
    return one * float(np.sqrt(2)) / float(t[-1] - t[0]), one * float(np.sqrt(2))


def _whence(log: Log) -> str:
    return "from the thickness" if log.has_thickness else "integral of the rate"


def _pressure(values: Floats) -> Figure:
    known_values = values[np.isfinite(values) & (values > 0)]
    middle = float(np.median(known_values)) if known_values.size else None
    low, high = (
        (float(one) for one in np.quantile(known_values, (0.025, 0.975)))
        if known_values.size
        else (None, None)
    )
    return Figure("deposition_pressure_pa", middle, None, "Pa", "Median pressure while the film grew", low, high,
                  "low to high holds 95 % of the readings; the gauge is not calibrated here")  # fmt: skip


def _doubts(log: Log, rows: slice) -> list[str]:
    """Say where rate and thickness contradict one another, and what was not seen."""
    said = []
    if log.has_rate and log.has_thickness:
        t, rate, thickness = log.time_s[rows], log.rate_nm_s[rows], log.thickness_nm[rows]
        integral, gained = float(np.trapezoid(rate, t)), float(thickness[-1] - thickness[0])
        ratio = integral / gained if gained > 0 else float("inf")
        if abs(ratio - 1) > AGREE:
            unit = next(
                (words for off, words in UNITS_OFF.items() if abs(ratio / off - 1) < AGREE), ""
            )
            said.append(
                f"The rate over the time gives {ratio:.3g} × the thickness that was gained: "
                + (
                    f"is the {unit}?"
                    if unit
                    else "are these columns of one sensor, and their units right?"
                )
            )
    if rows.start == 0 and log.has_rate and log.rate_nm_s[0] > 0:
        said.append(
            "The log begins while the film already grows: what came before is not in the thickness."
        )
    return said


DEPOSITION_FIGURES = Method(
    "deposition-figures", "1", "deposition", "Rate, thickness, pressure", run
)
