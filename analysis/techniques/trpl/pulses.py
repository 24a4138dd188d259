"""What pulses do to a histogram: an instrument response alone, photons lost to pile-up, earlier pulses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import NoResult
from analysis.techniques.trpl.decay_model import DecayFit, Floats
from analysis.techniques.trpl.decay_window import Window

SYMMETRIC = 1.5  # a response falls as fast as it rises; a decay does not
PILE_UP = 0.01  # of the cycles with a photon: below, Coates changes a lifetime by less than its u
RISE_TO_PULSE = 0.5  # the maximum of a blurred edge comes half its 10-100 % rise after the pulse


def refuse_response(window: Window) -> None:
    """Refuse a pulse that falls as fast as it rises: there is no decay behind it."""
    counts, peak = window.counts, window.peak
    base = window.quiet_level if window.quiet_level is not None else float(np.median(counts))
    net = counts - base
    low = np.flatnonzero(net[peak:] < 0.1 * net[peak])
    if not low.size:
        return
    fall = int(low[0])
    after = net[peak + 4 * fall + 2 :]
    noise = np.sqrt(max(float(np.sum(counts[peak + 4 * fall + 2 :])), 1.0))
    left = float(np.sum(after)) / max(float(np.sum(net[: peak + 4 * fall + 2])), 1e-9)
    empty = left < 0.01 or float(np.sum(after)) < 4 * noise
    if fall <= SYMMETRIC * window.rise_bins + 1 and empty:
        raise NoResult(
            f"Instrument response, no decay to fit: the pulse falls within {fall * window.step_ns:.3g} ns, as "
            f"fast as it rises ({window.rise_bins * window.step_ns:.3g} ns), and nothing follows it."
        )


def cycles_of(reading: Reading, given: float | None, period_ns: float | None) -> float | None:
    """How many laser pulses made the histogram, from the setting or the header; None when unknown."""
    if given:
        return given
    seconds: Any = reading.metadata.get("acquisition_s")
    if period_ns is None or not isinstance(seconds, int | float) or seconds <= 0:
        return None
    return float(seconds) / (period_ns * 1e-9)


def undo_pile_up(window: Window, cycles: float | None) -> tuple[Window, str]:
    """Return the histogram as if every photon had counted (Coates, J. Phys. E 1968, 1, 878), and what is said.

    A counter takes the first photon of a cycle only, so bin i sees N − Σ_{j<i} n_j cycles.
    """
    if cycles is None or not window.poisson:
        return window, ""
    counts = window.counts
    share = float(np.sum(counts)) / cycles
    if share <= PILE_UP:
        return window, ""
    if share >= 0.98:
        raise NoResult(
            f"{share:.0%} of the laser pulses gave a count: the rate or the time of the measurement is wrong, or "
            "the counter was full. Correct the repetition rate, or attenuate and measure again."
        )
    waiting = cycles - np.append(0.0, np.cumsum(counts)[:-1])
    corrected = -cycles * np.log1p(-counts / waiting)
    return replace(window, counts=corrected), (
        f"{share:.1%} of the pulses gave a count, so late photons were lost (pile-up); corrected after Coates. "
        + (
            "Attenuate and measure again: above 5 % a correction is no cure."
            if share > 0.05
            else ""
        )
    ).strip()


def at_the_pulse(fit: DecayFit, before_ns: float, period_ns: float | None) -> DecayFit:
    """Return the fit with the amplitudes of one pulse alone, at the pulse, ``before_ns`` before time zero.

    Earlier pulses multiply each term by 1/(1 − exp(−T/τ)).
    """
    tau = fit.lifetimes_ns
    logarithm, slope = before_ns / tau, -before_ns / tau
    if period_ns is not None:
        fill = np.exp(-period_ns / tau)
        logarithm = logarithm + np.log1p(-fill)
        slope = slope - period_ns / tau * fill / (1 - fill)
    jacobian = np.eye(2 * tau.size)
    places = np.arange(tau.size)
    jacobian[2 * places, 2 * places + 1] = slope
    return replace(
        fit,
        amplitudes=fit.amplitudes * np.exp(np.clip(logarithm, -50, 50)),
        covariance=_symmetric(jacobian @ fit.covariance @ jacobian.T),
    )


def _symmetric(matrix: Floats) -> Floats:
    return np.asarray((matrix + matrix.T) / 2, dtype=float)
