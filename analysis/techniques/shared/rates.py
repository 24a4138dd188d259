"""Radiative and non-radiative rates from quantum yield and lifetime: k_r = Φ/τ, k_nr = (1-Φ)/τ.

The non-radiative rate is a small difference near Φ = 100 %, so ± misleads there: it comes with a
95 % interval that respects 0 ≤ Φ ≤ 1 and τ > 0 as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

PER_NS_IN_PER_S = 1e9


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates in 1/s; ``u_`` is one standard uncertainty, low and high bound 95 %."""

    k_r_per_s: float
    u_k_r_per_s: float
    k_r_low_per_s: float
    k_r_high_per_s: float
    k_nr_per_s: float
    u_k_nr_per_s: float
    k_nr_low_per_s: float
    k_nr_high_per_s: float
    warnings: tuple[str, ...] = ()


@lru_cache(maxsize=1024)  # a batch is looked at many times, and its intervals take milliseconds
def radiative_rates(
    plqy_percent: float, u_plqy: float, lifetime_ns: float, u_lifetime: float
) -> Rates:
    """Return k_r and k_nr with propagated uncertainty.

    Parameters are the quantum yield and its standard uncertainty in %, the lifetime and its
    standard uncertainty in ns. A yield above 100 % counts as 100 % and is warned about. Raises
    `ValueError` for a negative yield, a lifetime that is not positive, a negative uncertainty.

    >>> round(radiative_rates(98, 2, 79.3, 1).k_r_per_s / 1e6, 3)
    12.358
    """
    numbers = (plqy_percent, u_plqy, lifetime_ns, u_lifetime)
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("Quantum yield, lifetime and their uncertainties must be finite numbers.")
    if plqy_percent < 0 or lifetime_ns <= 0:
        raise ValueError("The quantum yield cannot be negative and the lifetime must be positive.")
    if u_plqy < 0 or u_lifetime < 0:
        raise ValueError("A standard uncertainty cannot be negative.")
    phi, u_phi = min(plqy_percent, 100.0) / 100, u_plqy / 100
    rate = PER_NS_IN_PER_S / lifetime_ns
    relative = u_lifetime / lifetime_ns
    phi_grid = _quantiles(phi, u_phi, 0.0, 1.0)
    rate_grid = PER_NS_IN_PER_S / _quantiles(lifetime_ns, u_lifetime, 1e-3 * lifetime_ns, np.inf)
    k_r_low, k_r_high = _interval(phi_grid, rate_grid)
    k_nr_low, k_nr_high = _interval(1 - phi_grid, rate_grid)
    return Rates(
        k_r_per_s=phi * rate,
        u_k_r_per_s=rate * math.hypot(u_phi, phi * relative),
        k_r_low_per_s=k_r_low,
        k_r_high_per_s=k_r_high,
        k_nr_per_s=(1 - phi) * rate,
        u_k_nr_per_s=rate * math.hypot(u_phi, (1 - phi) * relative),
        k_nr_low_per_s=k_nr_low,
        k_nr_high_per_s=k_nr_high,
        warnings=_warnings(plqy_percent, u_plqy),
    )


def _quantiles(
    centre: float, width: float, low: float, high: float, count: int = 400
) -> NDArray[np.float64]:
    """Equally probable values of a normal distribution cut off at its physical limits."""
    if width == 0:
        return np.array([centre])
    probability = (np.arange(count) + 0.5) / count
    a, b = (low - centre) / width, (high - centre) / width
    return np.asarray(
        scipy.stats.truncnorm.ppf(probability, a, b, loc=centre, scale=width), dtype=float
    )


def _interval(fraction: NDArray[np.float64], rate: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(np.outer(fraction, rate), [0.025, 0.975])
    return float(low), float(high)


def _warnings(plqy_percent: float, u_plqy: float) -> tuple[str, ...]:
    if plqy_percent > 100:
        return (
            f"A quantum yield of {plqy_percent:g} % is above 100 % and was taken as 100 %: "
            "check the calibration and the self-absorption correction of the sphere.",
        )
    if plqy_percent + u_plqy >= 100:
        return (
            "The quantum yield reaches 100 % within its uncertainty: "
            "read k_nr as an upper bound, not as a number.",
        )
    return ()
