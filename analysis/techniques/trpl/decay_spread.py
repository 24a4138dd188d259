"""How much a lifetime depends on where the fit starts, on the background, and on what the fit leaves out.

u² = Fisher information + spread over starts + the background before the pulse taken for the whole + the
area of the decay over its height, ∫I dt/I(0), which is ΣAτ/ΣA for any decay, whatever its shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.techniques.trpl.decay_model import DecayFit
from analysis.techniques.trpl.decay_search import Job
from analysis.techniques.trpl.decay_window import Window
from analysis.techniques.trpl.stretched import fit_stretched

STARTS = (2, 4, 8)  # in units of the first start after the maximum
ALIKE = 20.0  # in BIC
EXPLAINED = 0.7  # alternatives share most photons, so they differ by less than their u
PRECISE = 0.2  # of itself, for an alternative to be heard
HEIGHT_PHOTONS = 600
WORTH = 0.25  # of the lifetime: less certain, it is not given
DECIDES = 0.05  # of the lifetime: a spread worth a word


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to the same number."""

    how: str
    value_ns: float
    u_ns: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The alternatives to a lifetime and the u they leave."""

    value_ns: float
    statistics_ns: float
    alternatives: tuple[Alternative, ...]

    @property
    def models_ns(self) -> float:
        """The greatest difference that the u of the two does not explain."""
        beyond = [
            max(
                abs(one.value_ns - self.value_ns)
                - EXPLAINED * float(np.hypot(one.u_ns, self.statistics_ns)),
                0.0,
            )
            for one in self.alternatives
        ]
        return float(max(beyond, default=0.0))

    @property
    def u_ns(self) -> float:
        """Standard uncertainty."""
        return float(np.hypot(self.statistics_ns, self.models_ns))

    @property
    def lowest_ns(self) -> float:
        """The least of all values."""
        return min([self.value_ns, *(one.value_ns for one in self.alternatives)])

    @property
    def highest_ns(self) -> float:
        """The greatest of all values."""
        return max([self.value_ns, *(one.value_ns for one in self.alternatives)])


def starts_ns(window: Window, shortest_ns: float, *, from_maximum: bool) -> list[float]:
    """Other starts of the tail fit after the maximum, up to the shortest lifetime."""
    first = window.rise_bins * window.step_ns
    most = max(shortest_ns, 2 * first)
    later = [k * first for k in STARTS if k * first <= most]
    return ([0.0] if from_maximum else []) + later


def area_over_height(window: Window, fit: DecayFit) -> Alternative | None:
    """∫I dt/I(0) from the counts themselves, with the fitted tail beyond the window; None without a pulse.

    The counts from the start of the rise belong to the decay. The height is that of the highest bin, back
    at its left edge.
    """
    if window.irf is not None:
        return None
    first = max(window.peak - window.rise_bins + 1, 0)
    part = window.counts[first : window.end]
    background = fit.background
    net = float(np.sum(part)) - background * part.size
    # as many bins from the highest on as hold enough photons to say how high it is
    seen = np.cumsum(window.counts[window.peak : window.end])
    bins = int(np.searchsorted(seen, HEIGHT_PHOTONS)) + 1
    if net <= 0 or bins > seen.size:
        return None
    height = float(seen[bins - 1]) / bins - background
    u_height = float(np.sqrt(seen[bins - 1])) / bins / max(height, 1e-9)
    if u_height > 0.2:
        return None
    # a bin holds the mean over itself; the fitted lifetimes say how much higher its edge is
    shape, tau = fit.amplitudes / fit.amplitudes.sum(), fit.lifetimes_ns
    inside = bins * window.step_ns / tau
    height /= float(np.sum(shape * -np.expm1(-inside) / inside))
    after_ns = (window.end - window.peak) * window.step_ns
    beyond = float(np.sum(fit.amplitudes * tau * np.exp(-after_ns / tau)))
    area = net * window.step_ns + beyond
    # an uncertain background weighs on every bin; a tenth of what is not seen is taken as uncertain
    u_level = np.sqrt(max(background, 1.0) / max(part.size, 1)) * part.size * window.step_ns
    u_area = float(np.hypot(u_level, 0.1 * beyond)) / area
    value = area / height
    return Alternative("area over height", value, value * float(np.hypot(u_height, u_area)))


def stretched_rival(job: Job, fit: DecayFit, before_ns: float) -> Alternative | None:
    """The average of a stretched exponential, where that describes the decay about as well."""
    if job.histogram.irf is not None:
        return None
    rival = fit_stretched(
        job.histogram,
        before_ns,
        fit.amplitude_average_ns,
        job.background,
        fixed=job.fixed_background,
    )
    scale = 1.0 if job.histogram.poisson else max(fit.reduced_deviance, 1e-300)
    if rival is None or (rival.bic - fit.bic) / scale > ALIKE:
        return None
    return Alternative(
        f"stretched exponential, β {rival.beta:.2f}", rival.average_ns, rival.u_average_ns
    )


def spread_over(
    fit: DecayFit,
    again: list[tuple[str, Callable[[], DecayFit | None]]],
    others: list[Alternative | None],
    u_pulse_ns: float,
) -> Spread:
    """Compare a fit with fits made otherwise, each called for here, and with what was found without it.

    ``u_pulse_ns`` is what not knowing the time of the pulse leaves on the lifetime.
    """
    found = [one for one in others if one is not None]
    for how, make in again:
        other = make()
        if other is None:
            continue
        u = other.average_uncertainties_ns()[0]
        if np.isfinite(u) and u < PRECISE * other.amplitude_average_ns:
            found.append(Alternative(how, other.amplitude_average_ns, u))
    u_counts, _ = fit.average_uncertainties_ns()
    statistics = float(np.hypot(u_counts, u_pulse_ns))
    return Spread(fit.amplitude_average_ns, statistics, tuple(found))
