"""Decays that are no sum of up to three exponentials, with their true ∫I dt/I(0)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

Law = Callable[[np.ndarray], np.ndarray]


def stretched(tau: float, beta: float) -> tuple[Law, float]:
    return lambda t: np.exp(-((t / tau) ** beta)), tau / beta * math.gamma(1 / beta)


def terms(*pairs: tuple[float, float]) -> tuple[Law, float]:
    whole = sum(a for a, _ in pairs)
    law = lambda t: sum(a * np.exp(-t / tau) for a, tau in pairs) / whole  # noqa: E731
    return law, sum(a * tau for a, tau in pairs) / whole


def bimolecular(tau: float, share: float) -> tuple[Law, float]:
    """dn/dt = −n/τ − B n², seen as n² (free carriers); ``share`` is Bn(0)τ."""
    t = np.linspace(0, 40 * tau, 400_001)
    n = lambda t: np.exp(-t / tau) / (1 + share * -np.expm1(-t / tau))  # noqa: E731
    return lambda t: n(t) ** 2, float(np.trapezoid(n(t) ** 2, t))


def spread_of_rates(tau: float, sigma: float) -> tuple[Law, float]:
    """A log-normal distribution of lifetimes, 61 of them."""
    x = np.linspace(-3, 3, 61)
    return terms(*((float(np.exp(-(k**2) / 2)), tau * float(np.exp(sigma * k))) for k in x))


DECAYS: dict[str, tuple[Law, float]] = {
    "one exponential": terms((1, 40)),
    "two exponentials": terms((0.7, 22), (0.3, 88)),
    "stretched, β 0.75": stretched(30, 0.75),
    "stretched, β 0.45": stretched(20, 0.45),
    "bimolecular": bimolecular(60, 2.0),
    "spread of lifetimes": spread_of_rates(30, 0.6),
    "fast part and slow tail": terms((3000, 2), (600, 60), (250, 400), (120, 1500)),
}


def measured(
    name: str,
    counts: float,
    seed: int,
    *,
    irf_ns: float = 0.0,
    step: float = 0.5,
    span: float = 2000,
):
    """Counts per bin, ``counts`` in the first; ``irf_ns`` is the sigma of a Gaussian response."""
    law, _ = DECAYS[name]
    rng = np.random.default_rng(seed)
    pulse, fine = 50.0, 20
    t = np.arange(0, span, step / fine)
    signal = np.where(t >= pulse, law(np.clip(t - pulse, 0, None)), 0.0)
    if irf_ns:
        reach = np.arange(-6 * irf_ns, 6 * irf_ns + step / fine, step / fine)
        kernel = np.exp(-(reach**2) / 2 / irf_ns**2)
        signal = np.convolve(signal, kernel / kernel.sum(), mode="same")
    bins = signal.reshape(-1, fine).mean(axis=1)
    return t[::fine], rng.poisson(counts * bins + 3.0).astype(float)
