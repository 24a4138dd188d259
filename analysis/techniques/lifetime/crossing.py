"""When a trace falls to a share of its initial level: the level at first, and the time of the crossing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.result import NoResult
from analysis.techniques.lifetime.extrapolation import Decay
from analysis.techniques.lifetime.local import Floats, Level, level_at, scatter, smooth
from analysis.techniques.lifetime.trace import Trace

START, BURN_IN, MAXIMUM = "start", "after burn-in", "maximum"
INITIALS = (START, BURN_IN, MAXIMUM)
SPARSE = 0.05  # of the initial level between two points: what happens between them is not seen
UNSURE = 0.25  # of a time: beyond this uncertainty it is undetermined
AS_GOOD = 1.1  # residual of a fit over the scatter: it describes the trace
SURE = 2.0  # standard uncertainties of a rise that is no noise


@dataclass(frozen=True, slots=True)
class Initial:
    """The initial level ± u, the time (h) from which a lifetime counts, and where it is on the trace."""

    value: float
    uncertainty: float
    from_h: float
    words: str
    at_h: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """Time to a share of the initial level, counted from ``Initial.from_h``; hours.

    ``value`` is None where the trace does not reach it (``low`` is then the hours it was watched), where only
    an upper bound is known, or where noise leaves it undetermined between ``low`` and ``high``.
    """

    value: float | None
    uncertainty: float | None = None
    low: float | None = None
    high: float | None = None
    between: bool = False  # two points far apart bound it
    reached: bool = True


def initial_of(
    trace: Trace, kind: str, burn_in_h: float | None, decays: Sequence[Decay] = ()
) -> Initial:
    """Return the level that counts as L0; what a decay that fits as well says of it is in u.

    Raises `NoResult` for a burn-in that the trace does not hold.
    """
    t, y = trace.hours, trace.signal
    if kind == MAXIMUM:
        at = float(t[int(np.argmax(smooth(y)))])
        level = level_at(t, y, at)
        return Initial(level.value, level.uncertainty, 0.0, f"maximum, at {at:.3g} h", at)
    if kind == BURN_IN:
        if burn_in_h is None or not t[0] <= burn_in_h < t[-1]:
            raise NoResult(
                f"L0 after burn-in needs the hours of the burn-in, within the trace ({t[0]:.3g} to {t[-1]:.3g} h)."
            )
        level = level_at(t, y, burn_in_h)
        words = f"after {burn_in_h:g} h of burn-in"
        return Initial(level.value, level.uncertainty, burn_in_h, words, burn_in_h)
    level = level_at(t, y, float(t[0]))
    as_good = [one.at(float(t[0])) for one in decays if one.from_start and one.misfit < AS_GOOD]
    apart = max((abs(value - level.value) for value in as_good), default=0.0)
    u = float(np.hypot(level.uncertainty, apart))
    return Initial(level.value, u, 0.0, "at the start", float(t[0]))


def rise_of(trace: Trace, initial: Initial) -> tuple[float, float] | None:
    """Return how far (share of L0) and when (h) the trace rises above its start; None when it does not."""
    k = int(np.argmax(smooth(trace.signal)))
    top = level_at(trace.hours, trace.signal, float(trace.hours[k]))
    u = float(np.hypot(top.uncertainty, initial.uncertainty))
    rise = top.value - initial.value
    if k == 0 or rise < max(SURE * u, 0.01 * initial.value):
        return None
    return rise / initial.value, float(trace.hours[k])


def crossing_of(trace: Trace, initial: Initial, share: float) -> Crossing:
    """Return when the trace falls to ``share`` of its initial level and stays there for three points."""
    t, y = trace.hours, trace.signal
    level = share * initial.value
    u_level = share * initial.uncertainty
    calm = smooth(y)
    below = (calm <= level) & (t >= initial.at_h)
    if not below.any():
        return Crossing(None, low=float(t[-1] - initial.from_h), reached=False)
    k = int(np.argmax(below))
    if k == 0:
        return Crossing(None, high=float(t[0] - initial.from_h))
    k, sigma = _bracket(y, level, k), scatter(t, y, float(t[k]))
    drop, gap = float(y[k - 1] - y[k]), float(t[k] - t[k - 1])
    usual = float(np.median(np.diff(t)))
    if drop > max(SPARSE * initial.value, 4 * sigma) or gap > 5 * usual:
        return _between(t, y, k, level, u_level, sigma, initial.from_h)
    at, line = _on_line(t, y, float(t[k]), level)
    u_y = float(np.hypot(line.uncertainty, u_level))
    if line.slope >= 0 or u_y / -line.slope > UNSURE * (at - initial.from_h):
        reach = _reach(t, calm, level, 2 * u_y)
        return Crossing(None, low=reach[0] - initial.from_h, high=reach[1] - initial.from_h)
    return Crossing(at - initial.from_h, u_y / -line.slope)


def _bracket(y: Floats, level: float, k: int) -> int:
    """Return the point nearest to ``k`` that is below the level while the one before is above."""
    falls = np.flatnonzero((y[:-1] > level) & (y[1:] <= level)) + 1
    return int(falls[np.argmin(np.abs(falls - k))]) if falls.size else k


def _between(
    t: Floats, y: Floats, k: int, level: float, u_level: float, sigma: float, from_h: float
) -> Crossing:
    """Return a crossing between two points far apart: interpolated, anywhere between them as likely."""
    share = float(np.clip((y[k - 1] - level) / max(y[k - 1] - y[k], 1e-300), 0, 1))
    low, high = float(t[k - 1] - from_h), float(t[k] - from_h)
    gap = high - low
    noise = np.hypot(sigma, u_level) * gap / max(y[k - 1] - y[k], 1e-300)
    u = float(np.hypot(gap / np.sqrt(12), noise))
    return Crossing(low + share * gap, u, low, high, between=True)


def _on_line(t: Floats, y: Floats, start: float, level: float) -> tuple[float, Level]:
    """Return the time at which the local line crosses the level, and that line."""
    at = start
    line = level_at(t, y, at)
    for _ in range(4):
        if line.slope >= 0:
            break
        step = (level - line.value) / line.slope
        at = float(np.clip(at + step, t[0], t[-1]))
        line = level_at(t, y, at)
        if abs(step) < 1e-3 * max(at, 1e-12):
            break
    return at, line


def _reach(t: Floats, calm: Floats, level: float, reach: float) -> tuple[float, float]:
    """Return the first time near the level and the last: all that noise leaves possible."""
    first = int(np.argmax(calm <= level + reach))
    above = np.flatnonzero(calm >= level - reach)
    return float(t[first]), float(t[above[-1]] if above.size else t[-1])
