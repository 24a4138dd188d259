"""Time-resolved photoluminescence: lifetimes of a decay histogram.

One to three exponentials and a constant background, by Poisson maximum likelihood
(`decay_model`). With an ``irf`` channel, or with a `response` that is another measurement, the model is convolved with the instrument response, whose
shift is free; without one the tail is fitted from a stated time after the maximum and amplitudes are
extrapolated back to the pulse. Two averages exist and differ by ×1.2 to ×1.5 for usual decays, so
both are given: ΣAτ/ΣA (amplitude average, the one that k_r = Φ/τ wants) and ΣAτ²/ΣAτ. Refits from other
starts and the area over the height (`decay_spread`) say how far the first can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Method, NoResult, Parameter, Result
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.trpl.decay_model import DecayFit
from analysis.techniques.trpl.decay_report import PERIODS_PER_LIFETIME, Analysed, report
from analysis.techniques.trpl.decay_search import Job, choose_fit, make_job, refuse_flat
from analysis.techniques.trpl.decay_spread import (
    Alternative,
    area_over_height,
    spread_over,
    starts_ns,
    stretched_rival,
)
from analysis.techniques.trpl.decay_window import (
    Window,
    bridged,
    repetition_period_ns,
    window_of,
)
from analysis.techniques.trpl.pulses import (
    RISE_TO_PULSE,
    at_the_pulse,
    cycles_of,
    refuse_response,
    undo_pile_up,
)
from analysis.techniques.trpl.response import with_response

PARAMETERS = (
    Parameter("components", "Exponentials", "", "auto", choices=("auto", "1", "2", "3")),
    Parameter("start_ns", "Start of the tail fit after the maximum", "ns", None, 0, 1e9,
              help="Left empty: one rise time after the maximum. Not used with an instrument response."),
    Parameter("end_ns", "End of the fit after the maximum", "ns", None, 0, 1e9),
    Parameter("cycles", "Laser pulses during the measurement", "", None, 1, 1e18,
              help="Left empty: repetition rate × time, where the file says both. Corrects pile-up."),
    Parameter("repetition_mhz", "Repetition rate of the laser", "MHz", None, 1e-6, 1e4),
    Parameter("response", "Instrument response", measurement_of="trpl",
              help="Another measurement of the project: of a scatterer, with the same bins."),
)  # fmt: skip


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Lifetimes of a TRPL histogram; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    reading = bridged(reading)
    if settings["response"] is not None:
        reading = with_response(reading, settings["response"])
    period_ns = repetition_period_ns(reading, settings["repetition_mhz"])
    window, piled_up = undo_pile_up(
        window_of(reading), cycles_of(reading, settings["cycles"], period_ns)
    )
    if not window.response_only:
        refuse_response(window)
    job = make_job(window, settings["start_ns"], settings["end_ns"])
    fit, rivals = choose_fit(job, settings["components"])
    refuse_flat(job, fit)
    level = window.quiet_level if period_ns is None and window.poisson else None
    hidden = level is not None and _hides_a_tail(window, job, fit, level)
    if hidden and level is not None:
        job = replace(job, background=level, fixed_background=True)
        fit, rivals = choose_fit(job, settings["components"])
    pulse = Pulse(_before_ns(window, settings["start_ns"]), period_ns)
    one = pulse.of(fit)
    others = [_area(window, fit, period_ns), stretched_rival(job, one, pulse.before_ns)]
    again = _again(window, job, fit, pulse, settings)
    spread = spread_over(one, again, others, _u_pulse_ns(fit, pulse))
    return report(
        Analysed(window, job, fit, one, spread, rivals, period_ns), piled_up, hidden=hidden
    )


@dataclass(frozen=True, slots=True)
class Pulse:
    """Where the pulse is before the maximum, and how often it comes."""

    before_ns: float
    period_ns: float | None

    def of(self, fit: DecayFit) -> DecayFit:
        """Return the fit for one pulse alone, counted from the pulse."""
        return at_the_pulse(fit, self.before_ns, self.period_ns)


def _before_ns(window: Window, start_ns: float | None) -> float:
    """From the pulse to the maximum: about half the rise of an edge that is blurred over bins."""
    if window.irf is not None or window.rise_bins <= 1:
        return 0.0
    return RISE_TO_PULSE * (window.rise_bins - 1) * window.step_ns


def _u_pulse_ns(fit: DecayFit, pulse: Pulse) -> float:
    """Half of what the lifetime moves between a pulse at the maximum and one twice as far before it."""
    at_maximum, before = (replace(pulse, before_ns=k * pulse.before_ns).of(fit) for k in (0, 2))
    return abs(at_maximum.amplitude_average_ns - before.amplitude_average_ns) / 2


def _area(window: Window, fit: DecayFit, period_ns: float | None) -> Alternative | None:
    """The area over the height, unless earlier pulses stand under both."""
    if period_ns is not None and period_ns < PERIODS_PER_LIFETIME * float(fit.lifetimes_ns[-1]):
        return None
    return area_over_height(window, fit)


def _hides_a_tail(window: Window, job: Job, fit: DecayFit, level: float) -> bool:
    """Say whether more stands under the decay than before the pulse: a tail slower than the window."""
    u_level = float(np.sqrt(max(level, 0.05) / window.quiet))
    u_fit = float(np.sqrt(max(fit.background, 0.05) / max(0.3 * job.histogram.time_ns.size, 1)))
    return (
        fit.background - level > 5 * float(np.hypot(u_level, u_fit))
        and fit.background > 1.1 * level
    )


def _again(
    window: Window, job: Job, fit: DecayFit, pulse: Pulse, settings: dict[str, Any]
) -> list[tuple[str, Callable[[], DecayFit | None]]]:
    """The same fit from other starts, and on the background before the pulse."""
    if window.irf is not None:
        return []
    components = str(fit.lifetimes_ns.size)

    def refit(start_ns: float) -> DecayFit | None:
        other = replace(
            make_job(window, start_ns, settings["end_ns"]),
            background=job.background, fixed_background=job.fixed_background,
        )  # fmt: skip
        try:
            return pulse.of(choose_fit(other, components, fit)[0])
        except NoResult:
            return None

    starts = starts_ns(window, float(fit.lifetimes_ns[0]), from_maximum=window.rise_bins <= 2)
    if settings["start_ns"] is not None:
        starts = [s for s in starts if s >= settings["start_ns"]]
    return [(f"start {start:.3g} ns", partial(refit, start)) for start in starts]


TRPL_DECAY = Method("trpl-decay", "2", "trpl", "TRPL lifetimes", run, PARAMETERS, leaves_out=True)
