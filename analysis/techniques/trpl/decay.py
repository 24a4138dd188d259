"""Time-resolved photoluminescence: lifetimes of a decay histogram.

One to three exponentials and a constant background, by Poisson maximum likelihood
(`decay_model`). With an ``irf`` channel the model is convolved with the instrument response, whose
shift is free; without one the tail is fitted from a stated time after the maximum and amplitudes are
extrapolated back to the maximum. Two averages exist and differ by ×1.2 to ×1.5 for usual decays, so
both are given: ΣAτ/ΣA (amplitude average, the one that k_r = Φ/τ wants) and ΣAτ²/ΣAτ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.reading import Reading
from analysis.result import Curve, Figure, Method, NoResult, Parameter, Result
from analysis.techniques.shared.settings import settings_for
from analysis.techniques.trpl.decay_model import (
    DecayFit,
    Floats,
    Histogram,
    fit_decay,
    group_starts,
    residuals,
)
from analysis.techniques.trpl.decay_window import Window, repetition_period_ns, window_of

BIC_STEP = 10.0  # "very strong" evidence, Kass & Raftery 1995
LEAST_EVIDENCE = 40.0  # deviance that a decay must explain beyond a constant
LEAST_RATIO = 1.4  # closer lifetimes cannot be told apart at usual photon numbers
LEAST_SHARE = 0.005  # of the photons, for a component to count
PERIODS_PER_LIFETIME = 5
WINDOWS_PER_LIFETIME = 3
DRAWN_POINTS = 1500
START_PATTERNS: dict[int, list[tuple[float, ...]]] = {  # in units of the mean arrival time
    1: [(1.0,)],
    2: [(0.3, 1.5), (0.1, 1.0)],
    3: [(0.1, 0.6, 2.0), (0.03, 0.3, 1.3)],
}

PARAMETERS = (
    Parameter("components", "Exponentials", "", "auto", choices=("auto", "1", "2", "3")),
    Parameter("start_ns", "Start of the tail fit after the maximum", "ns", None, 0, 1e9,
              help="Left empty: one rise time after the maximum. Not used with an instrument response."),
    Parameter("end_ns", "End of the fit after the maximum", "ns", None, 0, 1e9),
    Parameter("repetition_mhz", "Repetition rate of the laser", "MHz", None, 1e-6, 1e4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Job:
    histogram: Histogram
    start_ns: float  # after the maximum
    background: float
    shift_ns: float


def run(reading: Reading, given: dict[str, Any]) -> Result:
    """Lifetimes of a TRPL histogram; raises `NoResult`."""
    settings = settings_for(PARAMETERS, given)
    window = window_of(reading)
    job = _job(window, settings["start_ns"], settings["end_ns"])
    fit, rivals = choose_fit(job, settings["components"])
    _refuse_flat(job, fit)
    period_ns = repetition_period_ns(reading, settings["repetition_mhz"])
    deviance = fit.merged_deviance(job.histogram) if window.poisson else fit.reduced_deviance
    warnings = (
        *window.warnings,
        *_warnings(window, job, fit, deviance, period_ns),
        *_rate_warnings(reading, window, period_ns),
    )
    return Result(
        figures=_figures(fit, deviance, window.poisson),
        summary=_summary(fit, job, window),
        warnings=warnings,
        curves=_curves(window, job, fit),
        detail=_detail(fit, job, window, rivals),
    )


def _job(window: Window, start_ns: float | None, end_ns: float | None) -> _Job:
    """Cut the histogram to what is fitted and group it."""
    step_ns, peak = window.step_ns, window.peak
    end = window.end
    if end_ns is not None:
        end = min(end, peak + int(end_ns / step_ns) + 1)
    if window.irf is not None:
        return _response_job(window, window.irf, end)
    first = peak + (window.rise_bins if start_ns is None else round(start_ns / step_ns))
    if end - first < 20:
        raise NoResult(
            f"Only {max(end - first, 0)} bins lie between the start and the end of the fit: at least 20 are "
            "needed."
        )
    time_ns: Floats = np.arange(first - peak, end - peak, dtype=float) * step_ns
    histogram = _grouped(window, time_ns, slice(first, end), None, fine_bins=50)
    return _Job(histogram, float(time_ns[0]), _background(window, end), 0.0)


def _response_job(window: Window, measured: Floats, end: int) -> _Job:
    top = int(np.argmax(measured))
    quiet = measured[: max(top - 3, 1)]
    irf = np.clip(measured - float(np.median(quiet)), 0, None)
    irf[irf < 1e-3 * irf[top]] = 0.0
    first = max(0, min(int(np.flatnonzero(irf)[0]), window.peak - window.rise_bins) - 20)
    total = irf[first:end].sum()
    if total <= 0:
        raise NoResult("The instrument response holds no signal inside the window of the decay.")
    half = [int(np.argmax(y >= 0.5 * np.max(y))) for y in (irf, window.counts)]
    time_ns: Floats = np.arange(first - window.peak, end - window.peak, dtype=float)
    time_ns = time_ns * window.step_ns
    histogram = _grouped(
        window, time_ns, slice(first, end), irf[first:end] / total, window.peak - first + 50
    )
    return _Job(histogram, 0.0, _background(window, end), (half[1] - half[0]) * window.step_ns)


def _grouped(
    window: Window, time_ns: Floats, part: slice, irf: Floats | None, fine_bins: int
) -> Histogram:
    starts = group_starts(time_ns.size, fine_bins)
    counts = window.counts[part]
    sigma = None
    if not window.poisson:
        spread = window.sigma[part] if window.sigma is not None else None
        if spread is None:
            smooth = np.convolve(counts, np.ones(9) / 9, mode="same")
            spread = np.sqrt(np.clip(smooth, 1e-4 * float(np.max(counts)), None))
        sigma = np.sqrt(np.add.reduceat(spread**2, starts))
    return Histogram(
        time_ns, window.step_ns, starts, np.add.reduceat(counts, starts), irf, window.poisson, sigma
    )


def _background(window: Window, end: int) -> float:
    last = window.counts[max(window.peak, end - max(10, (end - window.peak) // 20)) : end]
    return max(float(np.mean(last)), 0.0)


def choose_fit(job: _Job, components: str) -> tuple[DecayFit, list[dict[str, Any]]]:
    """Fit one exponential, then more while BIC and common sense ask for them."""
    counts = (1, 2, 3) if components == "auto" else (int(components),)
    best: DecayFit | None = None
    rivals: list[dict[str, Any]] = []
    for n in counts:
        fit = _best_of_starts(job, n, best)
        if fit is None:
            continue
        reason = "" if best is None else _why_not(fit, best, job)
        rivals.append(
            {
                "components": n,
                "lifetimes_ns": fit.lifetimes_ns.tolist(),
                "reduced_deviance": fit.reduced_deviance,
                "bic": fit.bic,
                "rejected": reason,
            }
        )
        if best is not None and reason:
            break
        best = fit
    if best is None:
        raise NoResult(
            "No sum of exponentials could be fitted: check that the file holds a decay and where it starts."
        )
    return best, rivals


def _refuse_flat(job: _Job, fit: DecayFit) -> None:
    """Refuse when a constant explains the counts as well, or the decay outlasts the window by far."""
    histogram = job.histogram
    constant = histogram.sizes * float(histogram.counts.sum() / histogram.sizes.sum())
    flat = float(np.sum(residuals(histogram, constant) ** 2))
    span_ns = float(histogram.edges_ns[-1] - histogram.edges_ns[0])
    if flat - fit.deviance < LEAST_EVIDENCE * max(1.0, fit.reduced_deviance):
        raise NoResult(
            "After the maximum the counts are as flat as background: no decay is seen. Check that the pulse lies "
            "inside the window, or measure longer."
        )
    if fit.lifetimes_ns.size == 1 and fit.lifetimes_ns[0] > 5 * span_ns:
        raise NoResult(
            f"The counts hardly fall within the window of {span_ns:.4g} ns: the lifetime is longer than five "
            "windows and cannot be told. Widen the window."
        )


def _best_of_starts(job: _Job, n: int, simpler: DecayFit | None) -> DecayFit | None:
    histogram = job.histogram
    net = np.clip(histogram.counts - job.background * histogram.sizes, 0, None)
    middle = (histogram.edges_ns[:-1] + histogram.edges_ns[1:]) / 2 - max(
        histogram.edges_ns[0], 0.0
    )
    after = middle > 0
    scale = float(net[after] @ middle[after] / max(net[after].sum(), 1e-12))
    scale = max(scale, histogram.step_ns)
    starts = [np.array(pattern) * scale for pattern in START_PATTERNS[n]]
    if simpler is not None:
        tau = simpler.lifetimes_ns
        starts.append(np.sort(np.append(tau, tau[0] / 4)))
        starts.append(np.sort(np.append(tau, tau[-1] * 2.5)))
    fits = [fit_decay(histogram, start, job.background, job.shift_ns) for start in starts]
    converged = [fit for fit in fits if fit is not None]
    return min(converged, key=lambda fit: fit.deviance) if converged else None


def _why_not(fit: DecayFit, simpler: DecayFit, job: _Job) -> str:
    """Why a fit with one more exponential is not believed; empty when it is."""
    scale = 1.0 if job.histogram.poisson else max(fit.reduced_deviance, 1e-300)
    gain = (simpler.deviance - fit.deviance) / scale - 2 * np.log(fit.points)
    if gain < BIC_STEP:
        return f"BIC improves by {gain:.1f}, less than {BIC_STEP:g}".replace("-", "−")
    if float(np.min(fit.lifetimes_ns[1:] / fit.lifetimes_ns[:-1])) < LEAST_RATIO:
        return "two lifetimes are too close to tell apart"
    photons = fit.amplitudes * fit.lifetimes_ns * np.exp(-max(job.start_ns, 0) / fit.lifetimes_ns)
    if float(np.min(photons / photons.sum())) < LEAST_SHARE:
        return f"a component holds less than {LEAST_SHARE:.1%} of the photons"
    if float(np.max(np.diag(fit.covariance)[1::2])) > 0.5**2:
        return "a lifetime is uncertain by more than half of itself"
    if (
        fit.lifetimes_ns[-1] > job.histogram.edges_ns[-1]
        and fit.lifetimes_ns[-1] > 2 * simpler.lifetimes_ns[-1]
    ):
        return "the longest lifetime exceeds the window and stands for the background"
    return ""


def _figures(fit: DecayFit, deviance: float, poisson: bool) -> tuple[Figure, ...]:
    u_amplitude, u_intensity = fit.average_uncertainties_ns()
    average = "Lifetime" if fit.lifetimes_ns.size == 1 else "Lifetime, amplitude average ΣAτ/ΣA"
    other = "Lifetime, intensity average ΣAτ²/ΣAτ"
    name = "Reduced deviance" if poisson else "Reduced χ²"
    return (
        Figure("lifetime_ns", fit.amplitude_average_ns, u_amplitude, "ns", average),
        Figure("lifetime_intensity_ns", fit.intensity_average_ns, u_intensity, "ns", other),
        Figure("reduced_deviance", deviance, None, "", name, note="1 for a perfect model"),
    )


def _warnings(
    window: Window, job: _Job, fit: DecayFit, deviance: float, period_ns: float | None
) -> list[str]:
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
            f"({longest:.4g} ns): earlier pulses still glow. Measure at {1e3 / (5 * longest):.2g} MHz or below."
        )
    quiet = window.quiet_level
    if window.poisson and quiet is not None:
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


def _rate_warnings(reading: Reading, window: Window, period_ns: float | None) -> list[str]:
    """Pile-up: above 5 % detection per pulse only the first photon counts and decays read short."""
    seconds = reading.metadata.get("acquisition_s")
    if period_ns is None or not isinstance(seconds, int | float) or seconds <= 0:
        return []
    share = float(np.sum(window.counts)) * period_ns * 1e-9 / seconds
    if share <= 0.05:
        return []
    return [
        f"{share:.0%} of the pulses gave a count: above 5 % late photons are lost (pile-up) and the lifetime "
        "reads short. Attenuate and measure again."
    ]


def _summary(fit: DecayFit, job: _Job, window: Window) -> str:
    u_amplitude, _ = fit.average_uncertainties_ns()
    n = fit.lifetimes_ns.size
    kind = {1: "one exponential", 2: "two exponentials", 3: "three exponentials"}[n]
    how = (
        "convolved with the instrument response"
        if job.histogram.irf is not None
        else f"tail from {job.start_ns:.3g} ns after the maximum"
    )
    if n == 1:
        return f"Lifetime {fit.amplitude_average_ns:.4g} ± {u_amplitude:.2g} ns, {kind}, {how}."
    return (
        f"Lifetime {fit.amplitude_average_ns:.4g} ± {u_amplitude:.2g} ns by amplitude, "
        f"{fit.intensity_average_ns:.4g} ns by intensity, {kind}, {how}."
    )


def _detail(
    fit: DecayFit, job: _Job, window: Window, rivals: list[dict[str, Any]]
) -> dict[str, Any]:
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
        "rivals": rivals,
    }


def _curves(window: Window, job: _Job, fit: DecayFit) -> tuple[Curve, ...]:
    histogram = job.histogram
    origin = float(window.time_ns[window.peak])
    middle = (histogram.edges_ns[:-1] + histogram.edges_ns[1:]) / 2 - histogram.step_ns / 2 + origin
    keep = np.unique(np.linspace(0, middle.size - 1, min(middle.size, DRAWN_POINTS)).astype(int))
    x = middle[keep].tolist()
    rest = residuals(histogram, fit.expected)
    return (
        Curve("fit", x, (fit.expected / histogram.sizes)[keep].tolist()),
        Curve("background", [x[0], x[-1]], [fit.background, fit.background]),
        Curve("residual", x, rest[keep].tolist(), "residual"),
    )


TRPL_DECAY = Method("trpl-decay", "1", "trpl", "TRPL lifetimes", run, PARAMETERS)
