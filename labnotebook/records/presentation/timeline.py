"""What was done when, in one flask: its temperature above, its steps as numbered bars below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .axes import Axis
from .figure import Figure, curve_key
from .plots import Plot

LONGEST_IN_MINUTES = 600.0
NARROWEST_WITH_A_NUMBER = 0.022  # of the width
NARROWEST_WITH_WORDS = 0.12
NEAR = 0.06  # marks nearer than this share their words


@dataclass(frozen=True, slots=True)
class TimedStep:
    """One step with the minutes from the start of the first: when it began and when it ended.

    asked_c is the set point, measured_c what was read, both in °C. ramps: the set point is where it
    ends, not where it stays. event: a moment that is marked, as an injection. vacuum: a shaded stretch.
    """

    number: int
    words: str
    start_min: float
    end_min: float
    asked_c: float | None = None
    measured_c: float | None = None
    ramps: bool = False
    event: str = ""
    vacuum: str = ""


def timeline(steps: Sequence[TimedStep], sentence: str) -> Figure | None:
    """Draw the steps; None without at least two that have times.

    The line is the set points, dashed, for what was asked; dots are what was read. Between steps that say
    no temperature nothing is drawn.
    """
    if len(steps) < 2:
        return None
    end = max(step.end_min for step in steps)
    if end <= 0:
        return None
    scale, unit = (60.0, "h") if end > LONGEST_IN_MINUTES else (1.0, "min")
    x = Axis(0.0, end / scale, "Time from start", unit, wanted=7)
    plots = [_temperatures(x, steps, scale, sentence)] if _has_temperature(steps) else []
    plots.append(_bars(x, steps, scale))
    key = curve_key(("dash", "set point")) if len(plots) > 1 else ()
    return Figure(plots, key=key)


def _has_temperature(steps: Sequence[TimedStep]) -> bool:
    return any(step.asked_c is not None or step.measured_c is not None for step in steps)


def _temperatures(x: Axis, steps: Sequence[TimedStep], scale: float, sentence: str) -> Plot:
    known = [t for step in steps for t in (step.asked_c, step.measured_c) if t is not None]
    y = Axis.over([known, [20.0]], "T", "°C", zero=min(known) >= 0, wanted=4)
    plot = Plot(x, y, sentence, size="low flat")
    for step in steps:
        if step.vacuum:
            plot.gap(step.start_min / scale, step.end_min / scale, step.vacuum)
    for places, heights in _paths(steps, scale):
        plot.line(places, heights, "dash")
    read = [step for step in steps if step.measured_c is not None]
    plot.dots(
        [step.end_min / scale for step in read],
        [step.measured_c for step in read if step.measured_c is not None],
    )
    for moments in _close_together(x, steps, scale):
        for step in moments:
            words = ", ".join(one.event for one in moments) if step is moments[-1] else ""
            plot.vertical(step.start_min / scale, words, before=True)
    return plot


def _close_together(x: Axis, steps: Sequence[TimedStep], scale: float) -> list[list[TimedStep]]:
    """Return the marked moments, those together whose words would run into one another."""
    found: list[list[TimedStep]] = []
    for step in steps:
        if not step.event:
            continue
        last = found[-1][-1] if found else None
        if last is not None and x.at(step.start_min / scale) - x.at(last.start_min / scale) < NEAR:
            found[-1].append(step)
        else:
            found.append([step])
    return found


def _paths(steps: Sequence[TimedStep], scale: float) -> list[tuple[list[float], list[float]]]:
    """Return the stretches of the set point that belong together."""
    paths: list[tuple[list[float], list[float]]] = [([], [])]
    for step in steps:
        places, heights = paths[-1]
        if step.asked_c is None:
            if places and step.end_min > step.start_min:
                paths.append(([], []))
            continue
        if not step.ramps or not places:
            places.append(step.start_min / scale)
            heights.append(step.asked_c)
        else:
            places.append(step.start_min / scale)
            heights.append(heights[-1])
        places.append(step.end_min / scale)
        heights.append(step.asked_c)
    return [(places, heights) for places, heights in paths if len(places) > 1]


def _bars(x: Axis, steps: Sequence[TimedStep], scale: float) -> Plot:
    """Return one bar a step, in two rows by turns so that neighbours stay apart."""
    names = "; ".join(f"{step.number} {step.words}" for step in steps)
    plot = Plot(x, Axis(0.0, 2.0, "rows"), f"Steps: {names}.", size="mini steps", bare=True)
    for place, step in enumerate(steps):
        left, right = step.start_min / scale, step.end_min / scale
        width = x.at(right) - x.at(left)
        words = str(step.number) if width >= NARROWEST_WITH_A_NUMBER else ""
        if width >= NARROWEST_WITH_WORDS:
            words = f"{step.number} {step.words}"
        plot.bar(left, right, 1.0 - place % 2, words, f"{step.number} {step.words}")
    return plot
