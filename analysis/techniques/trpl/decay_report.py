"""What is said of a decay: figures, warnings, tables and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.result import Curve, Figure, Result
from analysis.techniques.shared.calibration import LEVEL
from analysis.techniques.shared.rounding import rounded
from analysis.techniques.trpl.decay_model import DecayFit, residuals
from analysis.techniques.trpl.decay_search import Job
from analysis.techniques.trpl.decay_spread import DECIDES, WORTH, Spread
from analysis.techniques.trpl.decay_window import Window

PERIODS_PER_LIFETIME = 5
WINDOWS_PER_LIFETIME = 3
DRAWN_POINTS = 1500
LEAST_OF_A_BIN = 0.02  # of the lifetime: less is not worth a word
NOTE = "counts, spread over starts of the fit, area over height"


@dataclass(frozen=True, slots=True)
class Analysed:
    """A histogram with its fit as measured, the same for one pulse alone, and how far it is trusted."""

    window: Window
    job: Job
    fit: DecayFit
    one: DecayFit
    spread: Spread
    rivals: list[dict[str, Any]]
    period_ns: float | None

    @property
    def deviance(self) -> float:
        """Reduced deviance or χ²."""
        fit = self.fit
        poisson = self.window.poisson
        return fit.merged_deviance(self.job.histogram) if poisson else fit.reduced_deviance

    @property
    def told(self) -> bool:
        """Whether the lifetime is certain enough to be given."""
        return self.spread.u_ns <= WORTH * self.spread.value_ns


def report(done: Analysed, piled_up: str, *, hidden: bool) -> Result:
    """Return the result of an analysis; ``hidden`` says that a slow tail stands under the background."""
    return Result(
        figures=_figures(done),
        summary=_summary(done),
        warnings=(
            *done.window.warnings, *([piled_up] if piled_up else []),
            *_trust(done, hidden=hidden), *_warnings(done),
        ),
        curves=_curves(done.window, done.job, done.fit),
        detail=_detail(done),
    )  # fmt: skip


def _trust(done: Analysed, *, hidden: bool) -> list[str]:
    """Words for a lifetime that the start of the fit, or what it leaves out, decides."""
    spread, said = done.spread, []
    between = f"between {spread.lowest_ns:.4g} and {spread.highest_ns:.4g} ns"
    if not done.told:
        said.append(
            f"Lifetime undetermined: {between}, by the start of the fit and by the area over the height. Measure "
            "the instrument response, or a decay with a wider window."
        )
    elif spread.models_ns > DECIDES * spread.value_ns:
        said.append(
            f"The start of the fit decides the lifetime: {between}. The uncertainty holds this spread."
        )
    half_ns = _half_a_bin_ns(done)
    if done.told and half_ns > max(spread.u_ns, LEAST_OF_A_BIN * spread.value_ns):
        said.append(
            f"The shortest lifetime ({done.one.lifetimes_ns[0]:.3g} ns) spans few bins of {done.window.step_ns:.3g} ns, and "
            f"nothing tells where in its bin the decay starts: half a bin moves the lifetime by {half_ns:.2g} ns, more "
            "than its uncertainty. Measure with finer bins, or with the instrument response."
        )
    if hidden:
        said.append(
            "More stands under the decay than before the pulse: a tail slower than the window. The level before "
            "the pulse was taken as background; the slowest lifetime is uncertain."
        )
    return said


def _half_a_bin_ns(done: Analysed) -> float:
    """How far the amplitude average (ns) goes when the start lies half a bin further: d<τ>/dt = 1 - <τ><1/τ>."""
    fit = done.one
    if done.job.histogram.irf is not None:
        return 0.0
    share = fit.amplitudes / np.sum(fit.amplitudes)
    slope = 1.0 - float(np.sum(share * fit.lifetimes_ns)) * float(np.sum(share / fit.lifetimes_ns))
    return abs(slope) * done.window.step_ns / 2


def _figures(done: Analysed) -> tuple[Figure, ...]:
    fit, spread = done.one, done.spread
    _, u_intensity = fit.average_uncertainties_ns()
    average = "Lifetime" if fit.lifetimes_ns.size == 1 else "Lifetime, amplitude average ΣAτ/ΣA"
    other = "Lifetime, intensity average ΣAτ²/ΣAτ"
    name = "Reduced deviance" if done.window.poisson else "Reduced χ²"
    said = [Figure("reduced_deviance", done.deviance, None, "", name, note="1 for a perfect model")]
    if done.told:
        # what moves one average by a share moves the other by about the same
        share = spread.models_ns / spread.value_ns
        u_other = float(np.hypot(u_intensity, share * fit.intensity_average_ns))
        said = [
            Figure("lifetime_ns", spread.value_ns, spread.u_ns, "ns", average, note=NOTE, level=LEVEL),
            Figure(
                "lifetime_intensity_ns", fit.intensity_average_ns, u_other, "ns", other,
                note=NOTE, level=LEVEL,
            ),
            *said,
        ]  # fmt: skip
    return tuple(said)


def _warnings(done: Analysed) -> list[str]:
    window, job, fit, period_ns = done.window, done.job, done.fit, done.period_ns
    deviance = done.deviance
    warnings = []
    if window.response_only:
        warnings.append(
            "The file says it is an instrument response: these are not lifetimes of a sample."
        )
    longest = float(fit.lifetimes_ns[-1])
    span_ns = float(job.histogram.edges_ns[-1] - max(job.start_ns, 0.0))
    if span_ns < WINDOWS_PER_LIFETIME * longest:
        warnings.append(
            f"The fitted window ({span_ns:.4g} ns) is shorter than three times the longest lifetime "
            f"({longest:.4g} ns): background and lifetime cannot be told apart well."
        )
    if period_ns is not None and period_ns < PERIODS_PER_LIFETIME * longest:
        warnings.append(
            f"The laser fires every {period_ns:.4g} ns, less than five times the longest lifetime "
            f"({longest:.4g} ns): earlier pulses still glow. Their light was taken off; better measure at "
            f"{1e3 / (5 * longest):.2g} MHz or below."
        )
    quiet = window.quiet_level
    folded = period_ns is not None and period_ns < 2 * PERIODS_PER_LIFETIME * longest
    if window.poisson and quiet is not None and not folded:
        noise = np.sqrt(max(quiet, fit.background, 1e-9) / window.quiet)
        if quiet > fit.background + 5 * noise and quiet > 1.2 * fit.background:
            warnings.append(
                f"Before the pulse there are {quiet:.3g} counts per bin, more than the fitted background "
                f"({fit.background:.3g}): the decay of the previous pulse may run into the window."
            )
    if window.poisson and deviance > 1.5:
        warnings.append(
            f"The reduced deviance is {deviance:.2f}, not 1: the decay is not quite a sum of "
            f"{fit.lifetimes_ns.size} exponentials; uncertainties were enlarged accordingly."
        )
    if job.histogram.irf is None and float(fit.lifetimes_ns[0]) < job.start_ns / 2:
        warnings.append(
            f"The shortest lifetime ({fit.lifetimes_ns[0]:.3g} ns) is short against the start of the fit "
            f"({job.start_ns:.3g} ns after the maximum): its amplitude is an extrapolation."
        )
    return warnings


def _summary(done: Analysed) -> str:
    fit, spread = done.one, done.spread
    n = fit.lifetimes_ns.size
    kind = {1: "one exponential", 2: "two exponentials", 3: "three exponentials"}[n]
    how = (
        "convolved with the instrument response"
        if done.job.histogram.irf is not None
        else f"tail from {done.job.start_ns:.3g} ns after the maximum"
    )
    if not done.told:
        return (
            f"Lifetime undetermined, between {spread.lowest_ns:.4g} and {spread.highest_ns:.4g} ns; "
            f"{kind}, {how}."
        )
    value = f"Lifetime {rounded(spread.value_ns, spread.u_ns, 'ns')}"
    if n == 1:
        return f"{value}, {kind}, {how}."
    return f"{value} by amplitude, {fit.intensity_average_ns:.3g} ns by intensity, {kind}, {how}."


def _detail(done: Analysed) -> dict[str, Any]:
    window, job, fit, spread = done.window, done.job, done.one, done.spread
    errors = np.sqrt(np.clip(np.diag(fit.covariance), 0, None))
    photons = fit.amplitudes * fit.lifetimes_ns
    components = [
        {
            "lifetime_ns": float(tau),
            "u_lifetime_ns": float(tau * errors[2 * k + 1]),
            "amplitude_share": float(a / fit.amplitudes.sum()),
            "u_amplitude_relative": float(errors[2 * k]),
            "photon_share": float(photons[k] / photons.sum()),
        }
        for k, (a, tau) in enumerate(zip(fit.amplitudes, fit.lifetimes_ns, strict=True))
    ]
    return {
        "components": components,
        "background_per_bin": fit.background,
        "quiet_level_per_bin": window.quiet_level,
        "irf_shift_ns": fit.shift_ns if job.histogram.irf is not None else None,
        "maximum_at_ns": float(window.time_ns[window.peak]),
        "fit_from_ns_after_maximum": job.start_ns,
        "fit_to_ns_after_maximum": float(job.histogram.edges_ns[-1]),
        "photons_fitted": float(job.histogram.counts.sum()),
        "rivals": done.rivals,
        "u_parts_ns": {"statistics": spread.statistics_ns, "models": float(spread.models_ns)},
        "alternatives_ns": [[one.how, one.value_ns, one.u_ns] for one in spread.alternatives],
    }


def _curves(window: Window, job: Job, fit: DecayFit) -> tuple[Curve, ...]:
    histogram = job.histogram
    origin = float(window.time_ns[window.peak])
    middle = (histogram.edges_ns[:-1] + histogram.edges_ns[1:]) / 2 - histogram.step_ns / 2 + origin
    keep = np.unique(np.linspace(0, middle.size - 1, min(middle.size, DRAWN_POINTS)).astype(int))
    x = middle[keep].tolist()
    rest = residuals(histogram, fit.expected)
    return (
        Curve("fit", x, (fit.expected / histogram.sizes)[keep].tolist(), x_unit="ns"),
        Curve("background", [x[0], x[-1]], [fit.background, fit.background], x_unit="ns"),
        Curve("residual", x, rest[keep].tolist(), "residual", "ns", "σ"),
    )
