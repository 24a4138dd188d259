"""Prepare a photon-counting histogram: where the pulse is, where the fit starts and ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.shared.times import NS_PER_UNIT

Floats = NDArray[np.float64]

LEAST_BINS = 20
LEAST_PHOTONS = 300
SIXTEEN_BITS = 65535


@dataclass(frozen=True, slots=True)
class Window:
    """A histogram with its landmarks; arrays have shape (n,), indices count bins."""

    time_ns: Floats
    counts: Floats
    irf: Floats | None
    sigma: Floats | None  # the file's own uncertainty of each bin
    step_ns: float
    peak: int
    rise_bins: int  # from 10 % of the maximum to the maximum
    quiet: int  # bins before the pulse, 0 when there are too few
    end: int  # one past the last usable bin
    poisson: bool
    response_only: bool  # the file says it is an instrument response
    warnings: tuple[str, ...]
    left_out: NDArray[np.bool_]  # bins that a person left out and `bridged` put back: of no weight

    @property
    def quiet_level(self) -> float | None:
        """Mean counts per bin before the pulse, None when there are too few bins."""
        return float(np.mean(self.counts[: self.quiet])) if self.quiet >= 10 else None


def bridged(reading: Reading) -> Reading:
    """Return a reading whose axis is even again where a person left a range out.

    The bins that are put back hold what a line between the neighbours of the gap says (counts in the logarithm), so that
    pulse and end are found; `Window.left_out` keeps them from the fit.
    """
    if not reading.left_out:
        return reading
    axis = reading.x.values
    step = float(np.median(np.diff(axis)))
    places = [axis]
    for low, high in reading.left_out:
        before, after = axis[axis < low], axis[axis > high]
        if before.size and after.size:
            gap = float(after.min() - before.max())
            places.append(before.max() + gap / round(gap / step) * np.arange(1, round(gap / step)))
    if len(places) == 1:
        return reading
    every = np.sort(np.concatenate(places))
    new = ~np.isin(every, axis)
    channels = [replace(reading.x, values=every)]
    for one in reading.channels[1:]:
        known = np.asarray(one.values, dtype=float)
        level = np.exp(np.interp(every, axis, np.log1p(np.maximum(_smooth(known), 0)))) - 1
        channels.append(
            replace(one, values=np.where(new, np.round(level), np.interp(every, axis, known)))
        )
    return replace(reading, channels=tuple(channels))


def _marks(reading: Reading, time_ns: Floats) -> NDArray[np.bool_]:
    """Mark the bins that a person left out."""
    to_ns = NS_PER_UNIT[reading.x.unit.strip().lower() or "ns"]
    marks = np.zeros(time_ns.size, dtype=bool)
    for low, high in reading.left_out:
        marks |= (time_ns >= to_ns * low) & (time_ns <= to_ns * high)
    return marks


def window_of(reading: Reading) -> Window:
    """Check and measure the histogram in ``reading``; raises `NoResult`."""
    time_ns, counts, irf, sigma = _columns(reading)
    step_ns = _step_ns(time_ns)
    warnings = [*_check_saturation(counts)]
    poisson = bool(np.all(counts >= 0) and np.all(np.abs(counts - np.round(counts)) < 1e-6))
    if not poisson:
        warnings.append(
            "The counts are not whole numbers (background already subtracted, or normalised): Poisson "
            "statistics no longer hold exactly, so a weighted least-squares fit was made instead."
        )
    total = float(np.sum(counts))
    if poisson and total < LEAST_PHOTONS:
        raise NoResult(
            f"Only {total:.0f} photons in the histogram: at least {LEAST_PHOTONS} are needed for a lifetime, "
            "10,000 for two. Measure longer."
        )
    peak = int(np.argmax(_smooth(counts)))
    peak = _sharpen(counts, peak)
    rise = _rise(counts, peak)
    end, more = _end(time_ns, counts, peak)
    warnings.extend(more)
    if end - peak < LEAST_BINS:
        raise NoResult(
            f"Only {end - peak} bins follow the maximum at {time_ns[peak]:g} ns: no decay to fit. "
            "Move the pulse to the start of the window or widen it."
        )
    quiet = max(0, peak - 3 * rise - 2)
    return Window(
        time_ns, counts, irf, sigma, step_ns, peak, rise, quiet if quiet >= 10 else 0, end, poisson,
        bool(reading.metadata.get("is_instrument_response")), tuple(warnings),
        _marks(reading, time_ns),
    )  # fmt: skip


def _columns(reading: Reading) -> tuple[Floats, Floats, Floats | None, Floats | None]:
    if len(reading.channels) < 2:
        raise NoResult("The file holds only one column: a decay needs time and counts.")
    unit = reading.x.unit.strip().lower() or "ns"
    if unit not in NS_PER_UNIT:
        raise NoResult(
            f"The axis “{reading.x.label or reading.x.name}” is in “{reading.x.unit}”, not a time: a decay "
            "needs ps, ns, µs, ms or s."
        )
    others = reading.channels[1:]
    named = [c for c in others if c.name in ("counts", "intensity")]
    signal = named[0] if named else next((c for c in others if c.name != "irf"), others[0])
    usable = np.isfinite(reading.x.values) & np.isfinite(signal.values)
    if usable.sum() < LEAST_BINS:
        raise NoResult(
            f"Only {int(usable.sum())} usable bins: a decay needs at least {LEAST_BINS}."
        )
    time_ns = reading.x.values[usable] * NS_PER_UNIT[unit]
    order = np.argsort(time_ns, kind="stable")

    def column(channel: Channel | None) -> Floats | None:
        if channel is None or channel.values.size != usable.size:
            return None
        return np.asarray(np.nan_to_num(channel.values[usable][order]), dtype=float)

    sigma = column(reading.channel("uncertainty"))
    if sigma is not None and not np.all(sigma > 0):
        sigma = None
    counts = np.asarray(signal.values[usable][order], dtype=float)
    return time_ns[order], counts, column(reading.channel("irf")), sigma


def _step_ns(time_ns: Floats) -> float:
    steps = np.diff(time_ns)
    step = float(np.median(steps))
    if step <= 0 or np.max(np.abs(steps - step)) > 0.05 * step:
        raise NoResult(
            "The time axis is not evenly spaced: a photon-counting histogram has bins of one width. "
            "Export the raw histogram, not a log-binned or plotted one."
        )
    return float((time_ns[-1] - time_ns[0]) / (time_ns.size - 1))


def _check_saturation(counts: Floats) -> list[str]:
    """Refuse an empty histogram and one that ran into the 16-bit limit over several bins."""
    top = float(np.max(counts))
    if top <= 0:
        raise NoResult("The histogram is empty: no bin holds a count.")
    if top > 1e12:
        raise NoResult(
            f"A bin holds {top:.3g} counts, more than any detector: these are no photon counts."
        )
    flat = int(np.sum(counts >= top * (1 - 2e-4)))
    if 0.995 * SIXTEEN_BITS <= top <= SIXTEEN_BITS and flat >= 3:
        raise NoResult(
            f"{flat} bins stand at {top:.0f}, the limit of a 16-bit counter (65535): the top of the decay is "
            "cut off and no lifetime is valid. Measure for a shorter time."
        )
    if 0.995 * SIXTEEN_BITS <= top <= SIXTEEN_BITS:
        return [
            f"The highest bin ({top:.0f}) stands at the limit of a 16-bit counter (65535): the "
            "top may be cut off or folded, and then the lifetime is not valid. Measure for a shorter time."
        ]
    flat = int(np.sum(counts == top))
    if flat >= 5 and top >= 100:
        return [
            f"{flat} bins stand at exactly the highest value ({top:.0f}): the counter was probably full."
        ]
    return []


def _smooth(counts: Floats) -> Floats:
    return np.asarray(scipy.ndimage.uniform_filter1d(counts, 3, mode="nearest"))


def _sharpen(counts: Floats, peak: int) -> int:
    first = max(peak - 1, 0)
    return first + int(np.argmax(counts[first : peak + 2]))


def _rise(counts: Floats, peak: int) -> int:
    """Bins from the last crossing of 10 % of the maximum to the maximum, at least 1."""
    base = float(np.median(counts[: max(peak // 2, 1)])) if peak >= 20 else 0.0
    low = np.flatnonzero(counts[:peak] - base < 0.1 * (counts[peak] - base))
    return max(1, peak - int(low[-1])) if low.size else max(1, min(peak, 5))


def _end(time_ns: Floats, counts: Floats, peak: int) -> tuple[int, list[str]]:
    """Leave out empty bins past the end of the sweep and a second pulse."""
    filled = np.flatnonzero(counts != 0)
    end = int(filled[-1]) + 1
    warnings = []
    empty = counts.size - end
    level = float(np.mean(counts[max(peak, end - 200) : end]))
    if empty * level < 20:  # these zeros are what a low background looks like
        end = counts.size
    elif empty:
        warnings.append(
            f"The last {empty} bins are empty (past the end of the sweep) and were left out."
        )
    second = _second_pulse(counts[:end], peak)
    if second is not None:
        warnings.append(
            f"A second pulse rises at {time_ns[second]:.4g} ns: only the time before it was fitted."
        )
        end = second
    return end, warnings


def _second_pulse(counts: Floats, peak: int) -> int | None:
    """First bin of a later rise to 30 % of the maximum from below half of that, if there is one."""
    width = max(3, counts.size // 400)
    after = np.asarray(scipy.ndimage.uniform_filter1d(counts[peak:], width, mode="nearest"))
    base = max(float(np.quantile(after, 0.05)), 0.0)
    net = after - base
    top = float(np.max(counts) - base)
    lowest = np.minimum.accumulate(net)
    # 5 σ of the averaged counts keeps noise from passing for a pulse
    noise = 5 * np.sqrt(np.maximum(after, 1) / width)
    rising = (net > 0.3 * top) & (net > 2 * lowest + noise)
    if not rising.any():
        return None
    k = int(np.argmax(rising))
    return peak + int(np.argmin(net[: k + 1]))


def repetition_period_ns(reading: Reading, repetition_mhz: float | None) -> float | None:
    """Time between pulses from the setting or the file's header, None when neither says."""
    if repetition_mhz:
        return 1e3 / repetition_mhz
    per_mhz: dict[str, float] = {
        "repetition_rate_mhz": 1.0, "repetition_mhz": 1.0, "repetition_rate_khz": 1e-3,
        "repetition_rate_hz": 1e-6, "sync_rate_hz": 1e-6,
    }  # fmt: skip
    for key, factor in per_mhz.items():
        rate: Any = reading.metadata.get(key)
        if isinstance(rate, int | float) and rate > 0:
            return 1e3 / (rate * factor)
    return None
