"""The top of an efficiency curve: a local fit through the points near it, not the luckiest point.

The highest of many noisy points is too high by itself: + 5.5 % at 5 % noise. So the top is sought on a
smoothed curve, a parabola is fitted through the points around it, and what other windows give is part
of the uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.techniques.jvl.columns import Floats
from analysis.techniques.jvl.sweep import Sweep

SMOOTHED_OVER = 7  # points
NEAR = (0.80, 0.88, 0.95)  # of the top: the points that a fit takes, from many to few
BENT = 6.0  # Δχ² of two more powers above which the points are no parabola (95 %)
LEAST_FITTED = 5
STRAY = 4.0  # standard deviations: a point further off its neighbours is left out
LEAST_SCATTER = 0.002  # of the value: no luminance meter repeats better


@dataclass(frozen=True, slots=True)
class Peak:
    """The top of a curve and how well it is known from the scatter and the choice of the points."""

    value: float
    uncertainty: float | None  # None: too few points
    voltage_v: float
    points: int
    highest: float  # the highest single point


def peak_of(sweep: Sweep, column: Floats | None, floor_cd_m2: float, noise: float) -> Peak | None:
    """Top of ``column`` where the luminance reaches the floor and current flows forward.

    ``noise`` is the standard deviation of the luminance without light: dim points count less.
    """
    if column is None:
        return None
    trusted = (sweep.luminance_cd_m2 >= floor_cd_m2) & np.isfinite(column) & (sweep.voltage_v > 0)
    if sweep.current_density_ma_cm2 is not None:
        trusted &= sweep.current_density_ma_cm2 > 0
    if not trusted.any():
        return None
    v, y = sweep.voltage_v[trusted], column[trusted]
    share = np.hypot(0.02, noise / sweep.luminance_cd_m2[trusted])  # relative scatter of a point
    kept = _without_strays(y)
    v, y, share = v[kept], y[kept], share[kept]
    highest = int(np.argmax(y))
    if y.size < LEAST_FITTED:
        return Peak(float(y[highest]), None, float(v[highest]), 1, float(y[highest]))
    smooth, scatter = _smoothed(v, y, share)
    windows = [_near(smooth, part) for part in NEAR]
    # many points scatter least: fewer only where the curve is no parabola over so many
    chosen = next((k for k in range(2) if not _is_bent(v, y, share, windows[k], scatter)), 2)
    value, u, at, points = _fit(v, y, share, windows[chosen], scatter)
    other = _fit(v, y, share, windows[chosen + 1 if chosen < 2 else 1], scatter)[0]
    # Student's t: the scatter itself comes from these points and, as the least, from their neighbours
    u *= float(scipy.special.stdtrit(max(points - 3, 1) + 2, 0.975)) / 1.96
    # the fit's scatter, the choice of the points, and what no luminance meter does better
    u = float(np.sqrt(u**2 + (value - other) ** 2 + (LEAST_SCATTER * value) ** 2))
    return Peak(value, u, at, points, float(y[highest]))


def _is_bent(v: Floats, y: Floats, share: Floats, rows: np.ndarray, scatter: float) -> bool:
    """Whether two more powers of the voltage fit the points clearly better than a parabola."""
    if rows.size < LEAST_FITTED + 2:
        return False
    x = (v[rows] - np.mean(v[rows])) / np.ptp(v[rows])
    misfits = []
    for powers in (3, 5):
        matrix = np.vander(x, powers) / share[rows, None]
        left = y[rows] / share[rows] - matrix @ (np.linalg.pinv(matrix) @ (y[rows] / share[rows]))
        misfits.append(float(left @ left))
    noise = max(scatter, LEAST_SCATTER * float(np.max(y)))
    return misfits[0] - misfits[1] > BENT * noise**2


def _without_strays(y: Floats) -> np.ndarray:
    """Leave out single points far off the median of their neighbours."""
    if y.size < SMOOTHED_OVER:
        return np.ones(y.size, dtype=bool)
    padded = np.pad(y, 2, mode="reflect", reflect_type="odd")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    off = np.abs(y / np.maximum(np.abs(np.median(windows, axis=1)), 1e-300) - 1)
    scatter = 1.4826 * float(np.median(off))
    # the first and last points have neighbours on one side only: nothing tells them from a slope
    kept = off <= max(STRAY * scatter, 0.1)
    kept[:2] = kept[-2:] = True
    return kept


def _smoothed(v: Floats, y: Floats, share: Floats) -> tuple[Floats, float]:
    """A parabola through the nearest points, read at every point, and the scatter about it in units of ``share``."""
    out, left = np.empty_like(y), np.empty_like(y)
    count = min(SMOOTHED_OVER, y.size)
    for k in range(y.size):
        start = int(np.clip(k - count // 2, 0, y.size - count))
        here = slice(start, start + count)
        coefficients, _ = _parabola(v[here] - v[k], y[here], share[here])
        weights = 1 / share[here]
        matrix = np.vander(v[here] - v[k], 3) * weights[:, None]
        leverage = (matrix @ np.linalg.pinv(matrix))[k - start, k - start]
        out[k] = coefficients[2]
        left[k] = (y[k] - out[k]) / share[k] / np.sqrt(max(1 - leverage, 0.05))
    return out, float(1.4826 * np.median(np.abs(left)))


def _near(smooth: Floats, part: float) -> np.ndarray:
    """Unbroken run around the top where the smoothed curve holds ``part`` of it, at least five points."""
    k = int(np.argmax(smooth))
    low = high = k
    while low > 0 and smooth[low - 1] >= part * smooth[k]:
        low -= 1
    while high < smooth.size - 1 and smooth[high + 1] >= part * smooth[k]:
        high += 1
    while high - low + 1 < LEAST_FITTED:
        if high < smooth.size - 1 and (low == 0 or high - k <= k - low):
            high += 1
        else:
            low -= 1
    return np.arange(low, high + 1)


def _fit(
    v: Floats, y: Floats, share: Floats, rows: np.ndarray, scatter: float
) -> tuple[float, float, float, int]:
    """Height of the parabola's top within the rows, its standard uncertainty, the nearest voltage, the points."""
    x, middle = v[rows], float(np.mean(v[rows]))
    coefficients, inverse = _parabola(x - middle, y[rows], share[rows])
    left = (y[rows] - np.polyval(coefficients, x - middle)) / share[rows]
    # few points tell their own scatter badly: that of the whole curve is the least it can be
    scatter = max(scatter, float(np.sqrt(left @ left / max(rows.size - 3, 1))))
    fine = np.linspace(x[0], x[-1], 201) - middle
    curve = np.polyval(coefficients, fine)
    at = float(fine[int(np.argmax(curve))])
    powers = np.array([at**2, at, 1.0])
    u = scatter * float(np.sqrt(max(powers @ inverse @ powers, 0.0)))
    nearest = float(x[np.argmin(np.abs(x - middle - at))])
    return float(np.max(curve)), u, nearest, rows.size


def _parabola(x: Floats, y: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares: coefficients, and their covariance for points that scatter by ``share``."""
    matrix = np.vander(x, 3) / share[:, None]
    inverse = np.linalg.pinv(matrix.T @ matrix)
    return np.asarray(inverse @ (matrix.T @ (y / share))), np.asarray(inverse)
