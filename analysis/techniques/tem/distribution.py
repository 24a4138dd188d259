"""The sizes of many particles: mean, spread, log-normal, one population or two.

Pure numpy. Sizes are one-dimensional arrays in nm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000
MOST_RESAMPLED = 5000  # of more particles the mean is normal
CRITICAL_A2 = 0.752  # Stephens 1974, normal with both parameters estimated, 5 %
MOST_CELLS = 400
CLEARLY_BETTER = 10.0  # difference of BIC: "very strong" (Kass & Raftery 1995)
APART = 2.5  # Ashman's D of two populations that leave a valley between them
LEAST_OF_A_MODE = 2


@dataclass(frozen=True, slots=True)
class Population:
    """Particles around one size: their share by number, mean (nm) and standard deviation (nm)."""

    share: float
    mean_nm: float
    sd_nm: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """What n sizes say. ``u_mean_nm`` is the sampling alone, widened to Student's t for few particles."""

    n: int
    mean_nm: float
    sd_nm: float
    u_mean_nm: float
    u_sd_nm: float
    low_nm: float  # bootstrap, 95 %
    high_nm: float
    geometric_mean_nm: float
    log_sd: float  # standard deviation of ln(size)
    is_lognormal: bool
    populations: tuple[Population, ...]  # two where the sizes have two heaps, else one


def distribution_of(sizes_nm: Floats) -> Distribution:
    """Return mean, spread and shape of at least three positive sizes.

    The log-normal is fitted by maximum likelihood (mean and sd of ln size) and tried by Anderson and
    Darling's statistic. The bootstrap resamples particles with a fixed seed: the same list, the same numbers.
    """
    n, mean = sizes_nm.size, float(sizes_nm.mean())
    sd = float(sizes_nm.std(ddof=1))
    student = float(scipy.special.stdtrit(n - 1, 0.975)) / 1.96
    logs = np.log(sizes_nm)
    low, high = _bootstrap(sizes_nm, mean, sd)
    return Distribution(
        n=n,
        mean_nm=mean,
        sd_nm=sd,
        u_mean_nm=student * sd / np.sqrt(n),
        u_sd_nm=student * _u_of_sd(sizes_nm, sd),
        low_nm=low,
        high_nm=high,
        geometric_mean_nm=float(np.exp(logs.mean())),
        log_sd=float(logs.std(ddof=1)),
        is_lognormal=_anderson_darling(logs) < CRITICAL_A2,
        populations=_populations(sizes_nm),
    )


def _u_of_sd(sizes_nm: Floats, sd: float) -> float:
    """Return u of a standard deviation from the fourth moment, which few sizes tell too low: at least a normal's."""
    if sd == 0:
        return 0.0
    fourth = float(np.mean(((sizes_nm - sizes_nm.mean()) / sd) ** 4))
    return sd * float(np.sqrt(max(fourth - 1, 2.0) / (4 * sizes_nm.size)))


def _bootstrap(sizes_nm: Floats, mean: float, sd: float) -> tuple[float, float]:
    n = sizes_nm.size
    if n > MOST_RESAMPLED:
        return mean - 1.96 * sd / np.sqrt(n), mean + 1.96 * sd / np.sqrt(n)
    drawn = np.random.default_rng(n).integers(0, n, (RESAMPLES, n))
    low, high = np.quantile(sizes_nm[drawn].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def _anderson_darling(logs: Floats) -> float:
    """Anderson and Darling's A² of a normal whose mean and sd were estimated, corrected for n."""
    n, sd = logs.size, float(logs.std(ddof=1))
    if sd == 0:
        return np.inf
    p = np.clip(scipy.special.ndtr(np.sort((logs - logs.mean()) / sd)), 1e-15, 1 - 1e-15)
    k = np.arange(1, n + 1)
    a2 = -n - float(np.mean((2 * k - 1) * (np.log(p) + np.log1p(-p[::-1]))))
    return a2 * (1 + 0.75 / n + 2.25 / n**2)


def _populations(sizes_nm: Floats) -> tuple[Population, ...]:
    """Return two populations where two log-normals are far apart and describe the sizes far better, else one."""
    logs = np.sort(np.log(sizes_nm))
    one = (Population(1.0, float(sizes_nm.mean()), float(sizes_nm.std(ddof=1))),)
    if logs.size < 2 * LEAST_OF_A_MODE + 1 or logs[0] == logs[-1]:
        return one
    groups = np.array_split(logs, min(MOST_CELLS, logs.size))
    x, count = np.array([g.mean() for g in groups]), np.array([g.size for g in groups], float)
    floor = 0.02 * float(logs.std())
    single = _log_likelihood(x, count, np.array([1.0]), *_moments(x, count[None], floor))
    best: tuple[float, Floats, Floats, Floats] | None = None
    gap = LEAST_OF_A_MODE + int(np.argmax(np.diff(logs)[LEAST_OF_A_MODE - 1 : 1 - LEAST_OF_A_MODE]))
    widest = (logs[gap - 1] + logs[gap]) / 2
    for cut in (widest, *np.quantile(logs, (0.05, 0.35, 0.65, 0.95))):
        part = np.array([x <= cut, x > cut], dtype=float)
        if (part @ count < LEAST_OF_A_MODE).any():
            continue
        found = _mixture(x, count, part, floor)
        if best is None or found[0] > best[0]:
            best = found
    if best is None:
        return one
    likelihood, share, centre, width = best
    apart = abs(centre[1] - centre[0]) / np.sqrt((width**2).sum() / 2)
    better = 2 * (likelihood - single) - 3 * np.log(logs.size)
    if (
        better < CLEARLY_BETTER
        or apart < APART
        or (share * logs.size < LEAST_OF_A_MODE - 0.5).any()
    ):
        return one
    means = np.exp(centre + width**2 / 2)
    sds = means * np.sqrt(np.expm1(width**2))
    order = np.argsort(-share)
    return tuple(Population(float(share[k]), float(means[k]), float(sds[k])) for k in order)


def _moments(x: Floats, weight: Floats, floor: float) -> tuple[Floats, Floats]:
    """Return centres and widths of heaps, shape (k,), from weights of shape (k, n)."""
    total = weight.sum(axis=1)
    centre = weight @ x / total
    spread = (weight * (x - centre[:, None]) ** 2).sum(axis=1) / total
    return centre, np.sqrt(spread + floor**2)


def _density(x: Floats, share: Floats, centre: Floats, width: Floats) -> Floats:
    z = (x - centre[:, None]) / width[:, None]
    heaps = np.exp(-(z**2) / 2) / (np.sqrt(2 * np.pi) * width[:, None])
    return np.asarray(share[:, None] * heaps, dtype=float)


def _log_likelihood(
    x: Floats, count: Floats, share: Floats, centre: Floats, width: Floats
) -> float:
    return float(count @ np.log(_density(x, share, centre, width).sum(axis=0) + 1e-300))


def _mixture(
    x: Floats, count: Floats, part: Floats, floor: float
) -> tuple[float, Floats, Floats, Floats]:
    """Two heaps by expectation and maximisation from a first division of the sizes."""
    for _ in range(60):
        weight = part * count
        share = weight.sum(axis=1) / count.sum()
        centre, width = _moments(x, weight, floor)
        heaps = _density(x, share, centre, width) + 1e-300
        new = heaps / heaps.sum(axis=0)
        moved = float(np.abs(new - part).max())
        part = new
        if moved < 1e-3 or (part @ count < 0.5).any():
            break
    return _log_likelihood(x, count, share, centre, width), share, centre, width
