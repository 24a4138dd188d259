"""The pattern in which an LED emits: how much light it gives beside a Lambertian one of the same brightness ahead.

F = 2 ∫ I(θ)/I(0) sin θ dθ over 0 to 90° with the radiant intensity I: 1 for a Lambertian emitter (I ∝ cos θ), 2/(m + 1) for
I ∝ cos^m θ. EQE and power efficiency from the luminance ahead are multiplied by it (Forrest, Bradley and Thompson, Adv. Mater.
2003, 15, 1043). A luminance or radiance per area seen is turned into an intensity by cos θ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.reading import Reading
from analysis.result import NoResult

Floats = NDArray[np.float64]

LEAST_POINTS = 5
LEAST_ANGLE_DEG = 45.0  # a pattern that is not followed further says nothing of the most light
MOST_ANGLE_DEG = 90.0
NEAR_NORMAL_DEG = 12.0  # the points that tell the intensity ahead
OF_A_SURFACE = ("luminance", "radiance")
RELATIVE_U = 0.02  # of a reading: what a goniometer repeats, until its own scatter says more
ANGLE_U_DEG = 0.5


@dataclass(frozen=True, slots=True)
class Pattern:
    """Angles from 0 to 90° (n,), the intensity over that ahead, and what follows from it."""

    angle_deg: Floats
    intensity: Floats
    factor: float
    u: float
    exponent: float
    exponent_u: float
    highest_deg: float
    asymmetry: (
        float  # largest difference of the two sides over the intensity ahead; nan with one side
    )


def pattern_of(reading: Reading) -> Pattern:
    """Return the pattern that a reading of angles says; raises `NoResult`."""
    angle = reading.x.values
    signal = next((one for one in reading.channels[1:] if np.isfinite(one.values).any()), None)
    if reading.x.name != "angle" or signal is None:
        raise NoResult("A pattern needs a column of angles and one of light.")
    known = np.isfinite(angle) & np.isfinite(signal.values) & (np.abs(angle) <= MOST_ANGLE_DEG)
    theta, light = angle[known], signal.values[known]
    if theta.size < LEAST_POINTS:
        raise NoResult(f"Only {theta.size} usable angles: a pattern needs at least {LEAST_POINTS}.")
    if signal.name in OF_A_SURFACE:
        light = light * np.cos(np.radians(theta))
    reach = float(np.max(np.abs(theta)))
    if reach < LEAST_ANGLE_DEG or np.min(np.abs(theta)) > NEAR_NORMAL_DEG:
        raise NoResult(
            f"The angles run from {theta.min():g} to {theta.max():g}°: a pattern is measured from the normal (0°) to"
            f" {LEAST_ANGLE_DEG:g}° at least, better to 80°."
        )
    ahead = _ahead(theta, light)
    if ahead <= 0:
        raise NoResult(
            "There is no light along the normal: is 0° where the detector faces the pixel?"
        )
    return _pattern(theta, light / ahead, reach)


def _ahead(theta: Floats, light: Floats) -> float:
    """Intensity along the normal: a parabola in the angle through the points near it, which are even about 0°."""
    near = np.abs(theta) <= NEAR_NORMAL_DEG
    if near.sum() < 3:
        return float(np.mean(light[near]))
    return float(np.polyfit(theta[near] ** 2, light[near], 1)[1])


def _pattern(theta: Floats, share: Floats, reach: float) -> Pattern:
    sides = [
        _side(theta[rows], share[rows])
        for rows in (theta >= 0, theta <= 0)
        if rows.sum() >= LEAST_POINTS
    ]
    sides = sides or [_side(theta, share)]
    grid = np.linspace(0.0, reach, 181)
    means = [np.interp(grid, x, y) for x, y in sides]
    mean = np.mean(means, axis=0)
    exponent, exponent_u = _exponent(*(np.concatenate(one) for one in zip(*sides, strict=True)))
    factor = _integral(grid, mean) + _beyond(exponent, reach, float(mean[-1]))
    of_sides = np.ptp([_integral(grid, one) for one in means]) / 2 if len(means) > 1 else 0.0
    of_model = abs(factor - 2 / (exponent + 1)) / 2
    beyond = _beyond(exponent, reach, float(mean[-1])) / 2
    steps = max(grid.size // 20, 1)
    of_readings = (
        RELATIVE_U * factor / np.sqrt(max(theta.size / steps, 1)) + np.radians(ANGLE_U_DEG) * 0.5
    )
    u = float(
        np.sqrt(of_sides**2 + of_model**2 + beyond**2 + of_readings**2 + (RELATIVE_U * factor) ** 2)
    )
    apart = float(np.max(np.abs(means[0] - means[1]))) if len(means) > 1 else float("nan")
    return Pattern(grid, mean, float(factor), u, exponent, exponent_u, reach, apart)


def _side(theta: Floats, share: Floats) -> tuple[Floats, Floats]:
    x, order = np.abs(theta), np.argsort(np.abs(theta), kind="stable")
    x, y = x[order], share[order]
    unique = np.unique(x)
    return unique, np.array([np.mean(y[x == one]) for one in unique])


def _integral(grid_deg: Floats, share: Floats) -> float:
    theta = np.radians(grid_deg)
    return float(2 * np.trapezoid(share * np.sin(theta), theta))


def _beyond(exponent: float, reach_deg: float, last: float) -> float:
    """What lies beyond the last angle, where the intensity goes on as cos^m from its last value."""
    cosine = float(np.cos(np.radians(min(reach_deg, 89.99))))
    return float(2 * max(last, 0.0) * cosine / (exponent + 1))


def _exponent(theta: Floats, share: Floats) -> tuple[float, float]:
    """m of cos^m θ by least squares on the intensity, and its standard uncertainty."""
    cosine = np.clip(np.cos(np.radians(theta)), 1e-6, 1.0)
    inside = theta < 85.0
    best, m = np.inf, 1.0
    for one in np.linspace(0.05, 6.0, 1191):
        left = float(np.sum((share[inside] - cosine[inside] ** one) ** 2))
        if left < best:
            best, m = left, float(one)
    slope = cosine[inside] ** m * np.log(cosine[inside])
    scatter = np.sqrt(best / max(int(inside.sum()) - 1, 1))
    return m, float(max(scatter, RELATIVE_U / 2) / np.sqrt(max(float(slope @ slope), 1e-9)))
