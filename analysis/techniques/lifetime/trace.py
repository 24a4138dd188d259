"""A lifetime trace made ready: the signal, the hours it was on, gaps, clipping, on/off intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.lifetime.local import resolution, scatter
from analysis.techniques.lifetime.readers.text import SIGNALS

Floats = NDArray[np.float64]

LEAST_POINTS = 5
MOST_POINTS = 20_000  # neighbours of longer traces are averaged
LOW = 0.1  # of the bright level: the signal is off
RETURN = 3.0  # of an off level: how far the points beside it stand above it
GAP = 10.0  # median steps without a point
FLAT = 3  # equal points at the very top


@dataclass(frozen=True, slots=True)
class Trace:
    """Hours of operation and signal, both of shape (n,), hours rising from 0; ``intervals`` are on-times."""

    hours: Floats
    signal: Floats
    quantity: str  # as in `Channel.name`
    unit: str
    label: str
    intervals: tuple[slice, ...]  # of the points between off-times
    clipped: bool
    warnings: tuple[str, ...]

    @property
    def is_luminance(self) -> bool:
        """Whether its values are candela per square metre."""
        return self.quantity == "luminance" and self.unit == "cd/m2"


def chosen_channel(reading: Reading, wanted: str | None) -> Channel:
    """Return the signal: the one that a person names, else the first of `SIGNALS`; raises `NoResult`."""
    if len(reading.channels) < 2:
        raise NoResult("This file has one column only: a trace needs time and a signal.")
    if wanted:
        found = reading.channel(wanted)
        if found is None:
            names = ", ".join(y.name for y in reading.channels[1:])
            raise NoResult(f"This file has no signal “{wanted}”. It has: {names}.")
        return found
    named = [
        channel for name in SIGNALS for channel in reading.channels[1:] if channel.name == name
    ]
    return named[0] if named else reading.y


def trace_of(reading: Reading, wanted: str | None = None) -> Trace:
    """Return the trace; hours while the signal was off do not count.

    Raises `NoResult` when there is no time, no signal above zero, or fewer than five points.
    """
    channel = chosen_channel(reading, wanted)
    if reading.x.name != "time":
        raise NoResult(
            "This file has no time: it counts cycles. Run the method “On/off cycles” instead."
        )
    if reading.x.unit not in ("h", ""):
        raise NoResult(f"The time is in {reading.x.unit}: a lifetime trace counts in hours.")
    known = np.isfinite(channel.values) & np.isfinite(reading.x.values)
    t, y = reading.x.values[known], channel.values[known]
    if y.size < LEAST_POINTS or np.ptp(t) <= 0 or float(np.max(np.abs(y))) > 1e30:
        raise NoResult(
            f"Only {y.size} usable points: a trace needs at least {LEAST_POINTS} at different times."
        )
    warnings = []
    if np.median(y[np.abs(y) >= 0.1 * np.max(np.abs(y))]) < 0:
        y = -y
        warnings.append("The signal is negative; its sign was turned.")
    bright = float(np.quantile(y, 0.95))
    if bright <= 0:
        raise NoResult("The signal is never above zero: there is nothing that could decay.")
    off = _off(y, bright)
    if not off.all() and off.any():
        warnings.append(_off_words(t, off))
    intervals = _intervals(off)
    hours, signal, pieces = _on_time(t, y, intervals)
    if signal.size < LEAST_POINTS:
        raise NoResult(f"The signal is on in {signal.size} points only: too few for a trace.")
    warnings.extend(_gaps(hours))
    clipped = is_clipped(hours, signal)
    if clipped:
        warnings.append(
            f"The signal stands at its highest value ({signal.max():.4g}) in {int((signal == signal.max()).sum())} "
            "points: the detector was saturated, or its range ended there."
        )
    hours, signal, pieces = _binned(hours, signal, pieces)
    return Trace(
        hours, signal, channel.name, channel.unit, channel.label or channel.name, pieces, clipped, tuple(warnings)
    )  # fmt: skip


def _off(y: Floats, bright: float) -> NDArray[np.bool_]:
    """Mark the points at which the device was off: low between two points that are not, or before the first.

    A slow decay to nothing is no off-time: its neighbours are as low. Nor is a signal that falls and does
    not come back, a failure, unless the device was off before.
    """
    low = y < LOW * bright
    off = np.zeros(y.size, dtype=bool)
    runs = _runs(low)
    for run in runs:
        level = RETURN * max(float(np.mean(y[run])), 0.0)
        before = y[run.start - 1] if run.start else np.inf
        after = y[run.stop] if run.stop < y.size else None
        if before <= level or (after is not None and after <= level):
            continue
        if after is not None or (off.any() and run.start):
            off[run] = True
    return off


def _runs(marks: NDArray[np.bool_]) -> list[slice]:
    """Return the unbroken runs of marks."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(int)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _intervals(off: NDArray[np.bool_]) -> list[slice]:
    return _runs(~off)


def _off_words(t: Floats, off: NDArray[np.bool_]) -> str:
    runs = _runs(off)
    if runs[0].start == 0 and len(runs) == 1:
        return (
            f"The first {runs[0].stop} points, up to {t[runs[0].stop - 1]:.4g} h, were measured before the signal came "
            "on; they were left out, and time counts from the next point."
        )
    return (
        f"The signal is off {len(runs)} times ({int(off.sum())} points): only the hours while it is on count as "
        "operating time. The method “On/off cycles” compares the cycles."
    )


def _on_time(
    t: Floats, y: Floats, intervals: list[slice]
) -> tuple[Floats, Floats, tuple[slice, ...]]:
    """Join the on-times: hours since the start that the device was on, the signal, the piece of each."""
    steps = np.diff(t)
    step = float(np.median(steps))
    started = float(t[intervals[0].start])
    whole = len(intervals) == 1 and intervals[0] == slice(0, t.size)
    # A file that starts within two steps of its zero was running since then.
    now = started if whole and 0 <= started <= 2 * step else 0.0
    hours, signal, pieces, at = [], [], [], 0
    for piece in intervals:
        part = t[piece] - t[piece.start] + now
        hours.append(part)
        signal.append(y[piece])
        pieces.append(slice(at, at + part.size))
        at += part.size
        now = float(part[-1]) + step
    return np.concatenate(hours), np.concatenate(signal), tuple(pieces)


def _binned(
    hours: Floats, signal: Floats, pieces: tuple[slice, ...]
) -> tuple[Floats, Floats, tuple[slice, ...]]:
    """Average neighbours of a long trace, each on-time by itself."""
    together = -(-hours.size // MOST_POINTS)
    if together == 1:
        return hours, signal, pieces
    means: tuple[list[Floats], list[Floats]] = ([], [])
    made, at = [], 0
    for piece in pieces:
        edges = np.arange(piece.start, piece.stop, together)
        count = np.diff(np.append(edges, piece.stop))
        for values, kept in zip((hours, signal), means, strict=True):
            kept.append(np.add.reduceat(values[: piece.stop], edges) / count)
        made.append(slice(at, at + edges.size))
        at += edges.size
    return np.concatenate(means[0]), np.concatenate(means[1]), tuple(made)


def _gaps(hours: Floats) -> list[str]:
    steps = np.diff(hours)
    wide = np.flatnonzero(steps > max(GAP * float(np.median(steps)), 0.02 * hours[-1]))
    if not wide.size:
        return []
    k = wide[np.argmax(steps[wide])]
    return [
        f"{wide.size} {'gap' if wide.size == 1 else 'gaps'} without points, the longest from {hours[k]:.4g} to "
        f"{hours[k + 1]:.4g} h: what happened in between is not known."
    ]


def is_clipped(hours: Floats, signal: Floats) -> bool:
    """Tell a detector at its limit: points equal to the digit at the very top, where others scatter or move on."""
    runs = [run for run in _runs(signal >= signal.max()) if run.stop - run.start >= FLAT]
    if not runs:
        return False
    run = max(runs, key=lambda one: one.stop - one.start)
    others = np.delete(np.arange(signal.size), np.arange(run.start, run.stop))
    if others.size < LEAST_POINTS:
        return others.size == 0  # never moves at all
    step = resolution(signal)
    at = float(hours[min(run.stop + 2, signal.size - 1)])
    noise = scatter(hours[others], signal[others], at)
    beside = [signal[k] for k in (run.start - 1, run.stop) if 0 <= k < signal.size]
    knee = signal.max() - max(beside)
    return noise > 2 * step or knee > 3 * max(step, noise)
