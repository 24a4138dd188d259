"""Traces whose T80 and T50 are known: decays of many forms, noise of a luminance meter, on/off cycles."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from analysis.reading import Channel, Reading

DECAYS = {
    "1/(1 + t/15 h)": lambda t: 1 / (1 + t / 15),
    "power law": lambda t: (1 + t / 3) ** -0.5,
    "three exponentials": lambda t: 0.15 * np.exp(-t) + 0.3 * np.exp(-t / 12) + 0.55 * np.exp(-t / 60),
    "straight line": lambda t: np.clip(1 - t / 40, 0.01, None),
    "rise of 25 % first": lambda t: (1 + 0.25 * (1 - np.exp(-t))) * np.exp(-t / 20),
    "late failure": lambda t: 1 - 0.9 / (1 + np.exp(-(t - 15) / 3)) + 0.9 / (1 + np.exp(5)),
}  # fmt: skip


def truth(name: str, share: float) -> float:
    """Return the hours to a share of the level at t = 0."""
    decay = DECAYS[name]
    return float(brentq(lambda t: decay(t) - share * decay(0.0), 1e-9, 500))


def trace(hours, signal, name="luminance", unit="cd/m2", *more: Channel) -> Reading:
    return Reading(
        "lifetime",
        "test 1",
        (
            Channel("time", "h", np.asarray(hours, float)),
            Channel(name, unit, np.asarray(signal, float), name),
            *more,
        ),
    )


def measured(name, seed, points=300, noise=0.01, end_h=45.0) -> Reading:
    """Return a noisy trace of 1000 cd/m² at first."""
    t = np.linspace(0, end_h, points)
    y = 1000 * DECAYS[name](t) / DECAYS[name](0.0)
    return trace(t, y * (1 + noise * np.random.default_rng(seed).normal(size=points)))


def cycled(levels, on=40, off=20, seed=0, noise=0.01):
    """Return a trace that is on and off in turn, minutes apart, one level a cycle."""
    rng = np.random.default_rng(seed)
    y = np.concatenate(
        [
            np.concatenate([level * (1 + noise * rng.normal(size=on)), 0.2 * rng.normal(size=off)])
            for level in levels
        ]
    )
    return trace(np.arange(y.size) / 60, y)
