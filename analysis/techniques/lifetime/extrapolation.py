"""Beyond the end of a trace: a stretched exponential and two exponentials, and how far they agree.

No model is known to hold for a device that goes on ageing, so an extrapolated time is a labelled extra: the mean
of both models on the whole decay and on its later part, with half their range in u, and refused far from the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy

from analysis.techniques.lifetime.local import Floats, scatter, smooth
from analysis.techniques.lifetime.trace import Trace

FARTHEST = 1.5  # times the hours watched: `make coverage` tells how often u holds within it
LEAST_FALLEN = 0.1  # of the initial level: with less, every model fits
LATER = 0.4  # share of the decay that the second fit of each model leaves out
LEAST_FITTED = 8  # points
MOST_POINTS = 120
UNSURE = 0.25  # of a time: beyond this uncertainty it is no answer


Model = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Decay:
    """A fitted model with its parameters, their covariance (k, k) and its residual over the scatter."""

    name: str
    model: Model
    parameters: Floats
    covariance: Floats
    misfit: float
    from_start: bool  # fitted to the whole trace

    def at(self, hours: float) -> float:
        """The level at a time since the start."""
        return float(self.model(self.parameters, np.array([hours]))[0])

    def reaches(self, level: float, last_h: float) -> tuple[float, float] | None:
        """Return when it falls to a level and the u of that from the noise; None when not in 100 times ``last_h``."""
        start, end = 1e-9 * last_h, 100 * last_h
        if self.at(end) > level or self.at(start) <= level:
            return None
        when = float(scipy.optimize.brentq(lambda hours: self.at(hours) - level, start, end))
        slope = (self.at(1.001 * when) - self.at(when)) / (0.001 * when)
        steps = np.eye(len(self.parameters)) * 1e-4
        base = self.at(when)
        moved = np.array(
            [self.model(self.parameters + step, np.array([when]))[0] for step in steps]
        )
        gradient = (moved - base) / 1e-4
        u = np.sqrt(max(float(gradient @ self.covariance @ gradient), 0.0))
        return when, float(u / max(-slope, 1e-300))


class Extrapolated(NamedTuple):
    """A time beyond the trace (h), one standard uncertainty, the lowest and highest of the models."""

    value: float
    uncertainty: float
    lowest: float
    highest: float


def extrapolated(
    decays: list[Decay], level: float, trace: Trace, from_h: float
) -> Extrapolated | str:
    """Return when the signal will fall to a level; a string says why that cannot be told.

    All hours count from ``from_h`` on the trace, where L0 is read, as those of a lifetime do.
    """
    t, y = trace.hours, trace.signal
    top = float(np.max(smooth(y)))
    if float(smooth(y)[-1]) > (1 - LEAST_FALLEN) * top:
        return f"the signal has fallen by less than {LEAST_FALLEN:.0%}, which every model fits"
    last = float(t[-1])
    times = [decay.reaches(level, last) for decay in decays]
    known = [one for one in times if one is not None]
    if len(known) < 3 or len(known) < len(times):
        return "not every model comes down to it"
    values = [value - from_h for value, _ in known]
    value, half = float(np.mean(values)), float(np.ptp(values)) / 2
    u = float(np.hypot(half, np.median([u for _, u in known])))
    if value + from_h > FARTHEST * last:
        return f"it would lie beyond {FARTHEST:g} times the hours watched, where the models are known to miss the truth"
    if u > UNSURE * value:
        return f"the models disagree: {min(values):.3g} to {max(values):.3g} h"
    return Extrapolated(value, u, min(values), max(values))


def fits_of(trace: Trace, later: bool = True) -> list[Decay]:
    """Fit both models from the maximum on, and ``later`` to the later part alone."""
    t, y = trace.hours, trace.signal
    k = int(np.argmax(smooth(y)))
    t, y = t[k:], y[k:]
    found = []
    for part in (0, int(LATER * t.size)) if later else (0,):
        x, z = _binned(t[part:], y[part:])
        if x.size < LEAST_FITTED:
            continue
        sigma = max(scatter(x, z, float(x[x.size // 2])), 1e-4 * float(z.max()))
        found += [
            decay
            for name, model, starts in _models(x, z)
            if (decay := _best(name, model, starts, x, z, sigma, k == 0 == part)) is not None
        ]
    return found


def _binned(t: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return means of neighbouring points, at most `MOST_POINTS`."""
    if t.size <= MOST_POINTS:
        return t, y
    edges = np.linspace(0, t.size, MOST_POINTS + 1).astype(int)[:-1]
    count = np.diff(np.append(edges, t.size))
    return np.add.reduceat(t, edges) / count, np.add.reduceat(y, edges) / count


def _stretched(p: Floats, x: Floats) -> Floats:
    fallen = np.exp(np.clip(p[2] * (np.log(np.maximum(x, 1e-12)) - p[1]), -50, 6))
    return np.asarray(np.exp(p[0] - fallen))


def _two(p: Floats, x: Floats) -> Floats:
    rates = np.exp(np.clip(p[2:], -40, 40))
    shares = np.exp(np.clip(p[:2], -40, 40))
    return np.asarray(
        shares[0] * np.exp(-np.minimum(rates[0] * x, 600))
        + shares[1] * np.exp(-np.minimum(rates[1] * x, 600))
    )


def _models(x: Floats, z: Floats) -> list[tuple[str, Model, list[list[float]]]]:
    top, span = np.log(max(float(z.max()), 1e-12)), max(float(x[-1]), 1e-9)
    fallen = max(1 - float(z[-1] / z.max()), 0.02)
    tau = np.log(span / max(-np.log(1 - min(fallen, 0.98)), 0.02))
    return [
        ("stretched exponential", _stretched, [[top, tau, b] for b in (0.5, 1.0, 1.8)]),
        ("two exponentials", _two, [[top + np.log(s), top + np.log(1 - s), -np.log(span * f), -tau]
                                    for s in (0.1, 0.4) for f in (0.03, 0.2)]),
    ]  # fmt: skip


def _best(
    name: str,
    model: Model,
    starts: list[list[float]],
    x: Floats,
    z: Floats,
    sigma: float,
    from_start: bool,
) -> Decay | None:
    scale = float(z.max())
    fits = [
        scipy.optimize.least_squares(lambda p: (model(p, x) - z) / scale, start, max_nfev=80)
        for start in starts
    ]
    good = [fit for fit in fits if np.isfinite(fit.cost)]
    if not good:
        return None
    best = min(good, key=lambda fit: fit.cost)
    rms = scale * float(np.sqrt(2 * best.cost / max(x.size - len(best.x), 1)))
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * (max(rms, sigma) / scale) ** 2
    return Decay(name, model, best.x, covariance, rms / sigma, from_start)
