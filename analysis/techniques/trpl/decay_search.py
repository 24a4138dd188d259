"""Fit sums of exponentials to a window of a histogram: one, then more while the evidence asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.result import NoResult
from analysis.techniques.trpl.decay_model import (
    DecayFit,
    Floats,
    Histogram,
    fit_decay,
    group_starts,
    residuals,
)
from analysis.techniques.trpl.decay_window import Window

BIC_STEP = 10.0  # "very strong" evidence, Kass & Raftery 1995
LEAST_EVIDENCE = 40.0  # deviance that a decay must explain beyond a constant
LEAST_RATIO = 1.4  # closer lifetimes cannot be told apart at usual photon numbers
LEAST_SHARE = 0.005  # of the photons, for a component to count
START_PATTERNS: dict[int, list[tuple[float, ...]]] = {  # in units of the mean arrival time
    1: [(1.0,)],
    2: [(0.3, 1.5), (0.1, 1.0)],
    3: [(0.1, 0.6, 2.0), (0.03, 0.3, 1.3)],
}


@dataclass(frozen=True, slots=True)
class Job:
    """A histogram cut to what is fitted, and where the fit begins."""

    histogram: Histogram
    start_ns: float  # after the maximum
    background: float
    shift_ns: float
    fixed_background: bool = False


def make_job(window: Window, start_ns: float | None, end_ns: float | None) -> Job:
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
    return Job(histogram, float(time_ns[0]), _background(window, end), 0.0)


def _response_job(window: Window, measured: Floats, end: int) -> Job:
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
    return Job(histogram, 0.0, _background(window, end), (half[1] - half[0]) * window.step_ns)


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
    gone = window.left_out[part]
    return Histogram(
        time_ns, window.step_ns, starts, np.add.reduceat(counts, starts), irf, window.poisson, sigma,
        ~np.logical_or.reduceat(gone, starts) if gone.any() else None,
    )  # fmt: skip


def _background(window: Window, end: int) -> float:
    last = window.counts[max(window.peak, end - max(10, (end - window.peak) // 20)) : end]
    return max(float(np.mean(last)), 0.0)


def choose_fit(
    job: Job, components: str, like: DecayFit | None = None
) -> tuple[DecayFit, list[dict[str, Any]]]:
    """Fit one exponential, then more while BIC and common sense ask for them; begin at ``like``."""
    counts = (1, 2, 3) if components == "auto" else (int(components),)
    best: DecayFit | None = None
    rivals: list[dict[str, Any]] = []
    for n in counts:
        fit = _best_of_starts(job, n, best, like)
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


def refuse_flat(job: Job, fit: DecayFit) -> None:
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


def _best_of_starts(
    job: Job, n: int, simpler: DecayFit | None, like: DecayFit | None = None
) -> DecayFit | None:
    histogram = job.histogram
    if like is not None:
        return fit_decay(
            histogram, like.lifetimes_ns, job.background, fixed_background=job.fixed_background
        )
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
    fits = [
        fit_decay(
            histogram, start, job.background, job.shift_ns, fixed_background=job.fixed_background
        )
        for start in starts
    ]
    converged = [fit for fit in fits if fit is not None]
    return min(converged, key=lambda fit: fit.deviance) if converged else None


def _why_not(fit: DecayFit, simpler: DecayFit, job: Job) -> str:
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
