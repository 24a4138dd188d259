"""The instrument response of another measurement, put on the bins of a decay.

A counter records the response as it records a decay: with a scatterer in place of the sample. The sum
of its counts over each bin of the decay is what the fit is folded with; where it lies on the axis does
not matter, since its shift is fitted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.reading import Channel, Reading
from analysis.result import NoResult
from analysis.techniques.shared.times import NS_PER_UNIT
from analysis.techniques.trpl.decay_window import Floats, Window, window_of

FALL_PER_RISE = (
    5  # to a tenth; a decay without a response of its own falls far slower than it rises
)
AS_SLOW = 0.9  # of the fall of the decay that is to be folded with it
WIDER = 1.02  # of the bins: the clocks of two runs of one counter agree better


def with_response(reading: Reading, response: Reading) -> Reading:
    """Return the decay with the counts of the response as its channel ``irf``, shape of its time axis.

    Raises `NoResult` where the response is none, or its bins are wider than those of the decay.
    """
    decay, named = window_of(reading), _window_of_response(response)
    if named.step_ns > WIDER * decay.step_ns:
        raise NoResult(
            f"The measurement named as instrument response has bins of {named.step_ns:.4g} ns, wider than those"
            f" of the decay ({decay.step_ns:.4g} ns): it cannot be made finer. Record both with the same bins,"
            " or name another."
        )
    if not named.response_only:
        _refuse_decay(named, decay)
    time_ns = reading.x.values * NS_PER_UNIT[reading.x.unit.strip().lower() or "ns"]
    others = tuple(channel for channel in reading.channels if channel.name != "irf")
    channel = Channel("irf", "counts", _on_bins(time_ns, decay, named))
    return replace(reading, channels=(*others, channel))


def _window_of_response(response: Reading) -> Window:
    try:
        return window_of(response)
    except NoResult as refusal:
        raise NoResult(
            f"The measurement named as instrument response cannot serve as one. {refusal}"
        ) from None


def _refuse_decay(named: Window, decay: Window) -> None:
    """Refuse what falls much slower than it rises, or no faster than the decay: it is no response."""
    fall_ns, rise_ns = _fall_ns(named), named.rise_bins * named.step_ns
    if fall_ns > FALL_PER_RISE * rise_ns + 2 * named.step_ns:
        why = f"and rises in {rise_ns:.3g} ns: that is a decay"
    elif fall_ns > AS_SLOW * (of_decay := _fall_ns(decay)):
        why = (
            f"the decay itself in {of_decay:.3g} ns: it is a decay too, or the decay is too short for this"
            " instrument"
        )
    else:
        return
    raise NoResult(
        f"The measurement named as instrument response falls to a tenth in {fall_ns:.3g} ns, {why}. Name one"
        " of a scatterer in place of the sample."
    )


def _fall_ns(window: Window) -> float:
    """Return the time from the maximum to a tenth of it."""
    level = window.quiet_level
    base = level if level is not None else float(np.min(window.counts))
    net = window.counts[window.peak :] - base
    low = np.flatnonzero(net < 0.1 * net[0])
    return float(low[0] if low.size else net.size) * window.step_ns


def _on_bins(time_ns: Floats, decay: Window, named: Window) -> Floats:
    """Sum the counts of the response over the bins around ``time_ns``; of its shape, (n,)."""
    peak_ns = float(named.time_ns[named.peak])
    # Of another delay: then its maximum is put where the decay has its own.
    away = not decay.time_ns[0] <= peak_ns <= decay.time_ns[-1]
    place = time_ns - (float(decay.time_ns[decay.peak]) - peak_ns if away else 0.0)
    half, own_half = decay.step_ns / 2, named.step_ns / 2
    edges = np.append(named.time_ns - own_half, named.time_ns[-1] + own_half)
    summed = np.append(0.0, np.cumsum(np.clip(named.counts, 0.0, None)))
    upper, lower = (np.interp(place + side, edges, summed) for side in (half, -half))
    return np.asarray(upper - lower)
