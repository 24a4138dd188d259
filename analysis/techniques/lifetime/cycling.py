"""On/off cycles: the level of each cycle against the first and against the best one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.lifetime.lifetime import LEVEL, LOWER
from analysis.techniques.lifetime.local import Floats, scatter
from analysis.techniques.lifetime.readers.text import SIGNALS
from analysis.techniques.lifetime.trace import chosen_channel, trace_of
from analysis.techniques.shared.settings import settings_for

LEAST_CYCLES = 3
MEAN, BEGIN, END = "mean", "begin", "end"
TENTH = 0.1  # of a cycle: what counts as its begin or end
SHARES = ((0.8, "cycles_to_80_percent"), (0.5, "cycles_to_50_percent"))

PARAMETERS = (
    Parameter("level", "Level of a cycle", default=MEAN, choices=(MEAN, BEGIN, END),
              help="Mean of its on-time, or of the first or the last tenth of it."),
    Parameter("signal", "Signal", default="", choices=tuple(name for name in SIGNALS if name != "y"),
              help="Where the file has several: the first of this list that it has is taken."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cycles:
    """Number, level and one standard uncertainty of each cycle, shape (n,)."""

    number: Floats
    level: Floats
    uncertainty: Floats
    warnings: tuple[str, ...] = ()


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Compare the cycles of a trace, or of a table with one row a cycle; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    cycles = (
        _of_rows(reading, settings) if reading.x.name == "cycle" else _of_trace(reading, settings)
    )
    first, best = float(cycles.level[0]), float(np.max(cycles.level))
    if cycles.level.size < LEAST_CYCLES or first <= 0:
        raise NoResult(
            f"Only {cycles.level.size} cycles with light in the first: at least {LEAST_CYCLES} are needed."
        )
    ratio, of_best = cycles.level / first, cycles.level / best
    u_ratio = np.hypot(cycles.uncertainty, ratio * cycles.uncertainty[0]) / first
    count = int(cycles.number[-1])
    figures = [
        Figure("last_cycle_percent", 100 * float(ratio[-1]), 100 * float(u_ratio[-1]), "%",
               f"Level of cycle {count} over the first", note="scatter of the points; the calibration cancels",
               level=LEVEL),
        Figure("best_cycle_percent", 100 * float(np.max(ratio)), 100 * float(u_ratio[np.argmax(ratio)]), "%",
               f"Best cycle ({cycles.number[np.argmax(ratio)]:.0f}) over the first", level=LEVEL),
    ]  # fmt: skip
    warnings = list(cycles.warnings)
    for share, quantity in SHARES:
        figure = _number_of_cycles(quantity, share, cycles, ratio, u_ratio)
        figures.append(figure)
        if figure.value is None:
            warnings.append(
                f"No cycle of {count} is below {share:.0%} of the first: a lower bound, not a number."
            )
    table = [
        {"cycle": int(n), "level": float(value), "of_first": float(a), "of_best": float(b)}
        for n, value, a, b in zip(cycles.number, cycles.level, ratio, of_best, strict=True)
    ]
    return Result(
        figures=tuple(figures),
        summary=f"{count} cycles: the last at {ratio[-1]:.1%} of the first and {of_best[-1]:.1%} of the best.",
        warnings=tuple(warnings),
        curves=(
            Curve("cycles of first", cycles.number.tolist(), ratio.tolist()),
            Curve("cycles of best", cycles.number.tolist(), of_best.tolist()),
        ),
        detail={"cycles": table[:2000]},
    )


def _of_rows(reading: Reading, settings: dict[str, Any]) -> Cycles:
    channel = chosen_channel(reading, settings["signal"] or None)
    known = np.isfinite(channel.values)
    number, level = reading.x.values[known], channel.values[known]
    if level.size < LEAST_CYCLES or level[0] <= 0 or np.max(np.abs(level)) > 1e30:
        raise NoResult(f"Only {level.size} usable cycles, or no light in the first of them.")
    sigma = scatter(number, level, float(number[0]))
    return Cycles(number, level, np.full(level.size, sigma))


def _of_trace(reading: Reading, settings: dict[str, Any]) -> Cycles:
    trace = trace_of(reading, settings["signal"] or None)
    pieces = _parted_by_gaps(trace.hours, trace.intervals)
    if len(pieces) < LEAST_CYCLES:
        raise NoResult(
            f"The signal goes off and on again {len(pieces) - 1} times: fewer than {LEAST_CYCLES} cycles. A trace "
            "without off-times has a lifetime instead."
        )
    levels, us = [], []
    for piece in pieces:
        part = trace.signal[piece]
        share = max(1, int(TENTH * part.size))
        kept = {MEAN: part, BEGIN: part[:share], END: part[-share:]}[settings["level"]]
        levels.append(float(np.mean(kept)))
        noise = (
            scatter(trace.hours[piece], part, float(trace.hours[piece][0]))
            if part.size > 3
            else float(np.std(part))
        )
        us.append(noise / np.sqrt(kept.size))
    warnings = tuple(w for w in trace.warnings if "off" not in w)
    return Cycles(np.arange(1.0, len(levels) + 1), np.array(levels), np.array(us), warnings)


def _parted_by_gaps(hours: Floats, intervals: tuple[slice, ...]) -> list[slice]:
    """Part on-times also where no point was written while the device was off."""
    pieces = []
    step = float(np.median(np.diff(hours)))
    for piece in intervals:
        cuts = np.flatnonzero(np.diff(hours[piece]) > 5 * step) + 1 + piece.start
        edges = [piece.start, *cuts.tolist(), piece.stop]
        pieces += [slice(a, b) for a, b in pairwise(edges)]
    return pieces


def _number_of_cycles(
    quantity: str, share: float, cycles: Cycles, ratio: Floats, u: Floats
) -> Figure:
    """The first cycle from which all are below a share; ± from the first that may be to the last that may not."""
    count = float(cycles.number[-1])
    label = f"First cycle below {share:.0%} of the first one for good"
    above = np.flatnonzero(ratio > share)
    if above.size and above[-1] == ratio.size - 1:
        return Figure(
            quantity,
            None,
            None,
            "",
            label,
            low=count,
            level=LOWER,
            note="not reached: right-censored",
        )
    at = int(above[-1]) + 1
    early = np.flatnonzero(ratio > share + u)
    late = np.flatnonzero(ratio > share - u)
    first = float(cycles.number[int(early[-1]) + 1]) if early.size else float(cycles.number[0])
    last = float(cycles.number[min(int(late[-1]) + 1, ratio.size - 1)])
    rounding = 1 / np.sqrt(12)  # cycles are counted whole
    value = float(cycles.number[at])
    spread = max(last - value, value - first)
    return Figure(quantity, value, float(np.hypot(spread, rounding)), "", label, level=LEVEL)


CYCLING = Method("on-off-cycles", "1", "lifetime", "On/off cycles", run, PARAMETERS)
