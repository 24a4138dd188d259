"""Peak and width of a band from all shapes that describe it about equally well, with the whole uncertainty.

u² = sandwich covariance of the fits + spread between them + what a reading without any shape leaves
unexplained. A reading that contradicts the shapes pulls the value towards itself by as much as it is
trusted (an empirical-Bayes shrinkage, Efron & Morris, J. Am. Stat. Assoc. 1973, 68, 117).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.techniques.emission.band_reading import Read
from analysis.techniques.shared.band_fit import BandFit
from analysis.techniques.shared.band_shapes import Floats

TAILS = 0.8  # of what the choice of the background changes
ALIKE = 20.0  # in BIC; worse shapes are no longer heard
CLEAR = 3.0  # u of the reading that shapes may be off before the reading is believed
ALONE = 0.5  # of u of the reading: a kind of shape that no other contradicts is checked by the reading alone
DEGENERATE = 8.0  # times the least u: a fit that does not pin its own peak says nothing
TEMPER = 4.0  # weights exp(-ΔBIC/4): neighbouring points are not quite independent


@dataclass(frozen=True, slots=True)
class Agreed:
    """One figure: its value, the parts of its u, and the range of the shapes that were heard."""

    value: float
    statistics: float
    models: float
    lowest: float
    highest: float

    @property
    def u(self) -> float:
        """Standard uncertainty without calibration."""
        return float(np.hypot(self.statistics, self.models))


def heard(fits: Sequence[BandFit]) -> list[tuple[BandFit, float]]:
    """Return the shapes about as good as the best with their weights (sum 1), best first."""
    ordered = sorted(fits, key=lambda fit: fit.bic)
    near = [fit for fit in ordered if fit.bic - ordered[0].bic < ALIKE]
    weights = np.exp(-np.array([fit.bic - ordered[0].bic for fit in near]) / TEMPER)
    return list(zip(near, (weights / weights.sum()).tolist(), strict=True))


def agree(
    fits: Sequence[tuple[BandFit, float]],
    read: Sequence[Read | None],
    tails: Sequence[float],
    *,
    told: bool,
) -> list[Agreed | None]:
    """Return peak and width of I(λ), then of I(E).

    ``read`` are the same four without a shape, ``tails`` how far each depends on what is background;
    ``told``: a person chose the shape and answers for it.
    """
    readings = np.array([fit.reading() for fit, _ in fits])
    variances = np.array([np.diag(fit.reading_covariance()) for fit, _ in fits])
    weights = np.array([weight for _, weight in fits])
    kind = fits[0][0].shape
    alone = 0.0 if told else sum(weight for fit, weight in fits if fit.shape == kind)
    return [
        _one(readings[:, k], variances[:, k], weights, seen, tails[k], alone)
        for k, seen in enumerate(read)
    ]


def _one(
    values: Floats,
    variances: Floats,
    weights: Floats,
    seen: Read | None,
    tail: float,
    alone: float,
) -> Agreed | None:
    usable = np.isfinite(values) & np.isfinite(variances)
    if not usable.any():
        return None if seen is None else Agreed(seen.value, seen.u, 0.0, seen.value, seen.value)
    usable &= variances <= DEGENERATE**2 * float(np.min(variances[usable]))
    values, variances = values[usable], np.clip(variances[usable], 0, None)
    weights = weights[usable] / weights[usable].sum()
    mean = float(weights @ values)
    statistics = float(weights @ variances)
    spread = float(weights @ (values - mean) ** 2)
    lowest, highest = float(np.min(values)), float(np.max(values))
    if seen is not None and np.isfinite(seen.u) and seen.u > 0:
        apart = seen.value - mean
        beyond = max(apart**2 - (CLEAR * seen.u) ** 2, 0.0)
        share = beyond / (beyond + seen.u**2)
        mean += share * apart
        left = (1 - share) * apart
        spread = (1 - share) ** 2 * spread + share * seen.u**2 + left**2
        lowest, highest = min(lowest, seen.value), max(highest, seen.value)
        statistics *= (1 - share) ** 2
        spread += (1 - share) * (ALONE * alone * seen.u) ** 2
    models = float(np.sqrt(spread + (TAILS * tail) ** 2))
    return Agreed(mean, float(np.sqrt(statistics)), models, lowest, highest)
